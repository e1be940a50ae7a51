"""Gives events their effect exactly once: the effect and the record of having been seen commit together."""

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
    """What a service does when something has happened."""

    def __init__(self, database: Database, handlers: Handlers) -> None:
        self.database = database
        self._handlers = handlers

    async def of_all(self, envelopes: Sequence[Envelope], since: datetime | None = None) -> None:
        """Handle a group in order, in one transaction, and let wait what must. Raises what a handler raises, and
        `TooOld` for what has not been seen and happened before `since`.

        What nobody here reacts to is not remembered: this may be an older version beside a newer one that does, and
        which then finds in the log that it has not had it.
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
        """Handle those that have not been seen, in order, and return them; the caller commits, and then counts them.

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
        """Tell the numbers that these have had their effect, and how long it took since they happened."""
        now = self.database.clock.now()
        for envelope in handled:
            numbers.effect_committed(self.database.service, envelope.type, envelope.time, now)

    async def _react(self, envelope: Envelope, work: UnitOfWork, gathered: list["_Gathered"]) -> None:
        """Gather what is folded, and handle the rest: what was gathered before is written first, for it to see."""
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
        """Let what was gathered have its effect in its order: each table is read once and written once."""
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
    """An event that is to be folded."""

    envelope: Envelope
    event: Event
    folding: Folding


def _span(reaction: str, envelope: Envelope) -> AbstractContextManager[Span]:
    """What traces tell of a reaction."""
    return tracer.start_as_current_span(
        f"{reaction} {envelope.routing_key}",
        context=context_of(envelope.traceparent),
        kind=SpanKind.CONSUMER,
        attributes={"messaging.system": "rabbitmq", "messaging.message.id": envelope.id},
    )


class Quit(Exception):
    """A handler has tried to end the task or the process that called it; the message says by what."""


class QuittingIsFailing:
    """Raises `Quit` instead of what would end the loop that handles events, and with it the worker, time and again.

    A library may cancel its own call, and code may call `sys.exit` that was written for a command. The cancellation of
    the task itself, when the worker is told to stop, goes on.
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
