"""How much of what has happened the service's tables tell: up to when, and what has failed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from shared.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Receipts:
    """What the service has had of the events that it reacts to.

    `until` is the moment up to which each that had come into the log has had its effect or is among the `failed`; it is
    None until that is known for the first time. `failed` are those, held back ones among them, that have had no effect
    and come to an operator's notice.
    """

    until: datetime | None
    failed: int


async def receipts(work: UnitOfWork) -> Receipts:
    """As the last comparison of log and receipts found it, some seconds ago, and as it stands with the failures."""
    parked, reconciliation = work.tables.parked, work.tables.reconciliation
    failed = select(func.count()).select_from(parked).where(~parked.c.outgoing)
    until = select(reconciliation.c.had_until)
    found = (await work.session.execute(select(until.scalar_subquery(), failed.scalar_subquery()))).one()
    return Receipts(*found)
