"""What people do to their registrations, the same from a page and through the API."""

from collections.abc import Collection
from uuid import UUID

from intake.gatherings.locks import hold_cohort
from intake.gatherings.model import Cohort
from intake.registrations import attendance_decisions, confirmation_commands, enrolment_commands, queries, store
from intake.registrations.inputs import OfferAcceptanceIn, RegistrationIn
from intake.registrations.model import Registration, roll_version
from shared.decision import Decision
from shared.errors import require_found, require_version
from shared.identity import Language
from shared.strangers import Stranger
from shared.work import UnitOfWork


async def register(
    work: UnitOfWork, cohort_id: UUID, said: RegistrationIn, language: Language, stranger: Stranger | None
) -> None:
    """Register people for a gathering: at once where the office does, else when it has been confirmed.

    Raises `Refused` as `enrolment_commands.enrol` does, and what `confirmation_commands.ask` raises.
    """
    if stranger is None:
        await enrolment_commands.enrol(work, confirmation_commands.party_of(work, cohort_id, said, language))
    else:
        await confirmation_commands.ask(work, cohort_id, said, language, stranger)


async def accept(work: UnitOfWork, token: str, said: OfferAcceptanceIn) -> Registration:
    """Say yes to the offer that a link leads to. Raises `unknown-registration`, or what the decision refuses."""
    return await enrolment_commands.accept(work, await _registration(work, token), said.group, said.needs)


async def cancel(work: UnitOfWork, token: str) -> Registration:
    """Cancel the registration, or say no to the offer, that a link leads to.

    Raises `unknown-registration`, or what the decision refuses.
    """
    return await enrolment_commands.give_up(work, await _registration(work, token))


async def record_attendance(work: UnitOfWork, cohort_id: UUID, seen: int, present: Collection[UUID]) -> int:
    """Note who was there, on the roll as it stood at `seen`; returns the version of the roll after that.

    Raises `unknown-gathering`, `stale-version`, or what the decision refuses.
    """
    cohort, found = await _roll(work, cohort_id, seen)
    return await _save_attendance(work, found, attendance_decisions.record_attendance(cohort, found, present, work.now))


async def record_follow_ups(work: UnitOfWork, cohort_id: UUID, seen: int, received: Collection[UUID]) -> int:
    """Note whose plan has come in; as `record_attendance`."""
    _, found = await _roll(work, cohort_id, seen)
    return await _save_attendance(work, found, attendance_decisions.record_follow_ups(found, received, work.now))


async def record_sheet(
    work: UnitOfWork, cohort_id: UUID, seen: int, present: Collection[UUID], received: Collection[UUID] | None
) -> int:
    """Note what stands on the list of the day: who was there and, where that was asked, whose plan has come in.

    A plan counts only of those who were there. Raises like `record_attendance`.
    """
    version = await record_attendance(work, cohort_id, seen, present)
    if received is None:
        return version
    came = {each.id for each in await store.load_registrations(work, cohort_id) if each.attended}
    return await record_follow_ups(work, cohort_id, version, came.intersection(received))


async def _roll(work: UnitOfWork, cohort_id: UUID, seen: int) -> tuple[Cohort, list[Registration]]:
    cohort = require_found(await hold_cohort(work, cohort_id), "gathering")
    found = await store.load_registrations(work, cohort_id)
    require_version(seen, roll_version(found))
    return cohort, found


async def _save_attendance(
    work: UnitOfWork, found: list[Registration], decision: Decision[tuple[Registration, ...]]
) -> int:
    noted = work.record(decision)
    for each in noted:
        await store.save_party(work, each)
    return roll_version(found) + len(noted)


async def _registration(work: UnitOfWork, token: str) -> Registration:
    return require_found(await queries.registration_by_token(work, token), "registration")
