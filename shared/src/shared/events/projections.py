"""Projections (read models): tables that follow from events alone, and so can be rebuilt from them
(`recovery/rebuilding.py`)."""

from typing import Any

from sqlalchemy import Table

from shared.contracts.upcasting import versions_read_by
from shared.events.handlers import Folding, Handlers
from shared.events.shelves import Shelf


class Projection:
    """One projection: its folds, and the tables (shelves) in which their values are stored."""

    def __init__(self, name: str, *shelves: Shelf[Any]) -> None:
        self.name = name
        self.shelves = shelves
        self.tables: tuple[Table, ...] = tuple(shelf.table for shelf in shelves)
        self.handlers = Handlers(self._foldings())

    def of(self, type_name: str) -> list[Folding]:
        """The steps for a CloudEvents type, in the order in which they were declared."""
        return [
            folding
            for folding in self._foldings()
            if type_name in {version.type_name() for version in versions_read_by(folding.event)}
        ]

    @property
    def types(self) -> tuple[str, ...]:
        """The CloudEvents types that the projection follows from."""
        return tuple(event.type_name() for event in self.handlers.events)

    def _foldings(self) -> list[Folding]:
        return [Folding(shelf, step) for shelf in self.shelves for step in shelf.fold.steps]
