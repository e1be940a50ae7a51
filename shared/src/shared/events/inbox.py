"""The inbox (idempotent consumer): gives each event its effect exactly once, though the broker delivers at least once.

A group of events is handled in order in one transaction, which also records each as received (deduplication); it is
acknowledged after the commit. When a group fails, each of its events is handled alone, and only the poison message is
parked. So is an event that is older than the deduplication memory: it may have had its effect, and its record may have
been deleted.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog

from shared.database import Database
from shared.events.effects import Effects
from shared.events.envelope import Envelope, Malformed, decode
from shared.events.failures import IMMEDIATE_ATTEMPTS, is_permanent, park, set_apart, type_of
from shared.events.handlers import Handlers
from shared.events.memory import TooOld, remembered_since, require_remembered
from shared.events.retries import Retries
from shared.monitoring import numbers
from shared.outages import is_outage

log = structlog.get_logger(__name__)

PAUSE_BETWEEN_ATTEMPTS = 0.2
"""Seconds before the first immediate retry; doubled from attempt to attempt."""
SUSPICIOUS = 2
"""From this redelivery count on, one message of the group may be what ends the process that handles it. The broker
would give it up in the end (dead-letter it), with its neighbours, and later events of their subjects would overtake
them."""


class Inbox:
    """Handles the events that a service's worker gets from a queue or from a replay of the log."""

    def __init__(self, *, database: Database, handlers: Handlers) -> None:
        self._database = database
        self._effects = Effects(database, handlers)
        self._retries = Retries(database=database, handlers=handlers)

    async def handle_group(self, bodies: Sequence[bytes], deliveries: int = 0, *, from_log: bool = False) -> None:
        """Give a group of events its effect; when this returns, the effect has been committed, or the failure recorded.

        `deliveries` is the highest redelivery count in the group: one of its events may have ended the process. An
        event that is read `from_log` has its effect however old it is, since the replay leaves out what the service may
        have had and forgotten. Raises when the database is at fault; then the whole group must be handled again.
        """
        since = None if from_log else remembered_since(self._database.clock.now())
        if deliveries >= SUSPICIOUS:
            log.warning("delivered again and again, all of the group is set apart first", size=len(bodies))
            await self._handle_set_apart(bodies, since)
            return
        try:
            await self._effects.of_all([decode(body) for body in bodies], since)
        except Exception as error:
            if is_outage(error):
                raise
            log.warning("group failed, each event is handled alone", size=len(bodies), error=type(error).__name__)
            for body in bodies:
                await self._handle_alone(body, since)

    async def _handle_set_apart(self, bodies: Sequence[bytes], since: datetime | None) -> None:
        """Park the events of a group before the first is tried, and then try each: if one ends the process, all of them
        are known afterwards, and later events of their subjects wait."""
        arrived = []
        for body in bodies:
            try:
                envelope = decode(body)
                require_remembered(envelope, since)
                arrived.append((envelope, body))
            except (Malformed, TooOld) as error:
                await self._park(body, error, 1)
        try:
            to_be_tried = await self._set_apart([envelope for envelope, _ in arrived])
        except Exception as error:
            if is_outage(error):
                raise
            log.warning("group cannot be set apart, each event is alone", size=len(arrived), error=type(error).__name__)
            to_be_tried = [key for each in arrived for key in await self._set_apart_alone(*each)]
        for key in to_be_tried:
            await self._retries.try_counted(key)

    async def _set_apart(self, envelopes: Sequence[Envelope]) -> list[UUID]:
        async with self._database.work() as work:
            to_be_tried = await set_apart(work, self._database.tables, envelopes)
            await work.commit()
        return to_be_tried

    async def _set_apart_alone(self, envelope: Envelope, body: bytes) -> list[UUID]:
        try:
            return await self._set_apart([envelope])
        except Exception as error:
            if is_outage(error):
                raise
            await self._park(body, error, 1)
            return []

    async def _handle_alone(self, body: bytes, since: datetime | None) -> None:
        pause = PAUSE_BETWEEN_ATTEMPTS
        service, type_name = self._database.service, type_of(body)
        for attempt in range(1, IMMEDIATE_ATTEMPTS + 1):
            if attempt > 1:
                numbers.retried(service, type_name)
            try:
                await self._effects.of_all([decode(body)], since)
                return
            except Exception as error:
                if is_outage(error):
                    raise
                numbers.attempt_failed(service, type_name, error)
                if attempt == IMMEDIATE_ATTEMPTS or is_permanent(error):
                    await self._park(body, error, attempt)
                    return
                await asyncio.sleep(pause)
                pause *= 2

    async def _park(self, body: bytes, error: Exception, attempts: int) -> None:
        async with self._database.work() as work:
            await park(work, self._database.tables, body, error, attempts)
            await work.commit()
