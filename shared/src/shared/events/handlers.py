"""How a slice declares its event handlers: subscriptions, as other frameworks call them."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from shared.contracts.base import Event
from shared.contracts.upcasting import versions_read_by
from shared.events.shelves import Group, Shelf
from shared.folds import Step
from shared.work import UnitOfWork

E = TypeVar("E", bound=Event)
Function = Callable[[E, UnitOfWork], Awaitable[None]]


class Reaction(Protocol):
    """What a service does on one event type: a `Handler` that decides, or a `Folding` that updates a projection."""

    @property
    def event(self) -> type[Event]:
        """The event version that the function takes; older versions are upcast to it."""

    @property
    def name(self) -> str:
        """The name in traces, metrics and the AsyncAPI document."""

    @property
    def function(self) -> Function[Any]:
        """Lets one event have its effect by itself."""


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that handles one event version. It touches nothing but its unit of work, and never commits."""

    event: type[Event]
    function: Function[Any]

    @property
    def name(self) -> str:
        return self.function.__name__


@dataclass(frozen=True, slots=True)
class Folding:
    """A step of a projection (read model) as a reaction; the steps of a group of events are carried out together
    (`Effects`)."""

    shelf: Shelf[Any]
    step: Step

    @property
    def event(self) -> type[Event]:
        return self.step.event

    @property
    def name(self) -> str:
        return self.step.function.__name__

    async def function(self, event: Event, work: UnitOfWork) -> None:
        """Fold one event by itself."""
        group = Group(self.shelf)
        await group.load(work.session, [self.step.key(event)])
        group.fold(self.step, event)
        await group.write(work.session)


class Handlers:
    """The reactions of a slice: `on = Handlers()`, then `@on(ApplicationAccepted)` above each handler.

    The queue bindings (`events`), the AsyncAPI document and the in-memory broker for tests are derived from these
    declarations.
    """

    def __init__(self, handlers: Iterable[Reaction] = ()) -> None:
        self.declared: tuple[Reaction, ...] = ()
        self._by_type: dict[str, tuple[Reaction, ...]] = {}
        for handler in handlers:
            self.add(handler)

    def __call__(self, event: type[E]) -> Callable[[Function[E]], Function[E]]:
        def declare(function: Function[E]) -> Function[E]:
            self.add(Handler(event, function))
            return function

        return declare

    def of(self, type_name: str) -> tuple[Reaction, ...]:
        """The reactions to a CloudEvents type, in the order in which they were declared."""
        return self._by_type.get(type_name, ())

    @property
    def events(self) -> tuple[type[Event], ...]:
        """Every event version that the service subscribes to, sorted by routing key; also older versions, which
        upcasting turns into a newer one."""
        found = {version for handler in self.declared for version in versions_read_by(handler.event)}
        return tuple(sorted(found, key=lambda event: event.routing_key()))

    def add(self, handler: Reaction) -> None:
        """Register a reaction that already exists as an object."""
        self.declared = (*self.declared, handler)
        for version in versions_read_by(handler.event):
            type_name = version.type_name()
            self._by_type[type_name] = (*self.of(type_name), handler)

    @classmethod
    def together(cls, *slices: "Handlers") -> "Handlers":
        """Merge the reactions of several slices into those of the whole service."""
        return cls(handler for each in slices for handler in each.declared)
