"""What is done to courses, the same from a page, through the API and by an event: load, decide, save, publish."""

from datetime import date
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from scheduling.consultants.queries import corps
from scheduling.courses import decisions, store
from scheduling.courses.model import Course, Delivery
from scheduling.programmes.queries import programme_version
from scheduling.recounting import recount_soon
from shared.contracts.intake.agreements import AgreementSigned, DaycareSubstituted
from shared.contracts.intake.applications import ApplicationAccepted
from shared.errors import NotHeardOf, Refused, require_found, require_version
from shared.office import office_date
from shared.work import UnitOfWork

log = structlog.get_logger(__name__)


async def open_course(work: UnitOfWork, grounds: AgreementSigned | ApplicationAccepted, starts_on: date) -> None:
    """Open the course that an application has led to. Raises `NotHeardOf` for its programme."""
    programme = await programme_version(work, grounds.programme, grounds.programme_version)
    if programme is None:
        raise NotHeardOf("programme", programme=grounds.programme, version=grounds.programme_version)
    opened = work.record(decisions.open_course(uuid7(), programme, grounds, starts_on))
    await store.add_course(work, await _with_team(work, opened))
    recount_soon(work)


async def replace_daycare(work: UnitOfWork, told: DaycareSubstituted) -> None:
    """Let a daycare take the place of another in the course of an application. Raises `NotHeardOf` for the course.

    Before the agreement is signed there is no course; the agreement names the new daycare then.
    """
    course = await store.lock_course_of(work, told.application_id)
    if course is None:
        if told.agreement_id is None:
            return
        # the agreement is signed, and is told of in an order of its own
        raise NotHeardOf("course", application=str(told.application_id))
    await _save_if_changed(work, course, work.record(decisions.replace_daycare(course, told)))


async def begin_phase(work: UnitOfWork, id: UUID, phase: str, on: date) -> None:
    """Note that a phase has begun. Raises `unknown-course`."""
    course = await _held(work, id)
    await _save_if_changed(work, course, work.record(decisions.begin_phase(course, phase, on)))


async def receive(work: UnitOfWork, id: UUID, phase: str, delivery: Delivery) -> None:
    """Note that something which a phase owes has come in. Raises `unknown-course`."""
    course = await _held(work, id)
    await _save_if_changed(work, course, work.record(decisions.receive(course, phase, delivery)))


async def complete_phase(work: UnitOfWork, id: UUID, phase: str, version: int) -> Course:
    """Complete a phase of what stood at `version`. Raises `unknown-course`, `stale-version`, or a refusal."""
    course = await _held(work, id, version)
    completed = work.record(decisions.complete_phase(course, phase, office_date(work.now)))
    recount_soon(work)
    return await store.save_course(work, completed)


async def form_team(work: UnitOfWork, id: UUID, version: int) -> Course:
    """Find a team for what stood at `version`. Raises `unknown-course`, `stale-version`, or a refusal."""
    course = await _held(work, id, version)
    decision = decisions.form_team(course, await corps(work), office_date(work.now))
    return await store.save_course(work, work.record(decision))


async def _held(work: UnitOfWork, id: UUID, seen: int | None = None) -> Course:
    """The course, which nobody else changes until this work ends; events rest on no version that somebody has seen."""
    course = require_found(await store.lock_course(work, id), "course")
    if seen is not None:
        require_version(seen, course.version)
    return course


async def _save_if_changed(work: UnitOfWork, before: Course, after: Course) -> None:
    if after != before:
        await store.save_course(work, after)


async def _with_team(work: UnitOfWork, course: Course) -> Course:
    """A course opens also when nobody can be found for it: the coordinator sees it and forms a team later."""
    try:
        return work.record(decisions.form_team(course, await corps(work), course.opened_on))
    except Refused as refused:
        log.warning("course without a team", course=str(course.id), reason=refused.slug)
        return course
