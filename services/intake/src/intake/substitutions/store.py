"""Substitutions: rows ↔ values."""

from intake.substitutions.model import Substitution
from intake.substitutions.tables import SubstitutionRow
from shared.data_mapper import DataMapper
from shared.work import UnitOfWork

_SUBSTITUTIONS = DataMapper(Substitution, SubstitutionRow)


def add_substitution(work: UnitOfWork, made: Substitution) -> None:
    """Keep a substitution."""
    work.session.add(_SUBSTITUTIONS.row(made))


def substitution_of(row: SubstitutionRow) -> Substitution:
    """The value a row stands for."""
    return _SUBSTITUTIONS.value(row)
