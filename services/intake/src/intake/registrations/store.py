"""Registrations: rows ↔ values."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlmodel import col, select

from intake.programmes.offer import Audience
from intake.registrations.model import Attendee, Contact, Registration, Status
from intake.registrations.tables import AttendeeRow, RegistrationLinkRow, RegistrationRow
from shared.tokens import token_hash
from shared.work import UnitOfWork


async def add_registration(work: UnitOfWork, registration: Registration) -> None:
    """Keep a new registration with its people."""
    contact = registration.contact
    work.session.add(
        RegistrationRow(
            id=registration.id,
            version=registration.version,
            cohort_id=registration.cohort_id,
            status=registration.status,
            name=contact.name,
            email=contact.email,
            language=contact.language,
            workplace=contact.workplace,
            municipality=contact.municipality,
            registered_at=registration.registered_at,
            interest_id=registration.interest_id,
            answer_by=registration.answer_by,
            follow_up_on=registration.follow_up_on,
            cohort_version=registration.cohort_version,
        )
    )
    await work.session.flush()
    for position, each in enumerate(registration.attendees):
        work.session.add(_row_of(each, registration.id, position))


async def save_status(work: UnitOfWork, registration: Registration) -> Registration:
    """Keep where a registration stands, under its next version; its cohort is held."""
    row = await work.session.get_one(RegistrationRow, registration.id)
    row.status, row.answer_by = registration.status, registration.answer_by
    row.version += 1
    return replace(registration, version=row.version)


async def save_attendance(work: UnitOfWork, registration: Registration) -> None:
    """Keep who of a party was there, and whether its plan has come in, under its next version; its cohort is held."""
    row = await work.session.get_one(RegistrationRow, registration.id)
    row.follow_up_on = registration.follow_up_on
    row.version += 1
    for each in registration.attendees:
        (await work.session.get_one(AttendeeRow, each.id)).attended = each.attended


async def save_choices(work: UnitOfWork, registration: Registration) -> None:
    """Keep what the people of a registration have chosen and need."""
    for each in registration.attendees:
        row = await work.session.get_one(AttendeeRow, each.id)
        row.group_id, row.needs = each.group_id, each.needs


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
        people[each.registration_id].append(_attendee_of(each))
    return [_registration_of(row, tuple(people[row.id])) for row in rows]


def _row_of(attendee: Attendee, registration_id: UUID, position: int) -> AttendeeRow:
    return AttendeeRow(
        id=attendee.id,
        registration_id=registration_id,
        position=position,
        name=attendee.name,
        audience=attendee.audience,
        group_id=attendee.group_id,
        needs=attendee.needs,
        attended=attendee.attended,
    )


def _attendee_of(row: AttendeeRow) -> Attendee:
    return Attendee(
        id=row.id,
        name=row.name,
        audience=Audience(row.audience) if row.audience else None,
        group_id=row.group_id,
        needs=row.needs,
        attended=row.attended,
    )


def _registration_of(row: RegistrationRow, attendees: tuple[Attendee, ...]) -> Registration:
    language: Literal["da", "en"] = "en" if row.language == "en" else "da"
    return Registration(
        id=row.id,
        cohort_id=row.cohort_id,
        contact=Contact(row.name, row.email, language, row.workplace, row.municipality),
        attendees=attendees,
        registered_at=row.registered_at,
        status=Status(row.status),
        interest_id=row.interest_id,
        answer_by=row.answer_by,
        follow_up_on=row.follow_up_on,
        cohort_version=row.cohort_version,
        version=row.version,
    )
