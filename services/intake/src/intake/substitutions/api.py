"""Substitutions as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel

from intake.applications.queries import STAFF, application_by_id, own_only
from intake.substitutions import commands, queries
from intake.substitutions.model import Substitution
from shared.errors import NotFound
from shared.identity import Identity, Role
from shared.inputs.fields import Input, plain_text
from shared.web.access import allow
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["substitutions"])


class SubstitutionIn(Input):
    left: UUID
    joined: UUID
    reason: Annotated[str, plain_text(2_000, lines=True)]


class SubstitutionOut(BaseModel):
    id: UUID
    left: UUID
    joined: UUID
    reason: str
    made_at: datetime


@router.get("/applications/{id}/substitutions")
async def list_substitutions(
    id: UUID, work: Work, who: Annotated[Identity, allow(Role.APPLICANT, *STAFF)]
) -> list[SubstitutionOut]:
    """Which daycares of an application have taken the place of others, the first one first."""
    if await application_by_id(work, id, own_only(who)) is None:
        raise NotFound("application")
    return [_out(each) for each in await queries.substitutions(work, id)]


@router.post("/applications/{id}/substitutions", status_code=201)
async def substitute(
    id: UUID,
    body: SubstitutionIn,
    seen: Seen,
    work: Work,
    who: Annotated[Identity, allow(Role.CASEWORKER)],
    response: Response,
) -> SubstitutionOut:
    """Let a daycare take the place of another in an accepted application, as it stood at the version in `If-Match`."""
    made = await commands.substitute_daycare(work, id, seen, who, body.left, body.joined, body.reason)
    response.headers["ETag"] = etag(seen + 1)
    return _out(made)


def _out(made: Substitution) -> SubstitutionOut:
    return SubstitutionOut(
        id=made.id, left=made.left_id, joined=made.joined_id, reason=made.reason, made_at=made.made_at
    )
