"""The corps as JSON."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field
from uuid_utils.compat import uuid7

from scheduling.consultants import queries, store
from scheduling.consultants.model import Consultant
from shared.contracts.intake import Skill
from shared.errors import Problem
from shared.identity import Identity, Role
from shared.web.access import allow
from shared.web.inputs import Input, PlainText
from shared.web.routes import Work, api_router

router = api_router(tags=["consultants"])

READERS = allow(Role.COORDINATOR, Role.CONSULTANT, Role.ADMINISTRATOR)


class ConsultantIn(Input):
    name: PlainText
    skills: frozenset[Skill] = Field(min_length=1)


class ConsultantOut(BaseModel):
    id: UUID
    name: str
    skills: list[Skill]
    running_courses: int


@router.get("/consultants")
async def list_consultants(work: Work, who: Annotated[Identity, READERS]) -> list[ConsultantOut]:
    """The corps, by name."""
    return [_out(consultant) for consultant in await queries.corps(work)]


@router.get("/consultants/{id}")
async def show_consultant(id: UUID, work: Work, who: Annotated[Identity, READERS]) -> ConsultantOut:
    """One consultant."""
    consultant = next((each for each in await queries.corps(work) if each.id == id), None)
    if consultant is None:
        raise Problem("unknown-consultant", 404)
    return _out(consultant)


@router.post("/consultants", status_code=201)
async def add_consultant(
    body: ConsultantIn,
    work: Work,
    who: Annotated[Identity, allow(Role.COORDINATOR, Role.ADMINISTRATOR)],
    response: Response,
) -> ConsultantOut:
    """Take a consultant into the corps."""
    consultant = Consultant(id=uuid7(), name=body.name, skills=body.skills)
    store.add_consultant(work, consultant)
    response.headers["Location"] = f"/api/v1/consultants/{consultant.id}"
    return _out(consultant)


def _out(consultant: Consultant) -> ConsultantOut:
    return ConsultantOut(
        id=consultant.id,
        name=consultant.name,
        skills=sorted(consultant.skills),
        running_courses=consultant.running_courses,
    )
