"""Moving what is still open in a municipality to the one that it has become part of."""

from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, Select, update
from sqlalchemy.sql.selectable import CompoundSelect
from sqlmodel import col, select

from shared.work import UnitOfWork

OpenIds = Select[UUID] | CompoundSelect[UUID]
"""The ids of what is still open, to be asked for within another query."""


async def move(work: UnitOfWork, row: type[Any], still_open: OpenIds, **changes: Any) -> int:
    """Change the rows that are still open, however many there are in two statements; how many they were.

    `row` has an `id`. They are held in the order of their ids first, as all do who hold several. Whatever one of those
    had to wait for may have closed it, so the second statement asks again what is open.
    """
    held = select(row.id).where(col(row.id).in_(still_open)).order_by(col(row.id)).with_for_update()
    await work.session.execute(held)
    changed = update(row).where(col(row.id).in_(still_open)).values(**changes)
    result = await work.session.execute(changed.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount
