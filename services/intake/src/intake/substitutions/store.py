"""Substitutions: rows ↔ values."""

from intake.substitutions.model import Substitution
from intake.substitutions.tables import SubstitutionRow
from shared.work import UnitOfWork


def add_substitution(work: UnitOfWork, made: Substitution) -> None:
    """Keep a substitution."""
    work.session.add(
        SubstitutionRow(
            id=made.id,
            application_id=made.application_id,
            left_id=made.left_id,
            joined_id=made.joined_id,
            was_over=made.was_over,
            reason=made.reason,
            made_by=made.made_by,
            made_at=made.made_at,
        )
    )


def substitution_of(row: SubstitutionRow) -> Substitution:
    """The value a row stands for."""
    return Substitution(
        id=row.id,
        application_id=row.application_id,
        left_id=row.left_id,
        joined_id=row.joined_id,
        was_over=row.was_over,
        reason=row.reason,
        made_by=row.made_by,
        made_at=row.made_at,
    )
