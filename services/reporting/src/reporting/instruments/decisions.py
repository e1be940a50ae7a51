"""Recording what has been measured."""

from datetime import date
from uuid import UUID

from reporting.instruments.model import MeasuredCourse, Measurement
from shared.contracts.reporting.observations import ObservationRecorded
from shared.contracts.reporting.surveys import SurveyClosed
from shared.contracts.vocabulary import Instrument, Scope
from shared.decision import Decision
from shared.errors import Refused


def record_observation(
    course: MeasuredCourse, phase: str, daycare_id: UUID, on: date, today: date
) -> Decision[MeasuredCourse]:
    """Record that the learning environment of a daycare was observed on a day. Raises `Refused`."""
    if daycare_id not in course.daycares:
        raise Refused("daycare-not-in-course", daycare_id=str(daycare_id))
    measurement = Measurement(phase, Instrument.OBSERVATION, on, daycare_id)
    _check(course, measurement, Scope.DAYCARE, today)
    event = ObservationRecorded(course_id=course.id, phase=phase, daycare_id=daycare_id, on=on)
    return Decision(course.with_measurement(measurement), (event,))


def close_survey(
    course: MeasuredCourse, phase: str, instrument: Instrument, on: date, today: date
) -> Decision[MeasuredCourse]:
    """Record that a survey about the whole course is in. Raises `Refused`."""
    measurement = Measurement(phase, instrument, on)
    _check(course, measurement, Scope.COURSE, today)
    event = SurveyClosed(course_id=course.id, phase=phase, instrument=instrument, on=on)
    return Decision(course.with_measurement(measurement), (event,))


def _check(course: MeasuredCourse, measurement: Measurement, per: Scope, today: date) -> None:
    phase = course.phase(measurement.phase)
    if phase is None or not phase.owed(measurement.instrument, per):
        raise Refused("instrument-not-owed", phase=measurement.phase, instrument=measurement.instrument)
    if not phase.running or phase.started_on is None:
        raise Refused("phase-not-running", phase=measurement.phase)
    if any(known.place == measurement.place for known in course.measurements):
        raise Refused("measured-already", phase=measurement.phase, instrument=measurement.instrument)
    if not phase.started_on <= measurement.on <= today:
        raise Refused("day-outside-phase", on=measurement.on, started_on=phase.started_on, today=today)
