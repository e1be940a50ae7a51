"""Read-only views of registrations."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case
from sqlmodel import col, func, select

from intake.gatherings.model import Cohort, Taken
from intake.registrations import change_decisions
from intake.registrations.model import TAKES_PLACES, Registration, RegistrationStatus, Room
from intake.registrations.store import load_registrations, registrations_of
from intake.registrations.tables import AttendeeRow, RegistrationLinkRow, RegistrationRow
from shared.tokens import token_hash
from shared.work import UnitOfWork

PER_PAGE = 50
"""Registrations on one page of the roll."""
PRESENT = (RegistrationStatus.CONFIRMED, RegistrationStatus.OFFERED, RegistrationStatus.WAITING)
"""Those that are not gone: who comes, then who is asked, then who waits."""


@dataclass(frozen=True, slots=True)
class Roll:
    """One page of those who have registered for a cohort, of `total` registrations. Pages count from 1."""

    registrations: tuple[Registration, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty one where nobody has registered."""
        return max(1, -(-self.total // PER_PAGE))


@dataclass(frozen=True, slots=True)
class Occupancy:
    """What is left of a cohort, and how many people wait for it."""

    room: Room
    waiting: int


@dataclass(frozen=True, slots=True)
class Count:
    """People for whom there are places at a cohort, and people who wait."""

    placed: int = 0
    waiting: int = 0


async def registrations(work: UnitOfWork, cohort_id: UUID) -> list[Registration]:
    """Those of a cohort that are not gone: who comes, then who is asked, then who waits, as they have come."""
    found = await load_registrations(work, cohort_id)
    return [each for status in PRESENT for each in found if each.status is status]


async def roll(work: UnitOfWork, cohort_id: UUID, page: int) -> Roll:
    """One page of the same. A page after the last one is empty."""
    present = (RegistrationRow.cohort_id == cohort_id, col(RegistrationRow.status).in_(PRESENT))
    total = await work.session.scalar(select(func.count()).select_from(RegistrationRow).where(*present))
    places = case({status.value: place for place, status in enumerate(PRESENT)}, value=RegistrationRow.status)
    rows = await work.session.scalars(
        select(RegistrationRow)
        .where(*present)
        .order_by(places, col(RegistrationRow.registered_at), col(RegistrationRow.id))
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    return Roll(tuple(await registrations_of(work, rows.all())), total or 0, page)


async def occupancy(work: UnitOfWork, cohort: Cohort) -> Occupancy:
    """How full a cohort is; one query, and no row per registration."""
    statement = (
        select(RegistrationRow.status, AttendeeRow.group_id, func.count())
        .join(AttendeeRow, col(AttendeeRow.registration_id) == RegistrationRow.id)
        .where(RegistrationRow.cohort_id == cohort.id, col(RegistrationRow.status).in_(PRESENT))
        .group_by(RegistrationRow.status, col(AttendeeRow.group_id))
    )
    taken: Counter[UUID | None] = Counter()
    waiting = 0
    for status, group_id, people in await work.session.execute(statement):
        if status in TAKES_PLACES:
            taken[group_id] += people
        else:
            waiting += people
    left = {group.id: group.places - taken[group.id] for group in cohort.groups}
    return Occupancy(Room(cohort.places - taken.total(), left), waiting)


async def taken(work: UnitOfWork, cohort: Cohort) -> Taken:
    """What those who have registered for a cohort have taken of it; hold it, so that it stays so."""
    return change_decisions.taken(cohort, await load_registrations(work, cohort.id))


async def version_of_roll(work: UnitOfWork, cohort_id: UUID) -> int:
    """What a change of who was there must match; see `roll_version`."""
    versions = select(func.sum(RegistrationRow.version)).where(RegistrationRow.cohort_id == cohort_id)
    return int(await work.session.scalar(versions) or 0)


async def registration_by_token(work: UnitOfWork, token: str) -> Registration | None:
    """The registration that a link leads to, if there is one."""
    row = await work.session.scalar(
        select(RegistrationRow)
        .join(RegistrationLinkRow, col(RegistrationLinkRow.registration_id) == RegistrationRow.id)
        .where(RegistrationLinkRow.token_hash == token_hash(token))
    )
    return None if row is None else (await registrations_of(work, [row]))[0]


async def links_of(work: UnitOfWork, registration_id: UUID) -> int:
    """How many links to a registration have been sent."""
    links = select(func.count()).where(RegistrationLinkRow.registration_id == registration_id)
    return int(await work.session.scalar(links) or 0)


async def counts(work: UnitOfWork, cohort_ids: Collection[UUID]) -> dict[UUID, Count]:
    """How many people come to each of the cohorts, and wait for it; one query however many there are."""
    statement = (
        select(RegistrationRow.cohort_id, RegistrationRow.status, func.count())
        .join(AttendeeRow, col(AttendeeRow.registration_id) == RegistrationRow.id)
        .where(col(RegistrationRow.cohort_id).in_(cohort_ids))
        .group_by(col(RegistrationRow.cohort_id), RegistrationRow.status)
    )
    found: dict[UUID, dict[str, int]] = {id: {} for id in cohort_ids}
    for cohort_id, status, people in await work.session.execute(statement):
        found[cohort_id][status] = people
    return {
        id: Count(sum(each.get(status, 0) for status in TAKES_PLACES), each.get(RegistrationStatus.WAITING, 0))
        for id, each in found.items()
    }
