"""Rounds: rows ↔ values."""

from intake.rounds.model import Round, Zone
from intake.rounds.tables import RoundRow
from shared.work import UnitOfWork


def add_round(work: UnitOfWork, round_: Round) -> None:
    """Keep a new round."""
    work.session.add(
        RoundRow(
            id=round_.id,
            programme=round_.programme,
            opens_on=round_.opens_on,
            deadline=round_.deadline,
            zone=round_.zone,
        )
    )


def round_of(row: RoundRow) -> Round:
    """The value a row stands for."""
    return Round(id=row.id, programme=row.programme, opens_on=row.opens_on, deadline=row.deadline, zone=Zone(row.zone))
