"""How a slice says what it does when something has happened."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from shared.contracts.base import Event
from shared.contracts.upcasting import versions_read_by
from shared.work import UnitOfWork

E = TypeVar("E", bound=Event)
Function = Callable[[E, UnitOfWork], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Handler:
    """One reaction to one event version. It touches nothing but its unit of work, and never commits."""

    event: type[Event]
    function: Function[Any]

    @property
    def name(self) -> str:
        return self.function.__name__


class Handlers:
    """The reactions of a slice: `on = Handlers()`, then `@on(ApplicationAccepted)` above each.

    From these declarations come the subscription (`events`), the AsyncAPI document and the broker in memory for tests.
    """

    def __init__(self, handlers: Iterable[Handler] = ()) -> None:
        self.declared: tuple[Handler, ...] = ()
        self._by_type: dict[str, tuple[Handler, ...]] = {}
        for handler in handlers:
            self._add(handler)

    def __call__(self, event: type[E]) -> Callable[[Function[E]], Function[E]]:
        def declare(function: Function[E]) -> Function[E]:
            self._add(Handler(event, function))
            return function

        return declare

    def of(self, type_name: str) -> tuple[Handler, ...]:
        """The reactions to a CloudEvents type, in the order in which they were declared."""
        return self._by_type.get(type_name, ())

    @property
    def events(self) -> tuple[type[Event], ...]:
        """Every event version that is reacted to, also older ones that are read as a newer one; by routing key."""
        found = {version for handler in self.declared for version in versions_read_by(handler.event)}
        return tuple(sorted(found, key=lambda event: event.routing_key()))

    def _add(self, handler: Handler) -> None:
        self.declared = (*self.declared, handler)
        for version in versions_read_by(handler.event):
            type_name = version.type_name()
            self._by_type[type_name] = (*self.of(type_name), handler)

    @classmethod
    def together(cls, *slices: "Handlers") -> "Handlers":
        """The reactions of a whole service."""
        return cls(handler for each in slices for handler in each.declared)
