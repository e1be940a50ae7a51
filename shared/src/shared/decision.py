"""What a pure decision returns."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.contracts.base import Event

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Decision(Generic[State]):
    """The state after the decision and the facts that tell others of it; saved and appended in one commit."""

    state: State
    events: tuple[Event, ...] = ()
