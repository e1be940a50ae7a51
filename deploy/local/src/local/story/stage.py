"""What every step of the story needs: the people, the clock, and what they have seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import httpx

from local.story.client import Client
from local.story.telling import Teller
from shared.clock import SimulatedClock
from shared.office import OFFICE, office_date


@dataclass
class Stage:
    """Running services, seen through their public API alone. `urls` holds each service's address."""

    urls: Mapping[str, str]
    clock: SimulatedClock
    teller: Teller
    _people: dict[str, Client] = field(default_factory=dict)

    def person(self, name: str) -> Client:
        """Somebody, who signs in when first needed."""
        if name not in self._people:
            self._people[name] = Client(self.urls, name)
        return self._people[name]

    def leave(self) -> None:
        """Let everybody go home."""
        for person in self._people.values():
            person.close()
        self._people.clear()

    def success(self, answer: httpx.Response, status: int) -> dict[str, Any]:
        """The document in an answer of this status. Raises `Unexpected` for any other."""
        seen = answer.status_code, None if answer.is_success else answer.text
        self.teller.expect(f"{answer.request.method} {answer.request.url.path}", seen, (status, None))
        body: dict[str, Any] = answer.json()
        return body

    @property
    def today(self) -> date:
        """The simulated date at the office."""
        return office_date(self.clock.now())

    def go_to(self, day: date) -> None:
        """Move the simulated time forward to nine in the morning of a day."""
        self.clock.move_to(datetime.combine(day, time(9), OFFICE))
