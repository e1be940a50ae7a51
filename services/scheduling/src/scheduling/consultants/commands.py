"""What is done to the corps, the same from a page and through the API."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from scheduling.consultants import store
from scheduling.recounting import recount_soon
from shared.errors import require_seen
from shared.work import UnitOfWork


async def change_hours(work: UnitOfWork, id: UUID, version: int, hours_per_month: int | Decimal) -> None:
    """Give a consultant, as they stood at `version`, other hours for courses in a month.

    Raises `unknown-consultant` and `stale-version`.
    """
    consultant = require_seen(await store.lock_consultant(work, id), "consultant", version)
    await store.save_hours(work, replace(consultant, hours_per_month=hours_per_month))
    recount_soon(work)
