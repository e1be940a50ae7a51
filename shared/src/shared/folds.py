"""Folds: the pure functions of a projection (read model). A step takes a value and an event, and returns the next
value.

`cases = Fold(Case)`, then `@cases.on(ApplicationSubmitted, key=…)` above each step. In which table the values are
stored is declared elsewhere (`events/shelves.py`), so a fold can be tested without a database.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.contracts.base import Event

Value = TypeVar("Value")
E = TypeVar("E", bound=Event)
Function = Callable[[Value | None, E], Value]
"""A step: takes the value under the key, or None, and an event; returns the next value."""


@dataclass(frozen=True, slots=True)
class Step:
    """The step for one event type; `key` reads from the event under which key its value stands."""

    event: type[Event]
    key: Callable[[Any], Hashable]
    function: Callable[[Any, Any], Any]


class Fold(Generic[Value]):
    """The steps for one type of frozen value, each value under a key, which follow from events alone.

    A step returns the value unchanged where the event changes nothing. It raises `NotHeardOf` for an event about
    something that an event of another subject has yet to introduce. No value is ever removed.
    """

    def __init__(self, value: type[Value]) -> None:
        self.value = value
        self.steps: tuple[Step, ...] = ()

    def on(self, event: type[E], *, key: Callable[[E], Hashable]) -> Callable[[Function[Value, E]], Function[Value, E]]:
        """Declare the step for an event type. `key` returns the key, a tuple where the key has several parts.

        Raises `ValueError` for an event type that has a step already.
        """

        def declare(function: Function[Value, E]) -> Function[Value, E]:
            if any(step.event is event for step in self.steps):
                raise ValueError(f"{event.__name__} has its step already")
            self.steps = (*self.steps, Step(event, key, function))
            return function

        return declare

    def after(self, events: Iterable[Event], before: Mapping[Hashable, Value] | None = None) -> dict[Hashable, Value]:
        """The values after these events, in order, starting from `before`; events without a step are ignored."""
        values = dict(before or {})
        by_event = {step.event: step for step in self.steps}
        for event in events:
            if (step := by_event.get(type(event))) is not None:
                key = step.key(event)
                values[key] = step.function(values.get(key), event)
        return values
