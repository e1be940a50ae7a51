"""Failed events of a service under test, and how operators reach them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from kernel_cases import HOME
from service_under_test import ServiceUnderTest
from sqlalchemy import text

from shared.contracts.base import Event
from shared.contracts.reporting.observations import ObservationRecorded
from shared.errors import Refused
from shared.events.envelope import Envelope, encode
from shared.events.failures import park, wait_behind
from shared.events.lead import Lead
from shared.events.outgoing import Outgoing
from shared.events.sending import Outcome

API = "/api/v1/operations"
FAILURES = f"{API}/failures"
GROUPS = f"{API}/failure-groups"
OPERATOR = "gert"
REASON = "Refused: unknown-course"
TYPE = "dk.praksis.scheduling.PhaseStarted.v1"


def envelope(sequence: int = 1, course: int = 1, **data: Any) -> Envelope:
    """That a phase of a course has started; its id is made of both numbers."""
    return Envelope(
        id=str(UUID(int=course * 1_000_000 + sequence)),
        source="scheduling",
        type=TYPE,
        subject=f"course/{UUID(int=course)}",
        sequence=sequence,
        time=datetime(2030, 1, 1, tzinfo=UTC),
        correlation_id=UUID(int=100),
        causation_id=None,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        data={"course_id": str(UUID(int=course)), "phase": "start", "on": "2030-01-01"} | data,
    )


def of_type(name: str, sequence: int = 1, course: int = 1) -> Envelope:
    """The same of another type, which nobody has described."""
    return replace(envelope(sequence, course), type=f"dk.elsewhere.{name}.v1")


async def fail(service: ServiceUnderTest, *failed: Envelope, error: Exception | None = None) -> None:
    """Let events fail as the inbox would, by a refusal unless another error is given."""
    for each in failed:
        await fail_body(service, encode(each), error or Refused("unknown-course"))


async def fail_body(service: ServiceUnderTest, body: bytes, error: Exception) -> None:
    async with service.database.work() as work:
        await park(work, service.database.tables, body, error, 1)
        await work.commit()


async def wait(service: ServiceUnderTest, *envelopes: Envelope) -> None:
    """Let events wait behind an earlier one of their subject."""
    async with service.database.work() as work:
        await wait_behind(work, service.database.tables, envelopes)
        await work.commit()


def recorded(course: int = 1) -> ObservationRecorded:
    """A fact of reporting's own."""
    return ObservationRecorded.model_validate(
        {"course_id": UUID(int=course), "phase": "start", "daycare_id": UUID(int=7), "on": "2030-01-01"}
    )


async def cannot_send(service: ServiceUnderTest, *events: Event) -> None:
    """Publish events, and let the first of each subject fail to leave, as the relay would."""
    async with service.database.work() as work:
        work.publish(*events)
        await work.commit()
    async with leading(service) as outgoing:
        batch = await outgoing.next_batch()
        firsts = {each.subject: each.id for each in reversed(batch)}
        outcomes = [Outcome.UNROUTABLE if each.id in firsts.values() else Outcome.UNSENT for each in batch]
        await outgoing.settle(batch, outcomes)


async def sendable(service: ServiceUnderTest) -> list[str]:
    """The ids of what the relay would send now."""
    async with leading(service) as outgoing:
        return [each.id for each in await outgoing.next_batch()]


@asynccontextmanager
async def leading(service: ServiceUnderTest) -> AsyncIterator[Outgoing]:
    """What the leading relay sees of the log."""
    connection = await asyncpg.connect(service.database.dsn, server_settings={"search_path": service.database.service})
    lead = Lead(connection, uuid4())
    try:
        assert await lead.take()
        yield Outgoing(lead, service.database.service, HOME)
    finally:
        await lead.give_back()
        await connection.close()


async def rows(service: ServiceUnderTest, statement: str, **parameters: object) -> list[tuple[Any, ...]]:
    """What the database answers; `{schema}` is the service's."""
    async with service.database.work() as work:
        found = await work.session.execute(text(statement.format(schema=service.database.service)), parameters)
        return [tuple(row) for row in found]


async def execute(service: ServiceUnderTest, statement: str) -> None:
    async with service.database.work() as work:
        await work.session.execute(text(statement.format(schema=service.database.service)))
        await work.commit()


async def listed(service: ServiceUnderTest, query: str = "") -> list[dict[str, Any]]:
    """The failures that the API lists."""
    answer = await service.get(f"{FAILURES}{query}", OPERATOR)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def only_failure(service: ServiceUnderTest) -> dict[str, Any]:
    (failure,) = await listed(service)
    return failure


async def path_of_only_failure(service: ServiceUnderTest) -> str:
    return f"{FAILURES}/{(await only_failure(service))['id']}"


async def interventions(service: ServiceUnderTest) -> list[tuple[Any, ...]]:
    """What is on record, the earliest first: action, reason and by whom."""
    return await rows(service, "select action, reason, operator from {schema}.intervention order by done_at, id")


def told(answer: httpx.Response) -> tuple[int, str]:
    """The status and the kind of a problem."""
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")
