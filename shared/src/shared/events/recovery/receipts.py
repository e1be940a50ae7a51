"""How up to date the service's projections are (consumer lag): until when everything was received, and how much has
failed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from shared.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Receipts:
    """What the service has received of the events that it subscribes to.

    Each event that was in the log at the moment `until` has had its effect or is among the `failed`; None until the
    first comparison has found that out. `failed` counts events in `parked` that have had no effect, those that wait
    behind another included.
    """

    until: datetime | None
    failed: int


async def receipts(work: UnitOfWork) -> Receipts:
    """Read `until` as the last reconciliation noted it, some seconds ago, and count the failures as they are now."""
    parked, reconciliation = work.tables.parked, work.tables.reconciliation
    failed = select(func.count()).select_from(parked).where(~parked.c.outgoing)
    until = select(reconciliation.c.had_until)
    found = (await work.session.execute(select(until.scalar_subquery(), failed.scalar_subquery()))).one()
    return Receipts(*found)
