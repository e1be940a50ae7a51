"""Facts about surveys."""

from typing import ClassVar

from shared.contracts.kinds import Day, OpaqueId, Slug
from shared.contracts.reporting.base import ReportingEvent
from shared.contracts.vocabulary import Instrument


class SurveyClosed(ReportingEvent):
    """A survey about the whole course is in for a phase."""

    about: ClassVar[str] = "course_id"

    course_id: OpaqueId
    phase: Slug
    instrument: Instrument
    on: Day
