"""A service may be asked of more events at once than a statement takes parameters (32,767)."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from uuid import UUID, uuid4

import pytest

from shared.database import Database
from shared.events.failures import edited_among, given_up_among, seen_among
from shared.events.recovery.log_check import send_again
from shared.tables import KernelTables
from shared.work import UnitOfWork

MANY = [uuid4() for _ in range(32_768)]
Question = Callable[[UnitOfWork, KernelTables, Sequence[UUID]], Awaitable[Collection[UUID]]]


@pytest.mark.parametrize("question", [seen_among, given_up_among, edited_among])
async def test_what_became_of_many_is_told_at_once(database: Database, question: Question) -> None:
    async with database.work() as work:
        assert len(await question(work, database.tables, MANY)) == 0


async def test_many_are_sent_again_at_once(database: Database) -> None:
    await send_again(database, MANY)
