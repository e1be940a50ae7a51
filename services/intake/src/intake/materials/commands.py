"""What is done to what is sent, the same from a page, through the API and after an event."""

from uuid import UUID

from uuid_utils.compat import uuid7

from intake.gatherings.locks import hold_cohort
from intake.gatherings.model import Cohort, CohortStatus
from intake.gatherings.queries import cohort_by_id
from intake.materials import decisions, store
from intake.materials.messages import message
from intake.materials.model import File, Material, MaterialKind
from intake.registrations.model import Registration, RegistrationStatus
from intake.registrations.queries import registrations
from shared.errors import require_found, require_version
from shared.mail.outbox import post
from shared.work import UnitOfWork


async def attach(
    work: UnitOfWork,
    cohort_id: UUID,
    kind: MaterialKind,
    seen: int,
    days: int,
    text: str,
    file: tuple[File, bytes] | None,
) -> Material:
    """Have a text sent before or after a gathering, in place of the one of version `seen`; 0 where there was none.

    Raises `unknown-gathering`, `stale-version`, or what the decision refuses.
    """
    cohort = require_found(await hold_cohort(work, cohort_id), "gathering")
    before = next((each for each in await store.lock_materials(work, cohort_id) if each.kind is kind), None)
    require_version(seen, before.version if before else 0)
    told, content = file or (None, None)
    attached = work.record(decisions.attach(cohort, before, uuid7(), kind, days, text, told))
    if before is not None:
        return await store.save_material(work, attached, content)
    store.add_material(work, attached, content)
    return attached


async def take_back(work: UnitOfWork, cohort_id: UUID, kind: MaterialKind, seen: int) -> None:
    """Let the text of version `seen` not be sent. Raises `stale-version`, or what the decision refuses."""
    before = next((each for each in await store.lock_materials(work, cohort_id) if each.kind is kind), None)
    require_version(seen, before.version if before else 0)
    if before is not None:
        decisions.take_back(before)
        await store.remove_material(work, before)


async def follow(work: UnitOfWork, cohort: Cohort) -> None:
    """Let what is sent for a held gathering be due by the days that it has now."""
    for each in work.record(decisions.follow(cohort, await store.lock_materials(work, cohort.id))):
        await store.save_due(work, each)


async def send_due(work: UnitOfWork, cohort_id: UUID) -> None:
    """Send what is due for a cohort, and what has been sent before to those who have got places since."""
    cohort = await cohort_by_id(work, cohort_id)
    materials = await store.lock_materials(work, cohort_id)
    if cohort is None or cohort.status is CohortStatus.CANCELLED or not materials:
        return
    parties = [each for each in await registrations(work, cohort_id) if each.status is RegistrationStatus.CONFIRMED]
    is_noted = any(person.attended is not None for party in parties for person in party.attendees)
    for material in materials:
        if decisions.is_to_be_sent(material, cohort, is_noted=is_noted, now=work.now):
            await store.save_sent(work, material, work.now)
        elif material.sent_at is None:
            continue
        had = await store.receivers(work, material.id)
        new = [each for each in parties if each.id not in had and _is_for(material, each)]
        for each in new:
            await post(work, message(material, cohort, each))
        store.add_receivers(work, material.id, [each.id for each in new])


def _is_for(material: Material, party: Registration) -> bool:
    return material.kind is MaterialKind.BEFORE or party.attended
