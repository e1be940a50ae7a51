"""What operators decide has its effect: the worker follows, and what waited comes in order."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from kernel_cases import Kernel, opened, running

from shared.contracts.intake.rounds import RoundOpened
from shared.database import Database
from shared.errors import Refused
from shared.events.sending import LARGEST
from shared.operations.commands import discard, edit, retry
from shared.operations.groups import retry_group
from shared.operations.queries import failures
from shared.operations.views import Alike, Selection
from shared.tables import KernelTables
from shared.work import UnitOfWork

OPERATOR = "an operator"
TOO_MUCH = "x" * LARGEST


@pytest.fixture
async def kernel(database: Database, vhost: str) -> AsyncIterator[Kernel]:
    async with running(Kernel(database, vhost)) as kernel:
        yield kernel


async def do(kernel: Kernel, deed: Callable[[UnitOfWork, KernelTables], Awaitable[Any]]) -> Any:
    async with kernel.database.work() as work:
        result = await deed(work, kernel.database.tables)
        await work.commit()
        return result


async def parked(kernel: Kernel, number: int = 1) -> list[UUID]:
    """The ids of what has failed, as soon as so many have."""
    found: list[UUID] = []

    async def there() -> bool:
        page = await do(kernel, lambda work, tables: failures(work, Selection()))
        found[:] = [failure.id for failure in page.failures]
        return len(found) >= number

    await kernel.until(there)
    return found


async def test_an_edited_event_has_its_new_effect_and_what_waited_follows(kernel: Kernel) -> None:
    kernel.failures["wrong"] = [Refused("no") for _ in range(100)]
    await kernel.publish(*(opened(1, name) for name in ("before", "wrong", "after", "last")))
    (id,) = await parked(kernel)
    data = opened(1, "right").model_dump(mode="json")
    await do(kernel, lambda work, tables: edit(work, id, OPERATOR, 1, data, "The name was wrong"))
    await kernel.until_effects("before")
    await do(kernel, lambda work, tables: retry(work, id, OPERATOR))
    await kernel.until_effects("before", "right", "after", "last")
    with pytest.raises(Refused, match="already-settled"):
        await do(kernel, lambda work, tables: retry(work, id, OPERATOR))
    assert await kernel.rows("select 1 from intake.parked") == []


async def test_a_group_is_handled_once_its_cause_is_gone(kernel: Kernel) -> None:
    names = [f"programme-{number}" for number in range(20)]
    kernel.failures |= {name: [Refused("no") for _ in range(100)] for name in names}
    await kernel.publish(*(opened(number, name) for number, name in enumerate(names)))
    await parked(kernel, 20)
    kernel.failures.clear()
    alike = Alike(outgoing=False, type=RoundOpened.type_name(), reason="Refused: no")
    assert await do(kernel, lambda work, tables: retry_group(work, alike, OPERATOR)) == 20

    async def handled() -> bool:
        return sorted(await kernel.effects()) == sorted(names)

    await kernel.until(handled)
    assert await kernel.rows("select 1 from intake.parked") == []


async def test_what_cannot_be_sent_is_tried_again_and_then_given_up(kernel: Kernel) -> None:
    await kernel.publish(opened(1, "before"), opened(1, TOO_MUCH), opened(1, "after"))
    (first,) = await parked(kernel)
    await do(kernel, lambda work, tables: retry(work, first, OPERATOR))
    (second,) = await parked(kernel)
    assert second != first
    await kernel.until_effects("before")
    await do(kernel, lambda work, tables: discard(work, second, OPERATOR, "It is too much"))
    await kernel.until_effects("before", "after")
    assert await kernel.rows("select 1 from intake.parked") == []
    assert await kernel.rows("select action from intake.intervention order by done_at") == [("retry",), ("discard",)]
    assert await kernel.rows("select 1 from intake.event where dispatched_at is null") == []
