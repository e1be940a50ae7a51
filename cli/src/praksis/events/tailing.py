"""Shows the log of all events, from a start on and, if wished, as it grows."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from praksis.broker import broker
from praksis.errors import Unreachable
from praksis.events.log import EventLog, Logged
from praksis.events.starts import Start, behind_the_end
from praksis.listing import NOTHING, Column, Listing
from praksis.output import instant, print_json, say
from praksis.settings import Settings
from shared.events.envelope import Envelope

COLUMNS = (
    Column("offset", width=8, right=True),
    Column("time", width=20),
    Column("type", width=34),
    Column("subject#sequence", width=52),
    Column("id", width=36),
    Column("trace", width=32, label="trace"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events to show: all, or those that match one of the patterns of each kind."""

    types: Sequence[str] = ()
    subjects: Sequence[str] = ()

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not self.types and not self.subjects

    def has(self, event: Envelope) -> bool:
        """Whether the event is one of them. A type is matched by its name alone, with its producer or in full."""
        names = (event.type, event.routing_key, event.type.split(".")[-2] if event.type.count(".") > 1 else event.type)
        return _matches(self.types, *names) and _matches(self.subjects, event.subject)


def _matches(patterns: Sequence[str], *names: str) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns for name in names)


async def show_log(
    settings: Settings, start: Start, wanted: Wanted, *, follow: bool, limit: int | None, as_json: bool
) -> None:
    """Show the events, at most `limit` of them. Raises `CommandError` for a start or a broker that is not there."""
    shown = Shown(as_json=as_json, wanted=wanted, start=start)
    async with broker(settings) as connection:
        log = EventLog(connection)
        try:
            async with aclosing(await _events(log, start, follow=follow)) as events:
                async for logged in events:
                    shown.take(logged)
                    if shown.count == limit:
                        return
        except Unreachable as lost:
            raise Unreachable(f"{lost} {shown.how_to_go_on}") from None
    if not shown.count:
        say("No event of the log matches." if not wanted.everything else "The log holds no event from there on.")


async def _events(log: EventLog, start: Start, *, follow: bool) -> AsyncGenerator[Logged, None]:
    await _say_where_it_begins(log, start)
    if follow and not isinstance(start.place, int):
        return log.follow(start)
    end = await log.end()
    if isinstance(start.place, int) and start.place > (0 if end is None else end + 1):
        raise behind_the_end(start.place, end)
    return log.follow(start) if follow else log.read(start, end)


async def _say_where_it_begins(log: EventLog, start: Start) -> None:
    if isinstance(start.place, str) or (first := await log.first()) is None:
        return
    begins = first.envelope.time if first.envelope else None
    if isinstance(start.place, int) and start.place < first.offset:
        say(f"The log no longer holds what was before offset {first.offset}; it is shown from there.")
    elif isinstance(start.place, datetime) and begins and start.place < begins:
        say(f"The log begins at {instant(begins)}; it is shown from there.")


class Shown:
    """Shows events one after the other, and knows how far it has come."""

    def __init__(self, *, as_json: bool, wanted: Wanted, start: Start) -> None:
        self.count = 0
        self._as_json = as_json
        self._wanted = wanted
        self._start = start
        self._listing = Listing(COLUMNS)
        self._next: int | None = None

    @property
    def how_to_go_on(self) -> str:
        """What to type to see the rest."""
        return "" if self._next is None else f"Go on with --from {self._next}."

    def take(self, logged: Logged) -> None:
        """Show it, if it is wanted."""
        self._next = logged.offset + 1
        event = logged.envelope
        if event is None:
            if self._wanted.everything:
                say(f"Offset {logged.offset} holds no event: {logged.why}.")
        elif self._wanted.has(event) and not self._start.leaves_out(event.time):
            self.count += 1
            if self._as_json:
                print_json(logged.document)
            else:
                self._listing.row(_row(logged.offset, event))


def _row(offset: int, event: Envelope) -> tuple[str, ...]:
    return (
        str(offset),
        instant(event.time),
        event.routing_key,
        f"{event.subject}#{event.sequence}",
        str(event.id),
        event.traceparent.split("-")[1] if event.traceparent and event.traceparent.count("-") == 3 else NOTHING,
    )
