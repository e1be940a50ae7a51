"""Read-only views of registrations."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, func, select

from intake.gatherings.model import Cohort, Taken
from intake.registrations import changing
from intake.registrations.model import TAKES_PLACES, Registration, Status
from intake.registrations.store import load_registrations, registrations_of
from intake.registrations.tables import AttendeeRow, RegistrationLinkRow, RegistrationRow
from shared.tokens import token_hash
from shared.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Count:
    """People for whom there are places at a cohort, and people who wait."""

    placed: int = 0
    waiting: int = 0


async def registrations(work: UnitOfWork, cohort_id: UUID) -> list[Registration]:
    """Those of a cohort that are not gone: who comes, then who is asked, then who waits, as they have come."""
    found = await load_registrations(work, cohort_id)
    present = (Status.CONFIRMED, Status.OFFERED, Status.WAITING)
    return [each for status in present for each in found if each.status is status]


async def taken(work: UnitOfWork, cohort: Cohort) -> Taken:
    """What those who have registered for a cohort have taken of it; hold it, so that it stays so."""
    return changing.taken(cohort, await load_registrations(work, cohort.id))


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
        id: Count(sum(each.get(status, 0) for status in TAKES_PLACES), each.get(Status.WAITING, 0))
        for id, each in found.items()
    }
