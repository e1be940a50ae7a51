"""Consultants: rows ↔ values."""

from uuid import UUID

from sqlmodel import select

from scheduling.consultants.model import Consultant
from scheduling.consultants.tables import ConsultantRow
from shared.contracts.vocabulary import Skill
from shared.data_mapper import ELSEWHERE, DataMapper, Part
from shared.work import UnitOfWork

_SKILLS = Part(
    ("skills",),
    lambda skills: [sorted(skills)],
    lambda skills: frozenset(Skill(skill) for skill in skills),
)
_CONSULTANTS = DataMapper(Consultant, ConsultantRow, skills=_SKILLS, running_courses=ELSEWHERE)


def add_consultant(work: UnitOfWork, consultant: Consultant) -> None:
    """Keep a new consultant."""
    work.session.add(_CONSULTANTS.row(consultant))


async def lock_consultant(work: UnitOfWork, id: UUID) -> Consultant | None:
    """The consultant, held until this work ends; how many courses they are running is not looked up."""
    row = await work.session.scalar(select(ConsultantRow).where(ConsultantRow.id == id).with_for_update())
    return None if row is None else consultant_of(row, 0)


async def save_hours(work: UnitOfWork, consultant: Consultant) -> Consultant:
    """Keep the hours of a locked consultant, under the next version."""
    row = await work.session.get_one(ConsultantRow, consultant.id)
    return _CONSULTANTS.update(row, consultant)


def consultant_of(row: ConsultantRow, running_courses: int) -> Consultant:
    """The value a row stands for."""
    return _CONSULTANTS.value(row, running_courses=running_courses)
