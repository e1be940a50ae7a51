"""What a course is measured with, and what of it is in."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from shared.contracts.vocabulary import Instrument, Names, Requirement, Scope


@dataclass(frozen=True, slots=True)
class MeasuredPhase:
    """A phase with the instruments it owes."""

    name: str
    names: Names
    owes: tuple[Requirement, ...]
    started_on: date | None = None
    running: bool = False

    def owed(self, instrument: Instrument, per: Scope) -> bool:
        """Whether the phase owes this instrument in this way."""
        return Requirement(instrument=instrument, per=per) in self.owes


@dataclass(frozen=True, slots=True)
class Measurement:
    """One instrument that is in, for one daycare or, without one, for the whole course."""

    phase: str
    instrument: Instrument
    on: date
    daycare_id: UUID | None = None

    @property
    def place(self) -> tuple[str, Instrument, UUID | None]:
        """What it measures; a second measurement of the same place is a mistake."""
        return self.phase, self.instrument, self.daycare_id


@dataclass(frozen=True, slots=True)
class MeasuredCourse:
    """A course as the instruments see it."""

    id: UUID
    municipality: str
    programme: str
    opened_on: date
    daycares: tuple[UUID, ...]
    phases: tuple[MeasuredPhase, ...]
    measurements: tuple[Measurement, ...] = ()

    def phase(self, name: str) -> MeasuredPhase | None:
        """The phase of this name."""
        return next((phase for phase in self.phases if phase.name == name), None)

    def with_started(self, name: str, on: date) -> "MeasuredCourse":
        """The course with the phase of this name running since a day."""
        return self._with(name, started_on=on, running=True)

    def with_ended(self, name: str) -> "MeasuredCourse":
        """The course with the phase of this name over."""
        return self._with(name, running=False)

    def with_replaced(self, left: UUID, joined: UUID) -> "MeasuredCourse":
        """The course with a daycare in the place of another; what was measured of the one who left stays on record."""
        daycares = tuple(joined if daycare == left else daycare for daycare in self.daycares)
        return replace(self, daycares=daycares)

    def with_measurement(self, measurement: Measurement) -> "MeasuredCourse":
        """The course with one more measurement."""
        return replace(self, measurements=(*self.measurements, measurement))

    def _with(self, name: str, **changes: Any) -> "MeasuredCourse":
        phases = tuple(replace(phase, **changes) if phase.name == name else phase for phase in self.phases)
        return replace(self, phases=phases)
