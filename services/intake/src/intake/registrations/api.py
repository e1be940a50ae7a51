"""Registrations as JSON. Whoever registers is answered the same whether they had registered before or not."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ConfigDict

from intake.gatherings.queries import OFFICE, cohort_by_id
from intake.programmes.offer import Audience
from intake.registrations import commands, queries
from intake.registrations.inputs import RegistrationIn
from intake.registrations.model import Registration, Room, Status
from shared.errors import Problem
from shared.identity import Identity
from shared.web.access import allow, public
from shared.web.kernel import language_of
from shared.web.routes import Work, api_router

router = api_router(tags=["registrations"])


class Received(BaseModel):
    cohort_id: UUID
    """What became of it, an e-mail says."""


class Places(BaseModel):
    left: int
    by_group: dict[UUID, int]
    waiting: int


class AttendeeOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    audience: Audience | None
    group_id: UUID | None
    needs: str | None
    attended: bool | None


class ContactOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    email: str
    language: str
    workplace: str | None
    municipality: str | None


class RegistrationOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    cohort_id: UUID
    status: Status
    registered_at: datetime
    contact: ContactOut
    attendees: list[AttendeeOut]


@router.post("/gatherings/{id}/registrations", status_code=202, dependencies=[public])
async def register(id: UUID, body: RegistrationIn, request: Request, work: Work) -> Received:
    """Register people who come together. An e-mail says whether they have places, and how they cancel."""
    await commands.register(work, id, body, language_of(request))
    return Received(cohort_id=id)


@router.get("/gatherings/{id}/registrations")
async def list_registrations(id: UUID, work: Work, who: Annotated[Identity, allow(*OFFICE)]) -> list[RegistrationOut]:
    """Who comes and then who waits, each in the order in which they have registered."""
    if await cohort_by_id(work, id) is None:
        raise Problem("unknown-gathering", 404)
    return [_out(each) for each in await queries.registrations(work, id)]


@router.get("/gatherings/{id}/places", dependencies=[public])
async def show_places(id: UUID, work: Work) -> Places:
    """How many places are left, of the whole and of each group, and how many people wait."""
    cohort = await cohort_by_id(work, id)
    if cohort is None:
        raise Problem("unknown-gathering", 404)
    found = await queries.registrations(work, id)
    room = Room.left(cohort, found)
    waiting = sum(each.people for each in found if each.status is Status.WAITING)
    return Places(left=room.places, by_group=dict(room.by_group), waiting=waiting)


@router.get("/registrations/{token}", dependencies=[public])
async def show_registration(token: str, work: Work) -> RegistrationOut:
    """The registration that a link leads to."""
    found = await queries.registration_by_token(work, token)
    if found is None:
        raise Problem("unknown-registration", 404)
    return _out(found)


@router.post("/registrations/{token}/cancellation", dependencies=[public])
async def cancel(token: str, work: Work) -> RegistrationOut:
    """Cancel the registration that a link leads to; those who wait and fit move up."""
    return _out(await commands.cancel(work, token))


def _out(registration: Registration) -> RegistrationOut:
    return RegistrationOut.model_validate(registration, from_attributes=True)
