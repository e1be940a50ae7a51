"""Registrations: rows ↔ values."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from intake.registrations.model import Attendee, Contact, Registration
from intake.registrations.tables import AttendeeRow, RegistrationLinkRow, RegistrationRow
from shared.data_mapper import ELSEWHERE, DataMapper, within
from shared.tokens import token_hash
from shared.work import UnitOfWork

_REGISTRATIONS = DataMapper(Registration, RegistrationRow, contact=within(Contact), attendees=ELSEWHERE)
_ATTENDEES = DataMapper(Attendee, AttendeeRow, own={"registration_id": None, "position": 0})


async def add_registration(work: UnitOfWork, registration: Registration) -> None:
    """Keep a new registration with its people."""
    work.session.add(_REGISTRATIONS.row(registration))
    await work.session.flush()
    for position, each in enumerate(registration.attendees):
        work.session.add(_ATTENDEES.row(each, registration_id=registration.id, position=position))


async def save_status(work: UnitOfWork, registration: Registration) -> Registration:
    """Keep where a registration stands, under its next version; its cohort is held."""
    row = await work.session.get_one(RegistrationRow, registration.id)
    return _REGISTRATIONS.update(row, registration)


async def save_party(work: UnitOfWork, registration: Registration) -> Registration:
    """The same with what has changed of its people: who was there, what they have chosen and what they need."""
    for each in registration.attendees:
        row = await work.session.get_one(AttendeeRow, each.id)
        row.group_id, row.needs, row.attended = each.group_id, each.needs, each.attended
    return await save_status(work, registration)


def add_link(work: UnitOfWork, registration_id: UUID, token: str, made_at: datetime) -> None:
    """Keep a link to a registration; of its token, only a hash."""
    row = RegistrationLinkRow(token_hash=token_hash(token), registration_id=registration_id, made_at=made_at)
    work.session.add(row)


async def load_registrations(work: UnitOfWork, cohort_id: UUID) -> list[Registration]:
    """Those of a cohort, in the order in which they came, also those that have cancelled."""
    rows = await work.session.scalars(
        select(RegistrationRow)
        .where(RegistrationRow.cohort_id == cohort_id)
        .order_by(col(RegistrationRow.registered_at), col(RegistrationRow.id))
        .execution_options(populate_existing=True)  # what has been read before the cohort was held may be old
    )
    return await registrations_of(work, rows.all())


async def registrations_of(work: UnitOfWork, rows: Sequence[RegistrationRow]) -> list[Registration]:
    """The values that rows stand for; one more query however many there are."""
    people: defaultdict[UUID, list[Attendee]] = defaultdict(list)
    found = await work.session.scalars(
        select(AttendeeRow)
        .where(col(AttendeeRow.registration_id).in_([row.id for row in rows]))
        .order_by(col(AttendeeRow.registration_id), col(AttendeeRow.position))
    )
    for each in found:
        people[each.registration_id].append(_ATTENDEES.value(each))
    return [_REGISTRATIONS.value(row, attendees=tuple(people[row.id])) for row in rows]
