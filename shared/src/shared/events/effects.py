"""Exactly-once effect: an event's effect and the record that it was received (deduplication) commit in one
transaction."""

import asyncio
from collections.abc import Hashable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from types import TracebackType
from typing import Any

from opentelemetry.trace import Span, SpanKind

from shared.contracts.base import Event
from shared.contracts.upcasting import read
from shared.database import Database
from shared.events import journal
from shared.events.envelope import Envelope
from shared.events.failures import blocked_subjects, wait_behind
from shared.events.handlers import Folding, Handlers
from shared.events.memory import require_remembered
from shared.events.shelves import Group, Shelf
from shared.monitoring import numbers
from shared.telemetry import context_of, tracer
from shared.work import UnitOfWork


class Effects:
    """Runs a service's reactions to events: handlers one by one, projection steps in batches."""

    def __init__(self, database: Database, handlers: Handlers) -> None:
        self.database = database
        self._handlers = handlers

    async def of_all(self, envelopes: Sequence[Envelope], since: datetime | None = None) -> None:
        """Handle a group in order, in one transaction, and let events wait whose subject has a failed one. Raises what
        a handler raises, and `TooOld` for an event that was not received before and happened before `since`.

        An event that this worker has no reaction to is not recorded as received: during a rolling upgrade a newer
        version may have one, and will then find in the log that the service has not had the event.
        """
        async with self.database.work() as work:
            blocked = await blocked_subjects(work, self.database.tables, envelopes)
            known = [each for each in envelopes if self._handlers.of(each.type)]
            free = [each for each in known if (each.source, each.subject) not in blocked]
            if blocked:
                held = [each for each in envelopes if (each.source, each.subject) in blocked]
                await wait_behind(work, self.database.tables, held, since)
            handled = await self.of_unseen(work, free, since) if free else []
            await work.commit()
        self.count(handled)
        numbers.group_committed(self.database.service, len(handled))

    async def of_unseen(
        self, work: UnitOfWork, envelopes: Sequence[Envelope], since: datetime | None = None
    ) -> list[Envelope]:
        """Handle the events that were not received before, in order, and return them. The caller commits, and calls
        `count` after that.

        Raises `TooOld` for one of them that happened before `since`.
        """
        identities = [envelope.identity for envelope in envelopes]
        unseen = await journal.note(work, envelopes, identities)
        handled = []
        gathered: list[_Gathered] = []
        for identity, envelope in zip(identities, envelopes, strict=True):
            if identity in unseen:
                unseen.remove(identity)  # the same event twice in one group has its effect once
                require_remembered(envelope, since)
                await self._react(envelope, work, gathered)
                handled.append(envelope)
        await self._fold(gathered, work)
        await work.session.flush()
        return handled

    def count(self, handled: Sequence[Envelope]) -> None:
        """Report to the metrics that these events have had their effect, and how long after they happened."""
        now = self.database.clock.now()
        for envelope in handled:
            numbers.effect_committed(self.database.service, envelope.type, envelope.time, now)

    async def _react(self, envelope: Envelope, work: UnitOfWork, gathered: list["_Gathered"]) -> None:
        """Run the reactions to one event: projection steps are gathered, and a handler runs at once. What was gathered
        before is written first, so that the handler sees it."""
        for reaction in self._handlers.of(envelope.type):
            event = read(envelope.type, envelope.data, reaction.event)
            if isinstance(reaction, Folding):
                gathered.append(_Gathered(envelope, event, reaction))
                continue
            await self._fold(gathered, work)
            with work.caused_by(envelope), _span(reaction.name, envelope):
                began = perf_counter()
                with QuittingIsFailing():
                    await reaction.function(event, work)
                numbers.handled(self.database.service, envelope.type, reaction.name, perf_counter() - began)

    async def _fold(self, gathered: list["_Gathered"], work: UnitOfWork) -> None:
        """Carry out the gathered projection steps in order: each table is read once and written once."""
        keys: dict[Shelf[Any], set[Hashable]] = {}
        for each in gathered:
            keys.setdefault(each.folding.shelf, set()).add(each.folding.step.key(each.event))
        groups = {shelf: Group(shelf) for shelf in keys}
        for shelf, group in groups.items():
            await group.load(work.session, keys[shelf])
        for each in gathered:
            folding, envelope = each.folding, each.envelope
            with _span(folding.name, envelope):
                began = perf_counter()
                with QuittingIsFailing():
                    groups[folding.shelf].fold(folding.step, each.event)
                numbers.handled(self.database.service, envelope.type, folding.name, perf_counter() - began)
        for group in groups.values():
            await group.write(work.session)
        gathered.clear()


@dataclass(frozen=True, slots=True)
class _Gathered:
    """A projection step that is still to be carried out for an event."""

    envelope: Envelope
    event: Event
    folding: Folding


def _span(reaction: str, envelope: Envelope) -> AbstractContextManager[Span]:
    """The trace span of one reaction, a child of the span that published the event."""
    return tracer.start_as_current_span(
        f"{reaction} {envelope.routing_key}",
        context=context_of(envelope.traceparent),
        kind=SpanKind.CONSUMER,
        attributes={"messaging.system": "rabbitmq", "messaging.message.id": envelope.id},
    )


class Quit(Exception):
    """A handler tried to end the task or the process that called it; the message names the exception that it used."""


class QuittingIsFailing:
    """Turns `sys.exit`, `KeyboardInterrupt` and a cancellation out of a handler into `Quit`, so that they fail the
    event instead of ending the worker again and again.

    A library may cancel its own call, and code that was written for a command may call `sys.exit`. If the worker
    cancels the task itself, in order to stop, the cancellation goes on.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, quitting: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not isinstance(quitting, asyncio.CancelledError | SystemExit | KeyboardInterrupt):
            return
        task = asyncio.current_task()
        if isinstance(quitting, asyncio.CancelledError) and task is not None and task.cancelling():
            return
        raise Quit(type(quitting).__name__) from quitting
