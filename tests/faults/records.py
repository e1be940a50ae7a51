"""What a run has left behind, and what of it should not be so. Pure: `ledger.py` reads it from the servers."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

ECHO = "-echo"
"""The number of an own event of the handler is that of the event it answers, and this."""


class Fault(StrEnum):
    """What can be wrong with a run."""

    LOST = "lost"
    """An event of the log has had no effect."""
    DOUBLED = "doubled"
    """An event has had its effect more than once."""
    SWAPPED = "swapped"
    """An effect has come before, or has not seen, that of an earlier event of its subject."""
    STRAY = "stray"
    """An effect belongs to no event of the log."""
    ECHOES = "echoes"
    """An event that is to be answered by an own event of the handler is not, or by more than one."""
    PROMISE = "promise"
    """The log, or the writer's own row, is not what the writer was told of its commits."""
    RECEIVED = "received"
    """The inbox's memory is not exactly the events that have had their effect."""
    UNSENT = "unsent"
    """Events have not left the log."""
    PARKED = "parked"
    """Other events wait for an operator than were expected to."""
    QUEUED = "queued"
    """Messages are left in the queues."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and what it is about."""

    fault: Fault
    about: object


@dataclass(frozen=True, slots=True)
class Logged:
    """An event as it stands in the log of its producer."""

    id: UUID
    subject: str
    sequence: int
    number: str
    causation_id: UUID | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One effect, in the order in which they came; `place` is how many the subject seemed to have before it."""

    subject: str
    place: int
    event_id: UUID
    number: str


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What a writer knows of its commits: the numbers that are surely in the log, surely not, or one of both."""

    committed: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Run:
    """Everything there is to know of a run that has come to rest."""

    log: Sequence[Logged]
    ledger: Sequence[Entry]
    written: Sequence[str]
    """The rows that the writers have committed together with their events, by number."""
    received: frozenset[UUID]
    unsent: int = 0
    parked: frozenset[UUID] = frozenset()
    """The events that stand parked, or wait behind one."""
    nameless: int = 0
    """What else stands parked: it is no event."""
    waiting: int = 0
    """Messages in the queues."""
    outcomes: Outcomes = field(default_factory=Outcomes)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a test has brought about that would be wrong elsewhere."""

    parked: frozenset[str] = frozenset()
    """The numbers, or else the ids, of the events that stand parked or wait behind one, without effect."""
    nameless: int = 0
    """How many things that are no events stand parked."""


NOTHING_ELSE = Expected()


def findings(run: Run, expected: Expected = NOTHING_ELSE) -> list[Finding]:
    """All that is wrong with a run."""
    return [
        *_effects(run),
        *_order(run),
        *_echoes(run),
        *_promises(run),
        *_parked(run, expected),
        *([Finding(Fault.RECEIVED, len(odd))] if (odd := _oddly_received(run)) else []),
        *([Finding(Fault.UNSENT, run.unsent)] if run.unsent else []),
        *([Finding(Fault.QUEUED, run.waiting)] if run.waiting else []),
    ]


def _effects(run: Run) -> Iterator[Finding]:
    logged = {event.id: event for event in run.log}
    effects = Counter(entry.event_id for entry in run.ledger)
    for event in run.log:
        if effects[event.id] == 0 and event.id not in run.parked:
            yield Finding(Fault.LOST, event)
        if effects[event.id] > 1:
            yield Finding(Fault.DOUBLED, event)
    for entry in run.ledger:
        event_of = logged.get(entry.event_id)
        if event_of is None or (event_of.subject, event_of.number) != (entry.subject, entry.number):
            yield Finding(Fault.STRAY, entry)


def _order(run: Run) -> Iterator[Finding]:
    sequences = {event.id: event.sequence for event in run.log}
    by_subject: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in run.ledger:
        by_subject[entry.subject].append(entry)
    for entries in by_subject.values():
        last = 0
        for place, entry in enumerate(entries):
            sequence = sequences.get(entry.event_id, last)
            if sequence < last or entry.place != place:
                yield Finding(Fault.SWAPPED, entry)
            last = max(last, sequence)


def _echoes(run: Run) -> Iterator[Finding]:
    done = {entry.event_id for entry in run.ledger}
    answers = Counter(event.causation_id for event in run.log if event.number.endswith(ECHO))
    answered: set[UUID | None] = {event.id for event in run.log if event.id in done and is_answered(event.number)}
    for event_id in answers.keys() | answered:
        if answers[event_id] != (event_id in answered):
            yield Finding(Fault.ECHOES, event_id)


def is_answered(number: str) -> bool:
    """Whether the handler answers the event of this number with an own one: every fifth."""
    return not number.endswith(ECHO) and int(number.rpartition("-")[2]) % 5 == 0


def _promises(run: Run) -> Iterator[Finding]:
    numbers = Counter(event.number for event in run.log if not event.number.endswith(ECHO))
    known = run.outcomes.committed | run.outcomes.unknown
    wrong = [
        *(number for number in run.outcomes.committed if numbers[number] != 1),
        *(number for number in run.outcomes.unknown if numbers[number] > 1),
        *(number for number in numbers if number not in known),
        *(numbers.keys() ^ set(run.written)),
    ]
    yield from (Finding(Fault.PROMISE, number) for number in sorted(set(wrong)))


def _parked(run: Run, expected: Expected) -> Iterator[Finding]:
    numbers = {event.id: event.number for event in run.log}
    found = {numbers.get(event_id, str(event_id)) for event_id in run.parked}
    yield from (Finding(Fault.PARKED, number) for number in sorted(found ^ expected.parked))
    if run.nameless != expected.nameless:
        yield Finding(Fault.PARKED, run.nameless)


def _oddly_received(run: Run) -> frozenset[UUID]:
    return run.received ^ {entry.event_id for entry in run.ledger}
