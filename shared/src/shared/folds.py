"""What a projection is made of: pure steps from what stands under a key, and an event, to what stands there next.

`cases = Fold(Case)`, then `@cases.on(ApplicationSubmitted, key=…)` above each step. Where the values are kept is said
elsewhere (`events/projections.py`), so a fold can be tried without a database.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.contracts.base import Event

Value = TypeVar("Value")
E = TypeVar("E", bound=Event)
Function = Callable[[Value | None, E], Value]
"""What stands under the key so far, or nothing, and an event, give what stands there next."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one event does to what stands under its key."""

    event: type[Event]
    key: Callable[[Any], Hashable]
    function: Callable[[Any, Any], Any]


class Fold(Generic[Value]):
    """Frozen values of one kind, each under a key, which follow from events alone.

    A step gives the value back as it is where the event changes nothing. It raises `NotHeardOf` for an event that is
    about something which others have yet to tell of. Nothing is ever taken away from under a key.
    """

    def __init__(self, value: type[Value]) -> None:
        self.value = value
        self.steps: tuple[Step, ...] = ()

    def on(self, event: type[E], *, key: Callable[[E], Hashable]) -> Callable[[Function[Value, E]], Function[Value, E]]:
        """Declare what an event does. `key` tells under which key: where that has several parts, a tuple.

        Raises `ValueError` for an event that has its step already.
        """

        def declare(function: Function[Value, E]) -> Function[Value, E]:
            if any(step.event is event for step in self.steps):
                raise ValueError(f"{event.__name__} has its step already")
            self.steps = (*self.steps, Step(event, key, function))
            return function

        return declare

    def after(self, events: Iterable[Event], before: Mapping[Hashable, Value] | None = None) -> dict[Hashable, Value]:
        """What stands under each key once these have happened, one after the other; others change nothing."""
        values = dict(before or {})
        by_event = {step.event: step for step in self.steps}
        for event in events:
            if (step := by_event.get(type(event))) is not None:
                key = step.key(event)
                values[key] = step.function(values.get(key), event)
        return values
