"""The facts that reporting publishes."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Event
from shared.contracts.intake import Instrument


class ReportingEvent(Event):
    """Any fact of reporting."""

    producer: ClassVar[str] = "reporting"


class ObservationRecorded(ReportingEvent):
    """The learning environment of one daycare has been observed in a phase of its course."""

    about: ClassVar[str] = "course_id"

    course_id: UUID
    phase: str
    daycare_id: UUID
    on: date


class SurveyClosed(ReportingEvent):
    """A survey about the whole course is in for a phase."""

    about: ClassVar[str] = "course_id"

    course_id: UUID
    phase: str
    instrument: Instrument
    on: date
