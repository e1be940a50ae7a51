"""Events as they arrive in a service from several producers, without a broker: in any order, and again when due."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import text
from uuid_utils.compat import uuid7

from shared.contracts.base import Event
from shared.database import Database
from shared.events.envelope import Envelope, encode
from shared.events.handlers import Handlers
from shared.events.inbox import Inbox
from shared.events.retries import Retries


class Arriving:
    """The inbox and the retries of one service; each event has the next number of its subject."""

    def __init__(self, database: Database, handlers: Handlers) -> None:
        self._database = database
        self._inbox = Inbox(database=database, handlers=handlers)
        self._retries = Retries(database=database, handlers=handlers)

    async def take(self, *events: Event) -> None:
        """Let events arrive one after the other, as their producers have numbered them."""
        await self.take_bodies(*told(*events))

    async def take_bodies(self, *bodies: bytes) -> None:
        """The same for events as they are sent."""
        for body in bodies:
            await self._inbox.handle_group([body])

    async def try_again(self) -> None:
        """Let the time come at which what failed is tried again, once each."""
        moved = text(f"update {self._database.service}.parked set retry_at = :past where state = 'retrying'")
        async with self._database.work() as work:
            await work.session.execute(moved, {"past": work.now - timedelta(seconds=1)})
            await work.commit()
        while await self._retries.retry_next() is not None:
            pass

    async def waiting(self) -> list[tuple[str, str | None]]:
        """What has had no effect yet, by state and reason."""
        statement = text(f"select state, reason from {self._database.service}.parked order by subject, sequence")
        async with self._database.work() as work:
            return [(row.state, row.reason) for row in await work.session.execute(statement)]


def told(*events: Event) -> list[bytes]:
    """The events as their producers send them."""
    numbers: Counter[str] = Counter()
    return [encode(_envelope(event, numbers)) for event in events]


def _envelope(event: Event, numbers: Counter[str]) -> Envelope:
    numbers[event.subject] += 1
    return Envelope(
        id=str(uuid7()),
        source=event.producer,
        type=event.type_name(),
        subject=event.subject,
        sequence=numbers[event.subject],
        time=datetime(2030, 1, 1, tzinfo=UTC),
        correlation_id=uuid4(),
        causation_id=None,
        traceparent=None,
        data=event.model_dump(mode="json"),
    )
