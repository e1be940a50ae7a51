"""Reminds an applicant who has not signed."""

from uuid import UUID

from intake.agreements import decisions, receipts, store
from intake.applications.queries import application_by_id, hold_application
from intake.programmes.queries import programme_version
from shared.mail.outbox import post
from shared.work import UnitOfWork


async def remind_of_signature(work: UnitOfWork, agreement_id: UUID, application_id: UUID) -> None:
    """Owe an e-mail to the contact of the application where it is still to be signed; twice changes nothing.

    The application is held before its agreement, as by everything else.
    """
    await hold_application(work, application_id)
    application = await application_by_id(work, application_id)
    agreement = await store.lock_agreement(work, agreement_id)
    if application is None or agreement is None:
        return
    reminded = decisions.remind(agreement, application, work.now)
    if reminded is None:
        return
    programme = await programme_version(work, application.programme, application.programme_version)
    if mail := receipts.reminder(reminded, application, programme):
        await post(work, mail)
    await store.save_reminded(work, reminded)
