"""Facts about observations in daycares."""

from typing import ClassVar

from shared.contracts.kinds import Day, OpaqueId, Slug
from shared.contracts.reporting.base import ReportingEvent


class ObservationRecorded(ReportingEvent):
    """The learning environment of one daycare has been observed in a phase of its course."""

    about: ClassVar[str] = "course_id"

    course_id: OpaqueId
    phase: Slug
    daycare_id: OpaqueId
    on: Day
