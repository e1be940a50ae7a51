"""What is done to questions about applications, the same from a page and through the API: load, decide, save."""

from uuid import UUID

from uuid_utils.compat import uuid7

from intake.applications.locks import hold_application
from intake.applications.model import Application
from intake.applications.queries import application_by_id
from intake.clarifications import decisions, store
from intake.clarifications.messages import asked
from intake.clarifications.model import Answer, Clarification
from intake.programmes.queries import programme_version
from shared.errors import NotFound, require_found, require_version
from shared.identity import Identity
from shared.mail.outbox import post
from shared.work import UnitOfWork


async def ask(work: UnitOfWork, application_id: UUID, who: Identity, question: str) -> Clarification:
    """Ask the applicant something, and tell their contact.

    Raises `unknown-application`, `application-sealed`, or what the decision refuses.
    """
    application = await _held(work, application_id, None)
    wanted = Clarification(uuid7(), application_id, question, who.subject, work.now)
    clarification = work.record(decisions.ask(wanted, application.status))
    store.add_clarification(work, clarification)
    programme = await programme_version(work, application.programme, application.programme_version)
    if mail := asked(application, programme):
        await post(work, mail)
    return clarification


async def give_answer(work: UnitOfWork, id: UUID, version: int, who: Identity, text: str) -> Clarification:
    """Answer, as one of those who applied, what stood at `version`.

    Raises `unknown-clarification`, `stale-version`, or what the decision refuses.
    """
    clarification = require_found(await store.lock_clarification(work, id), "clarification")
    try:
        application = await _held(work, clarification.application_id, who.subject)
    except NotFound as unknown:
        raise NotFound("clarification") from unknown
    require_version(version, clarification.version)
    answer = Answer(text, who.subject, work.now)
    decision = decisions.give_answer(clarification, answer, application.status)
    return await store.save_clarification(work, work.record(decision))


async def _held(work: UnitOfWork, id: UUID, applicant: str | None) -> Application:
    # nobody decides on it meanwhile
    await hold_application(work, id)
    return require_found(await application_by_id(work, id, applicant), "application")
