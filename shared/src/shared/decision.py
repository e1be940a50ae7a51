"""What a pure decision returns."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from shared.contracts.base import Event

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Timer:
    """What will be a fact once `due_at` has come, unless it is replaced or cancelled under its `key` before."""

    key: str
    due_at: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class Decision(Generic[State]):
    """The state after the decision, the facts that tell others of it and those to come; saved in one commit."""

    state: State
    events: tuple[Event, ...] = ()
    timers: tuple[Timer, ...] = ()
