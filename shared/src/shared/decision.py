"""The result of a pure decision: new state, events, timers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from shared.contracts.base import Event

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Timer:
    """An event that will be published once `due_at` has come, unless the timer is replaced or cancelled by its `key`
    before."""

    key: str
    due_at: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class Decision(Generic[State]):
    """The new state, the events that tell other services of it, and timers for later events; all are saved in one
    commit."""

    state: State
    events: tuple[Event, ...] = ()
    timers: tuple[Timer, ...] = ()
