"""What a service had seen before events were known by source and id together, it has seen afterwards."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import MetaData

from local.provision import SERVICES
from local.state import CHECKOUT
from shared.clock import SystemClock
from shared.contracts.intake.rounds import RoundOpened
from shared.database import Database
from shared.events.envelope import Envelope, encode
from shared.events.handlers import Handlers
from shared.events.inbox import Inbox
from shared.migrations import upgrade
from shared.tables import kernel_tables
from shared.work import UnitOfWork

BEFORE = {"intake": "0037", "scheduling": "0011", "reporting": "0010"}
MOMENT = datetime(2030, 1, 1, tzinfo=UTC)
NOISE = [b'{"no": "event"}', b"\xff\x00 neither"]
OPENED = RoundOpened(round_id=UUID(int=1), programme="long-course", opens_at=MOMENT, closes_at=MOMENT)


def event(source: str, number: int = 1) -> Envelope:
    return Envelope(
        id=str(uuid4()),
        source=source,
        type=OPENED.type_name(),
        subject=OPENED.subject,
        sequence=number,
        time=MOMENT,
        correlation_id=uuid4(),
        causation_id=str(uuid4()),
        traceparent=None,
        data=OPENED.model_dump(mode="json") | {"note": "\u0000"},
    )


def run(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    async def fetch() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(url)
        try:
            return [tuple(row) for row in await connection.fetch(statement, *values)]
        finally:
            await connection.close()

    return asyncio.run(fetch())


def effects(url: str, service: str, *bodies: bytes) -> list[str]:
    """What a handler hears of when these arrive once more, in one group."""
    heard: list[str] = []
    handlers = Handlers()

    @handlers(RoundOpened)
    async def hear(event: RoundOpened, work: UnitOfWork) -> None:
        heard.append(str(work._causation_id))

    async def arrive() -> None:
        tables = kernel_tables(MetaData(schema=service))
        database = Database(url, service=service, tables=tables, clock=SystemClock())
        await Inbox(database=database, handlers=handlers).handle_group(bodies)
        await database.close()

    asyncio.run(arrive())
    return heard


def parked(url: str, service: str) -> list[tuple[Any, ...]]:
    return run(url, f"select id, identity, event_id, state from {service}.parked order by first_failed_at")


@pytest.mark.parametrize("service", SERVICES)
def test_what_was_seen_is_seen(empty: Callable[[str], str], service: str) -> None:
    url = empty(service)
    upgrade(service, url, CHECKOUT, BEFORE[service])
    seen = [event(source) for source in SERVICES]
    for each in seen:
        run(url, f"insert into {service}.received (event_id) values ($1)", UUID(each.id))
    upgrade(service, url, CHECKOUT)
    new = event("intake")
    again = [replace(new, source=source) for source in ("scheduling", "https://elsewhere.dk")]
    assert effects(url, service, *map(encode, [*seen, new, *again, *seen])) == [new.id] * 3


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_parked_stays_and_what_was_given_up_does_not_come_back(
    empty: Callable[[str], str], service: str
) -> None:
    url = empty(service)
    upgrade(service, url, CHECKOUT, BEFORE[service])
    waiting, sent, given_up = event("scheduling"), event(service, 2), event("reporting", 3)
    keep = (
        f"insert into {service}.parked (id, event_id, outgoing, state, source, subject, sequence, body, attempts,"
        " reason, first_failed_at) values ($1, $2, $3, 'parked', $4, $5, 1, $6, 1, 'x', clock_timestamp())"
    )
    run(url, keep, UUID(waiting.id), UUID(waiting.id), False, waiting.source, waiting.subject, encode(waiting))
    run(url, keep, uuid4(), UUID(sent.id), True, sent.source, sent.subject, encode(sent))
    for _ in range(2):
        run(url, keep, uuid4(), None, False, None, None, NOISE[0])
    deed = (
        f"insert into {service}.intervention (id, event_id, action, operator, done_at, body)"
        " values (gen_random_uuid(), $1, 'discard', 'gert', now(), $2)"
    )
    run(url, deed, UUID(given_up.id), encode(given_up))
    run(url, deed, None, NOISE[1])
    run(url, f"insert into {service}.received (event_id) values ($1)", UUID(given_up.id))
    upgrade(service, url, CHECKOUT)
    rows = parked(url, service)
    assert [row[2] for row in rows] == [waiting.id, sent.id, None]
    assert rows[0][:2] == (waiting.identity, waiting.identity)
    assert (rows[1][0] == sent.identity, rows[1][1]) == (False, sent.identity)
    deeds = run(url, f"select identity, event_id from {service}.intervention order by event_id")
    assert deeds[0] == (given_up.identity, given_up.id)
    assert effects(url, service, encode(waiting), encode(given_up), *NOISE) == []
    assert parked(url, service) == rows


def test_what_caused_an_event_is_kept(empty: Callable[[str], str]) -> None:
    url = empty("intake")
    upgrade("intake", url, CHECKOUT, BEFORE["intake"])
    cause = uuid4()
    run(
        url,
        "insert into intake.event (time, id, type, subject, sequence, correlation_id, causation_id, data)"
        " values (now(), $1, 'x', 'x', 1, $1, $2, $3)",
        uuid4(),
        cause,
        json.dumps({}),
    )
    upgrade("intake", url, CHECKOUT)
    assert run(url, "select causation_id from intake.event") == [(str(cause),)]
