"""Registrations as JSON. Whoever registers is answered the same whether they had registered before or not."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict

from intake.confirmations.model import ConfirmationKind
from intake.confirmations.queries import pending_by_token
from intake.gatherings.queries import ARRANGERS, OFFICE, cohort_by_id
from intake.programmes.offer import Audience
from intake.registrations import commands, confirmation_commands, queries
from intake.registrations.inputs import AttendanceIn, FollowUpsIn, OfferAcceptanceIn, RegistrationIn
from intake.registrations.model import Registration, RegistrationStatus
from shared.errors import NotFound, Refused, require_found
from shared.identity import Identity
from shared.web.access import allow, public
from shared.web.kernel import language_of
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router
from shared.web.strangers import stranger_unless

router = api_router(tags=["registrations"])

Arranger = Annotated[Identity, allow(*ARRANGERS)]


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
    status: RegistrationStatus
    registered_at: datetime
    answer_by: datetime | None
    follow_up_on: date | None
    contact: ContactOut
    attendees: list[AttendeeOut]


@router.post("/gatherings/{id}/registrations", status_code=202, dependencies=[public])
async def register(id: UUID, body: RegistrationIn, request: Request, work: Work) -> Received:
    """Register people who come together. An e-mail asks to confirm it, and then another one says whether they have
    places; whom the office registers is told so at once. 429 `too-many-requests` when too many are asked for."""
    await commands.register(work, id, body, language_of(request), stranger_unless(request, OFFICE))
    return Received(cohort_id=id)


@router.get("/gatherings/{id}/registrations")
async def list_registrations(
    id: UUID, work: Work, who: Annotated[Identity, allow(*OFFICE)], response: Response
) -> list[RegistrationOut]:
    """Who comes, then who waits, in the order of registering; the `ETag` is what noting attendance must match."""
    if await cohort_by_id(work, id) is None:
        raise NotFound("gathering")
    response.headers["ETag"] = etag(await queries.version_of_roll(work, id))
    return [_out(each) for each in await queries.registrations(work, id)]


@router.post("/gatherings/{id}/attendance")
async def record_attendance(
    id: UUID, body: AttendanceIn, seen: Seen, work: Work, who: Arranger, response: Response
) -> list[RegistrationOut]:
    """Note who was there, on the list as it stood at the version in `If-Match`; doing it again puts a mistake right."""
    response.headers["ETag"] = etag(await commands.record_attendance(work, id, seen, body.present))
    return [_out(each) for each in await queries.registrations(work, id)]


@router.post("/gatherings/{id}/follow-ups")
async def record_follow_ups(
    id: UUID, body: FollowUpsIn, seen: Seen, work: Work, who: Arranger, response: Response
) -> list[RegistrationOut]:
    """Note whose plan has come in afterwards, on the list as it stood at the version in `If-Match`."""
    response.headers["ETag"] = etag(await commands.record_follow_ups(work, id, seen, body.received))
    return [_out(each) for each in await queries.registrations(work, id)]


@router.get("/gatherings/{id}/places", dependencies=[public])
async def show_places(id: UUID, work: Work) -> Places:
    """How many places are left, of the whole and of each group, and how many people wait."""
    cohort = require_found(await cohort_by_id(work, id), "gathering")
    found = await queries.occupancy(work, cohort)
    return Places(left=found.room.places, by_group=dict(found.room.by_group), waiting=found.waiting)


@router.get("/registrations/{token}", dependencies=[public])
async def show_registration(token: str, work: Work) -> RegistrationOut:
    """The registration that a link leads to."""
    found = await queries.registration_by_token(work, token)
    if found is None:
        waits = await pending_by_token(work, ConfirmationKind.REGISTRATION, token)
        raise NotFound("registration") if waits is None else Refused("registration-unconfirmed")
    return _out(found)


@router.post("/registrations/{token}/confirmation", dependencies=[public])
async def confirm(token: str, work: Work) -> RegistrationOut:
    """Say that the registration that a link leads to is meant so; from now on it has places, or waits for them."""
    return _out(await confirmation_commands.confirm(work, token))


@router.post("/registrations/{token}/withdrawal", dependencies=[public])
async def withdraw(token: str, work: Work) -> Received:
    """Say that a registration that waits for its confirmation was never meant; what was written is deleted."""
    return Received(cohort_id=await confirmation_commands.withdraw(work, token))


@router.post("/registrations/{token}/acceptance", dependencies=[public])
async def accept(token: str, body: OfferAcceptanceIn, work: Work) -> RegistrationOut:
    """Say yes to the offer that a link leads to, as long as it stands."""
    return _out(await commands.accept(work, token, body))


@router.post("/registrations/{token}/cancellation", dependencies=[public])
async def cancel(token: str, work: Work) -> RegistrationOut:
    """Cancel the registration, or say no to the offer, that a link leads to; those who wait and fit move up."""
    return _out(await commands.cancel(work, token))


def _out(registration: Registration) -> RegistrationOut:
    return RegistrationOut.model_validate(registration, from_attributes=True)
