"""What is recorded about courses, the same from a page and through the API: load, decide, save, publish."""

from datetime import date
from uuid import UUID

from reporting.instruments import decisions, store
from reporting.instruments.model import MeasuredCourse
from shared.contracts.vocabulary import Instrument
from shared.errors import require_found
from shared.office import office_date
from shared.work import UnitOfWork


async def record_observation(
    work: UnitOfWork, course_id: UUID, phase: str, daycare_id: UUID, on: date
) -> MeasuredCourse:
    """Record that a daycare of the course was observed on a day. Raises `unknown-course` or a refusal."""
    course = require_found(await store.lock_course(work, course_id), "course")
    measured = work.record(decisions.record_observation(course, phase, daycare_id, on, office_date(work.now)))
    await store.save_course(work, measured)
    return measured


async def close_survey(
    work: UnitOfWork, course_id: UUID, phase: str, instrument: Instrument, on: date
) -> MeasuredCourse:
    """Record that a survey about the whole course is in. Raises `unknown-course` or a refusal."""
    course = require_found(await store.lock_course(work, course_id), "course")
    measured = work.record(decisions.close_survey(course, phase, instrument, on, office_date(work.now)))
    await store.save_course(work, measured)
    return measured
