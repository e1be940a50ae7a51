"""A course: an accepted application on its way through its phases."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from shared.contracts.vocabulary import Instrument, Names, Requirement, Scope, Skill


@dataclass(frozen=True, slots=True)
class Delivery:
    """An instrument that is in, for the whole course or for one of its daycares."""

    instrument: Instrument
    daycare_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of a course. `planned_end` is the day on which the next phase may start."""

    name: str
    names: Names
    planned_start: date
    planned_end: date
    owes: tuple[Requirement, ...] = ()
    delivered: frozenset[Delivery] = frozenset()
    started_on: date | None = None
    completed_on: date | None = None

    @property
    def is_running(self) -> bool:
        """Whether it has started and not ended."""
        return self.started_on is not None and self.completed_on is None


@dataclass(frozen=True, slots=True)
class Course:
    """`version` rises with every change, so that nobody decides on what has changed meanwhile."""

    id: UUID
    application_id: UUID
    programme: str
    programme_version: int
    municipality: str
    daycares: tuple[UUID, ...]
    skills: frozenset[Skill]
    team_size: int
    hours: int | None
    phases: tuple[Phase, ...]
    opened_on: date
    team: tuple[UUID, ...] = ()
    completed_on: date | None = None
    version: int = 1

    @property
    def running_phase(self) -> Phase | None:
        """The phase that has started and not ended, if any."""
        return next((phase for phase in self.phases if phase.is_running), None)

    def phase(self, name: str) -> Phase | None:
        """The phase of this name."""
        return next((phase for phase in self.phases if phase.name == name), None)

    def after(self, phase: Phase) -> Phase | None:
        """The phase that follows, if any."""
        index = self.phases.index(phase) + 1
        return self.phases[index] if index < len(self.phases) else None

    def left_in(self, phase: Phase) -> tuple[Delivery, ...]:
        """What the phase still owes: nothing once it is completed, whoever has joined since."""
        if phase.completed_on is not None:
            return ()
        return tuple(owed for owed in self._owed(phase) if owed not in phase.delivered)

    def with_phase(self, changed: Phase) -> "Course":
        """The course with the phase of this name replaced."""
        phases = tuple(changed if phase.name == changed.name else phase for phase in self.phases)
        return replace(self, phases=phases)

    def _owed(self, phase: Phase) -> Iterator[Delivery]:
        for requirement in phase.owes:
            if requirement.per is Scope.COURSE:
                yield Delivery(requirement.instrument)
            else:
                yield from (Delivery(requirement.instrument, daycare) for daycare in self.daycares)


@dataclass(frozen=True, slots=True)
class OpenCourses:
    """So many courses of one programme version that are in the same phase since, or from, the same month.

    `phase` counts from 0, `since` is the first day of the month, and `hours` are those that the applications stated.
    """

    programme: str
    programme_version: int
    hours: int | None
    phase: int
    since: date
    count: int
