"""What courses react to."""

from scheduling.courses import commands
from scheduling.courses.model import Delivery
from shared.contracts.intake.agreements import AgreementSigned, DaycareSubstituted
from shared.contracts.intake.applications import ApplicationAccepted, Opening
from shared.contracts.reporting.observations import ObservationRecorded
from shared.contracts.reporting.surveys import SurveyClosed
from shared.contracts.scheduling.courses import PhaseStarted
from shared.contracts.vocabulary import Instrument
from shared.events.handlers import Handlers
from shared.work import UnitOfWork

on = Handlers()


@on(AgreementSigned)
async def open_course(signed: AgreementSigned, work: UnitOfWork) -> None:
    await commands.open_course(work, signed, signed.starts_on)


@on(ApplicationAccepted)
async def open_course_without_agreement(accepted: ApplicationAccepted, work: UnitOfWork) -> None:
    """Before there were agreements the acceptance opened the course; logs of that time are read still."""
    if accepted.course_opens_by is Opening.ACCEPTANCE:
        await commands.open_course(work, accepted, accepted.on)


@on(DaycareSubstituted)
async def replace_daycare(told: DaycareSubstituted, work: UnitOfWork) -> None:
    """Before the agreement is signed there is no course; the agreement names the new daycare then."""
    await commands.replace_daycare(work, told)


@on(PhaseStarted)
async def begin_phase(started: PhaseStarted, work: UnitOfWork) -> None:
    """The day has come on which a course begins; what follows starts with the end of what was before."""
    await commands.begin_phase(work, started.course_id, started.phase, started.on)


@on(ObservationRecorded)
async def note_observation(recorded: ObservationRecorded, work: UnitOfWork) -> None:
    delivery = Delivery(Instrument.OBSERVATION, recorded.daycare_id)
    await commands.receive(work, recorded.course_id, recorded.phase, delivery)


@on(SurveyClosed)
async def note_survey(closed: SurveyClosed, work: UnitOfWork) -> None:
    await commands.receive(work, closed.course_id, closed.phase, Delivery(closed.instrument))
