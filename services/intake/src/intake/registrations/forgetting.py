"""What is deleted of those who were at gatherings. That somebody came, from where and as what, stays; who, does not."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col, select

from intake.registrations.tables import AttendeeRow, RegistrationLinkRow, RegistrationRow
from shared.work import UnitOfWork

FORGOTTEN = ""
"""What stands where a name or an address was."""


async def forget_needs(work: UnitOfWork, cohort_ids: Collection[UUID]) -> int:
    """Delete what had to be known on the day about access and diet; returns of how many people."""
    parties = select(RegistrationRow.id).where(col(RegistrationRow.cohort_id).in_(cohort_ids))
    done: Any = await work.session.execute(
        update(AttendeeRow)
        .where(col(AttendeeRow.registration_id).in_(parties), col(AttendeeRow.needs).is_not(None))
        .values(needs=None)
    )
    return int(done.rowcount)


async def forget_people(work: UnitOfWork, cohort_ids: Collection[UUID]) -> int:
    """Delete names and addresses, and the links to them; returns of how many people."""
    parties = select(RegistrationRow.id).where(col(RegistrationRow.cohort_id).in_(cohort_ids))
    done: Any = await work.session.execute(
        update(AttendeeRow)
        .where(col(AttendeeRow.registration_id).in_(parties), col(AttendeeRow.name) != FORGOTTEN)
        .values(name=FORGOTTEN, needs=None)
    )
    await work.session.execute(delete(RegistrationLinkRow).where(col(RegistrationLinkRow.registration_id).in_(parties)))
    await work.session.execute(
        update(RegistrationRow)
        .where(col(RegistrationRow.cohort_id).in_(cohort_ids), col(RegistrationRow.email) != FORGOTTEN)
        .values(name=FORGOTTEN, email=FORGOTTEN, workplace=None)
    )
    return int(done.rowcount)
