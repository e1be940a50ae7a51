"""Consultants: rows ↔ values."""

from uuid import UUID

from sqlmodel import select

from scheduling.consultants.model import Consultant
from scheduling.consultants.tables import ConsultantRow
from shared.contracts.intake import Skill
from shared.work import UnitOfWork


def add_consultant(work: UnitOfWork, consultant: Consultant) -> None:
    """Keep a new consultant."""
    work.session.add(
        ConsultantRow(
            id=consultant.id,
            name=consultant.name,
            skills=sorted(consultant.skills),
            hours_per_month=consultant.hours_per_month,
            version=consultant.version,
        )
    )


async def lock_consultant(work: UnitOfWork, id: UUID) -> Consultant | None:
    """The consultant, held until this work ends; how many courses they are running is not looked up."""
    row = await work.session.scalar(select(ConsultantRow).where(ConsultantRow.id == id).with_for_update())
    return None if row is None else consultant_of(row, 0)


async def save_hours(work: UnitOfWork, consultant: Consultant) -> None:
    """Keep the hours of a locked consultant, under the next version."""
    row = await work.session.get_one(ConsultantRow, consultant.id)
    row.hours_per_month = consultant.hours_per_month
    row.version += 1


def consultant_of(row: ConsultantRow, running_courses: int) -> Consultant:
    """The value a row stands for."""
    skills = frozenset(Skill(skill) for skill in row.skills)
    return Consultant(
        id=row.id,
        name=row.name,
        skills=skills,
        running_courses=running_courses,
        hours_per_month=row.hours_per_month,
        version=row.version,
    )
