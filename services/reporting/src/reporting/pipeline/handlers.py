"""What the pipeline follows."""

from reporting.pipeline import store
from shared.contracts.intake.agreements import AgreementSigned
from shared.contracts.intake.applications import (
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationRefused,
    ApplicationSubmitted,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
)
from shared.contracts.scheduling.courses import (
    CourseCompleted,
    CourseOpened,
    PhaseCompleted,
    PhaseStarted,
    TeamAssigned,
)
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(ApplicationSubmitted)
async def count_submitted(event: ApplicationSubmitted, work: UnitOfWork) -> None:
    await store.note_case(work, event.application_id, event.programme, event.municipality, submitted_on=event.on)


@on(ApplicationRefused)
async def count_refused(event: ApplicationRefused, work: UnitOfWork) -> None:
    await store.note_case(work, event.application_id, event.programme, event.municipality, refused_on=event.on)


@on(ApplicationWaitlisted)
async def count_waitlisted(event: ApplicationWaitlisted, work: UnitOfWork) -> None:
    await store.note_case(work, event.application_id, event.programme, event.municipality, waitlisted_on=event.on)


@on(ApplicationAccepted)
async def count_accepted(event: ApplicationAccepted, work: UnitOfWork) -> None:
    await store.note_case(work, event.application_id, event.programme, event.municipality, accepted_on=event.on)


@on(ApplicationDeclined)
async def count_declined(event: ApplicationDeclined, work: UnitOfWork) -> None:
    await store.note_case(work, event.application_id, event.programme, event.municipality, declined_on=event.on)


@on(ApplicationWithdrawn)
async def count_withdrawn(event: ApplicationWithdrawn, work: UnitOfWork) -> None:
    await store.note_case(work, event.application_id, event.programme, event.municipality, withdrawn_on=event.on)


@on(AgreementSigned)
async def count_agreed(event: AgreementSigned, work: UnitOfWork) -> None:
    await store.note_case(work, event.application_id, event.programme, event.municipality, agreed_on=event.on)


@on(CourseOpened)
async def lay_out_way(event: CourseOpened, work: UnitOfWork) -> None:
    await store.note_case(
        work, event.application_id, event.programme, event.municipality, course_id=event.course_id, opened_on=event.on
    )
    await store.note_phases(work, event)


@on(TeamAssigned)
async def note_team(event: TeamAssigned, work: UnitOfWork) -> None:
    await store.note_course(work, event.course_id, team_assigned_on=event.on)


@on(PhaseStarted)
async def note_start(event: PhaseStarted, work: UnitOfWork) -> None:
    await store.note_phase(work, event.course_id, event.phase, started_on=event.on)


@on(PhaseCompleted)
async def note_end(event: PhaseCompleted, work: UnitOfWork) -> None:
    await store.note_phase(work, event.course_id, event.phase, completed_on=event.on)


@on(CourseCompleted)
async def count_completed(event: CourseCompleted, work: UnitOfWork) -> None:
    await store.note_course(work, event.course_id, completed_on=event.on)
