"""The corps as JSON."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field
from uuid_utils.compat import uuid7

from scheduling.consultants import commands, queries, store
from scheduling.consultants.inputs import HoursPerMonth
from scheduling.consultants.model import HOURS_PER_MONTH, Consultant
from scheduling.recounting import recount_soon
from shared.contracts.vocabulary import Skill
from shared.errors import require_found
from shared.identity import Identity
from shared.inputs.fields import ExactNumber, Input, PlainText
from shared.web.access import allow
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["consultants"])

READERS = allow(*queries.READERS)
LEADERS = allow(*queries.LEADERS)


class ConsultantIn(Input):
    name: PlainText
    skills: frozenset[Skill] = Field(min_length=1)
    hours_per_month: HoursPerMonth = HOURS_PER_MONTH


class HoursIn(Input):
    hours_per_month: HoursPerMonth


class ConsultantOut(BaseModel):
    id: UUID
    name: str
    skills: list[Skill]
    running_courses: int
    hours_per_month: ExactNumber
    version: int


@router.get("/consultants")
async def list_consultants(work: Work, who: Annotated[Identity, READERS]) -> list[ConsultantOut]:
    """The corps, by name."""
    return [_out(consultant) for consultant in await queries.corps(work)]


@router.get("/consultants/{id}")
async def show_consultant(id: UUID, work: Work, who: Annotated[Identity, READERS], response: Response) -> ConsultantOut:
    """One consultant; the `ETag` is what a change must match."""
    return await _answer(work, id, response)


@router.post("/consultants", status_code=201)
async def add_consultant(
    body: ConsultantIn,
    work: Work,
    who: Annotated[Identity, LEADERS],
    response: Response,
) -> ConsultantOut:
    """Take a consultant into the corps."""
    consultant = Consultant(id=uuid7(), name=body.name, skills=body.skills, hours_per_month=body.hours_per_month)
    store.add_consultant(work, consultant)
    recount_soon(work)
    response.headers["Location"] = f"/api/v1/consultants/{consultant.id}"
    response.headers["ETag"] = etag(consultant.version)
    return _out(consultant)


@router.post("/consultants/{id}/hours")
async def change_hours(
    id: UUID,
    body: HoursIn,
    seen: Seen,
    work: Work,
    who: Annotated[Identity, LEADERS],
    response: Response,
) -> ConsultantOut:
    """Give the consultant, as they stood at the version in `If-Match`, other hours for courses; 0 while away."""
    await commands.change_hours(work, id, seen, body.hours_per_month)
    return await _answer(work, id, response)


async def _answer(work: Work, id: UUID, response: Response) -> ConsultantOut:
    consultant = require_found(await queries.consultant_by_id(work, id), "consultant")
    response.headers["ETag"] = etag(consultant.version)
    return _out(consultant)


def _out(consultant: Consultant) -> ConsultantOut:
    return ConsultantOut(
        id=consultant.id,
        name=consultant.name,
        skills=sorted(consultant.skills),
        running_courses=consultant.running_courses,
        hours_per_month=consultant.hours_per_month,
        version=consultant.version,
    )
