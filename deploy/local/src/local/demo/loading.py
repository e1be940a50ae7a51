"""What every step of the demo set needs: the people, the time, and what has been made so far."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from local.demo import places
from local.demo.applications import PlannedApplication
from local.demo.people import People
from shared.clock import SimulatedClock
from shared.office import OFFICE

CASEWORKER = "clara"
COORDINATOR = "david"
SECRETARY = "lone"
CONSULTANT = "eva"
REVIEWERS = ("jonas", "karla", "mads")
HOLBAEK = "0316"
SIDE_BY_SIDE = 4
"""So many applications are worked on at once; what is done to one of them is done in order."""

Each = TypeVar("Each")


@dataclass(frozen=True, slots=True)
class Sent:
    """An application that was taken or refused."""

    planned: PlannedApplication
    id: str

    @property
    def path(self) -> str:
        """Where it is in the API."""
        return f"applications/{self.id}"

    @property
    def applicant(self) -> str:
        """Who sent it."""
        return applicant_of(self.planned.municipality)


@dataclass
class Loading:
    """One loading. All its dates are counted from the day on which it began, so that it can be taken up again."""

    people: People
    clock: SimulatedClock
    began_on: date
    daycares: dict[str, str] = field(default_factory=dict)
    """The ids of the daycares by their P-numbers."""
    enquiries: dict[str, Any] = field(default_factory=dict)
    """The questions by the municipality that asked."""
    rounds: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: dict[str, list[Sent]] = field(default_factory=dict)
    """The applications by their round, in the order in which they came."""

    gathering: dict[str, Any] = field(default_factory=dict)
    """The gathering that is held while the set is loaded."""

    def day(self, number: int) -> date:
        """The date so many days after the beginning."""
        return self.began_on + timedelta(days=number)

    def go_to(self, number: int) -> None:
        """Move the simulated time forward to nine in the morning of that day."""
        self.clock.move_to(datetime.combine(self.day(number), time(9), OFFICE))

    def ids_of(self, planned: PlannedApplication) -> list[str]:
        """The daycares that an application names."""
        return [self.daycares[places.p_number(planned.municipality, letter)] for letter in planned.daycares]

    def live(self, *rounds: str) -> list[Sent]:
        """The applications of these rounds that no rule has turned away."""
        return [sent for round_ in rounds for sent in self.sent[round_] if not sent.planned.refused_by]


def applicant_of(municipality: str) -> str:
    """The key of somebody to sign in as: of Holbæk somebody whom the sign-in page offers, to look at what she sees."""
    return "ingrid" if municipality == HOLBAEK else f"municipality:{municipality}"


def side_by_side(what: Callable[[Each], None], each: Iterable[Each]) -> None:
    """Do something to several, some at once. Raises what it raises first."""
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        list(pool.map(what, each))
