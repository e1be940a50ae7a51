"""What intake knew of the corps before its courses stood beside the forecast, it knows afterwards."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from local.state import CHECKOUT
from shared.migrations import upgrade

FIRST, SECOND = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
Rows = list[tuple[Any, ...]]


def run(url: str, *statements: str) -> Rows:
    async def fetch() -> Rows:
        connection = await asyncpg.connect(url)
        try:
            found = [await connection.fetch(statement) for statement in statements]
            return [tuple(row) for row in found[-1]]
        finally:
            await connection.close()

    return asyncio.run(fetch())


@pytest.mark.parametrize("told", [True, False], ids=["a forecast", "no forecast"])
def test_a_course_is_counted_or_not_as_it_was(empty: Callable[[str], str], told: bool) -> None:
    url = empty("intake")
    upgrade("intake", url, CHECKOUT, "0039")
    if told:
        run(url, "insert into intake.capacity_forecast values ('corps', now(), '{\"months\": []}')")
    run(url, f"insert into intake.opened_course values ('{FIRST}', true), ('{SECOND}', false)")
    upgrade("intake", url, CHECKOUT)
    known = run(url, "select corps, forecast::text, counted::text[], uncounted::text[] from intake.capacity_forecast")
    assert known == [("corps", '{"months": []}' if told else None, [FIRST], [SECOND])]


def test_where_nothing_was_known_nothing_is(empty: Callable[[str], str]) -> None:
    url = empty("intake")
    upgrade("intake", url, CHECKOUT, "0039")
    upgrade("intake", url, CHECKOUT)
    assert run(url, "select * from intake.capacity_forecast") == []
