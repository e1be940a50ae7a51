"""What courses react to."""

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
from shared.contracts.intake.applications import ApplicationAccepted, Opening
from shared.contracts.reporting.observations import ObservationRecorded
from shared.contracts.reporting.surveys import SurveyClosed
from shared.contracts.scheduling.courses import PhaseStarted
from shared.contracts.vocabulary import Instrument
from shared.errors import NotHeardOf, Refused
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

log = structlog.get_logger(__name__)
on = Handlers()


@on(AgreementSigned)
async def open_course(signed: AgreementSigned, work: UnitOfWork) -> None:
    await _open(work, signed, signed.starts_on)


@on(ApplicationAccepted)
async def open_course_without_agreement(accepted: ApplicationAccepted, work: UnitOfWork) -> None:
    """Before there were agreements the acceptance opened the course; logs of that time are read still."""
    if accepted.course_opens_by is Opening.ACCEPTANCE:
        await _open(work, accepted, accepted.on)


@on(DaycareSubstituted)
async def replace_daycare(told: DaycareSubstituted, work: UnitOfWork) -> None:
    """Before the agreement is signed there is no course; the agreement names the new daycare then."""
    course = await store.lock_course_of(work, told.application_id)
    if course is None:
        if told.agreement_id is None:
            return
        # the agreement is signed, and is told of in an order of its own
        raise NotHeardOf("course", application=str(told.application_id))
    decision = decisions.replace_daycare(course, told)
    if decision.events:
        await store.save_course(work, decision.state)
        work.record(decision)


@on(PhaseStarted)
async def begin_phase(started: PhaseStarted, work: UnitOfWork) -> None:
    """The day has come on which a course begins; what follows starts with the end of what was before."""
    course = await _locked(work, started.course_id)
    begun = decisions.begin_phase(course, started.phase, started.on).state
    if begun != course:
        await store.save_course(work, begun)


async def _open(work: UnitOfWork, grounds: AgreementSigned | ApplicationAccepted, starts_on: date) -> None:
    programme = await programme_version(work, grounds.programme, grounds.programme_version)
    if programme is None:
        raise NotHeardOf("programme", programme=grounds.programme, version=grounds.programme_version)
    opened = decisions.open_course(uuid7(), programme, grounds, starts_on)
    work.record(opened)
    await store.add_course(work, await _with_team(opened.state, work))
    recount_soon(work)


async def _with_team(course: Course, work: UnitOfWork) -> Course:
    """A course opens also when nobody can be found for it: the coordinator sees it and forms a team later."""
    try:
        assigned = decisions.form_team(course, await corps(work), course.opened_on)
    except Refused as refused:
        log.warning("course without a team", course=str(course.id), reason=refused.slug)
        return course
    work.record(assigned)
    return assigned.state


@on(ObservationRecorded)
async def note_observation(recorded: ObservationRecorded, work: UnitOfWork) -> None:
    await _receive(work, recorded.course_id, recorded.phase, Delivery(Instrument.OBSERVATION, recorded.daycare_id))


@on(SurveyClosed)
async def note_survey(closed: SurveyClosed, work: UnitOfWork) -> None:
    await _receive(work, closed.course_id, closed.phase, Delivery(closed.instrument))


async def _receive(work: UnitOfWork, course_id: UUID, phase: str, delivery: Delivery) -> None:
    course = await _locked(work, course_id)
    received = decisions.receive(course, phase, delivery).state
    if received != course:
        await store.save_course(work, received)


async def _locked(work: UnitOfWork, course_id: UUID) -> Course:
    course = await store.lock_course(work, course_id)
    if course is None:  # a course is known here before anybody can speak of it
        raise Refused("unknown-course", course=str(course_id))
    return course
