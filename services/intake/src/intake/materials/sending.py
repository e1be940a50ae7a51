"""Sends what is due, once to each party, whatever made it due."""

from uuid import UUID

from intake.gatherings.model import Status as CohortStatus
from intake.gatherings.queries import cohort_by_id
from intake.materials import decisions, store
from intake.materials.messages import message
from intake.materials.model import Kind, Material
from intake.registrations.model import Registration, Status
from intake.registrations.queries import registrations
from shared.mail.outbox import post
from shared.work import UnitOfWork


async def send_due(work: UnitOfWork, cohort_id: UUID) -> None:
    """Send what is due for a cohort, and what has been sent before to those who have got places since."""
    cohort = await cohort_by_id(work, cohort_id)
    materials = await store.lock_materials(work, cohort_id)
    if cohort is None or cohort.status is CohortStatus.CANCELLED or not materials:
        return
    parties = [each for each in await registrations(work, cohort_id) if each.status is Status.CONFIRMED]
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
    return material.kind is Kind.BEFORE or party.attended
