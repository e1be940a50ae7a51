"""What a process of the disturbed service is told to do wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Step(StrEnum):
    """Places on the way of an event at which a process can be disturbed."""

    BATCH_READ = "relay: the batch has been read"
    UNPUBLISHED = "relay: nothing of this event has been written to the broker"
    UNCONFIRMED = "relay: the broker has it and says so, the relay has not heard it"
    UNMARKED = "relay: all is confirmed, nothing is marked"
    MARKED = "relay: all is marked"
    DELIVERED = "consumer: the group has come"
    HANDLING = "consumer: an effect has been written"
    UNCOMMITTED = "consumer: all effects have been written"
    COMMITTED = "consumer: committed, not acknowledged"
    ACKNOWLEDGED = "consumer: acknowledged"


RELAY_STEPS = tuple(step for step in Step if step.startswith("relay"))
CONSUMER_STEPS = tuple(step for step in Step if step.startswith("consumer"))


class Act(StrEnum):
    """What a process does to itself."""

    KILL = "kill"
    PAUSE = "pause"
    """Stops, as it would for a debugger or a suspended machine, until it is told to go on."""
    SLEEP = "sleep"
    """Does nothing for `Disturbance.seconds`, and lets nothing else in the process go on."""


class Broken(StrEnum):
    """A mechanism of the kernel that is taken away, so that the ledger must find it missing."""

    ACKNOWLEDGEMENT_AFTER_COMMIT = "the inbox has acknowledged what it has not committed"
    MARK_AFTER_CONFIRM = "the relay marks what the broker has not confirmed"
    DEDUPLICATION = "the inbox remembers nothing"


@dataclass(frozen=True, slots=True)
class Disturbance:
    """The `nth` time that a process comes to a step, it does this to itself."""

    step: Step
    act: Act = Act.KILL
    nth: int = 1
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that sets one process apart from an undisturbed worker."""

    disturbance: Disturbance | None = None
    relays: bool = True
    consumes: bool = True
    refused: frozenset[str] = frozenset()
    """Numbers of the events whose handler raises, every time."""
    deadly: frozenset[str] = frozenset()
    """Numbers of the events whose handler kills the process, every time."""
    quitting: Mapping[str, type[BaseException]] = field(default_factory=dict)
    """Numbers of the events whose handler raises what is no error but the end of a task or a process, every time."""
    slow: frozenset[str] = frozenset()
    """Numbers of the events whose handler takes `slow_for` seconds, every time."""
    slow_for: float = 0.0
    blocking: bool = False
    """Whether a slow handler lets nothing else in its process go on."""
    older: bool = False
    """Whether it is of an older version, which does not react to the own events of the handler."""
    second_leader: bool = False
    """Whether the relay leads although another does."""
    dead_letters_after: float = 0.0
    """Seconds that the reader of the dead letters takes to begin."""
    constants: Mapping[str, object] = field(default_factory=dict)
    """Constants of the kernel, by module and name, that are set for this process."""
    broken: Broken | None = None
    clock_file: Path | None = None
