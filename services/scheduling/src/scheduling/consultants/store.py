"""Consultants: rows ↔ values."""

from scheduling.consultants.model import Consultant
from scheduling.consultants.tables import ConsultantRow
from shared.contracts.intake import Skill
from shared.work import UnitOfWork


def add_consultant(work: UnitOfWork, consultant: Consultant) -> None:
    """Keep a new consultant."""
    work.session.add(ConsultantRow(id=consultant.id, name=consultant.name, skills=sorted(consultant.skills)))


def consultant_of(row: ConsultantRow, running_courses: int) -> Consultant:
    """The value a row stands for."""
    skills = frozenset(Skill(skill) for skill in row.skills)
    return Consultant(id=row.id, name=row.name, skills=skills, running_courses=running_courses)
