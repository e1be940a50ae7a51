"""Agreements as JSON."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel

from intake.agreements import commands, queries
from intake.agreements.model import Agreement, Party, Terms
from intake.quantities import Hours
from shared.errors import require_found
from shared.identity import Identity, Role
from shared.inputs.fields import ExactNumber, Input, NearDay
from shared.web.access import allow
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["agreements"])

Reader = Annotated[Identity, allow(Role.APPLICANT, *queries.STAFF)]
Caseworker = Annotated[Identity, allow(Role.CASEWORKER)]
Signatory = Annotated[Identity, allow(Role.APPLICANT, *commands.OFFICE)]


class AgreementIn(Input):
    application_id: UUID


class TermsIn(Input):
    starts_on: NearDay
    hours: Hours | None = None


class SignatureOut(BaseModel):
    party: Party
    name: str
    at: datetime


class AgreementOut(BaseModel):
    id: UUID
    version: int
    application_id: UUID
    municipality: str
    programme: str
    starts_on: date
    hours: ExactNumber | None
    drafted_at: datetime
    signatures: list[SignatureOut]


@router.get("/agreements")
async def list_agreements(work: Work, who: Reader) -> list[AgreementOut]:
    """The agreements, the newest first; applicants see those of their municipality."""
    return [_out(each) for each in await queries.agreements(work, who)]


@router.get("/agreements/{id}")
async def show_agreement(id: UUID, response: Response, work: Work, who: Reader) -> AgreementOut:
    """One agreement; its `ETag` is what a change or a signature must match."""
    agreement = require_found(await queries.agreement_by_id(work, id, who), "agreement")
    return _shown(response, agreement)


@router.post("/agreements", status_code=201)
async def draft(body: AgreementIn, response: Response, work: Work, who: Caseworker) -> AgreementOut:
    """Propose an agreement on an accepted application: its hours, and the first of the month after next."""
    agreement = await commands.draft_agreement(work, body.application_id, who)
    response.headers["Location"] = f"/api/v1/agreements/{agreement.id}"
    return _shown(response, agreement)


@router.post("/agreements/{id}/terms")
async def change(id: UUID, body: TermsIn, seen: Seen, response: Response, work: Work, who: Caseworker) -> AgreementOut:
    """Change the start or the hours as they stood at the version in `If-Match`; who has signed must sign again."""
    terms = Terms(body.starts_on, body.hours)
    return _shown(response, await commands.change_agreement(work, id, seen, who, terms))


@router.post("/agreements/{id}/signature")
async def sign(id: UUID, seen: Seen, response: Response, work: Work, who: Signatory) -> AgreementOut:
    """Sign what stood at the version in `If-Match`: an applicant for their municipality, others for the office."""
    return _shown(response, await commands.sign_agreement(work, id, seen, who))


def _shown(response: Response, agreement: Agreement) -> AgreementOut:
    response.headers["ETag"] = etag(agreement.version)
    return _out(agreement)


def _out(agreement: Agreement) -> AgreementOut:
    return AgreementOut(
        id=agreement.id,
        version=agreement.version,
        application_id=agreement.application_id,
        municipality=agreement.municipality,
        programme=agreement.programme,
        starts_on=agreement.terms.starts_on,
        hours=agreement.terms.hours,
        drafted_at=agreement.drafted_at,
        signatures=[SignatureOut(party=each.party, name=each.name, at=each.at) for each in agreement.signatures],
    )
