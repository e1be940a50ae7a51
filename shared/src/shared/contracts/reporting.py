"""The facts that reporting publishes."""

from typing import ClassVar

from shared.contracts.base import Event
from shared.contracts.intake import Instrument
from shared.contracts.kinds import Day, Moment, OpaqueId, Slug


class ReportingEvent(Event):
    """Any fact of reporting."""

    producer: ClassVar[str] = "reporting"


class ObservationRecorded(ReportingEvent):
    """The learning environment of one daycare has been observed in a phase of its course."""

    about: ClassVar[str] = "course_id"

    course_id: OpaqueId
    phase: Slug
    daycare_id: OpaqueId
    on: Day


class SurveyClosed(ReportingEvent):
    """A survey about the whole course is in for a phase."""

    about: ClassVar[str] = "course_id"

    course_id: OpaqueId
    phase: Slug
    instrument: Instrument
    on: Day


class ReportingSessionsEnded(ReportingEvent):
    """Somebody was signed out: the session of this id has ended, or every one of the person of this id."""

    about: ClassVar[str] = "ended_id"
    contract_name: ClassVar[str] = "SessionsEnded"

    ended_id: OpaqueId
    issued_until: Moment
    """Of a person, the sessions that began later go on."""
