"""What is done to agreements, the same from a page, through the API and after an event: load, decide, save, publish.

The application is held before its agreement, always in this order, so that nobody withdraws what is being signed.
"""

from uuid import UUID

from uuid_utils.compat import uuid7

from intake.agreements import decisions, messages, queries, store
from intake.agreements.model import Agreement, Party, Signature, Terms
from intake.applications.commands import conclude_application
from intake.applications.locks import hold_application
from intake.applications.model import Application
from intake.applications.queries import application_by_id
from intake.programmes.model import Programme
from intake.programmes.queries import programme_version
from shared.errors import Refused, require_found, require_version
from shared.identity import Identity, Role
from shared.mail.outbox import Mail, post
from shared.work import UnitOfWork

OFFICE = frozenset({Role.CASEWORKER, Role.COORDINATOR})
"""Who signs for the office."""


async def draft_agreement(work: UnitOfWork, application_id: UUID, who: Identity) -> Agreement:
    """Propose an agreement on an accepted application. Raises `unknown-application`, `agreement-exists`, a refusal."""
    application = await _held_application(work, application_id)
    known = await queries.agreement_on(work, application_id, who)
    if known is not None:
        raise Refused("agreement-exists", agreement_id=str(known.id))
    agreement = work.record(decisions.draft(uuid7(), application, who.subject, work.now))
    store.add_agreement(work, agreement)
    await _tell(work, messages.wanted(agreement, application, await _programme(work, application)))
    return agreement


async def change_agreement(work: UnitOfWork, id: UUID, version: int, who: Identity, terms: Terms) -> Agreement:
    """Change the terms of what stood at `version`. Raises `unknown-agreement`, `stale-version`, or a refusal."""
    agreement, application = await _held(work, id, version, who)
    programme = await _programme(work, application)
    changed = work.record(decisions.change(agreement, application, programme, terms, work.now))
    if changed == agreement:
        return agreement
    await _tell(work, messages.wanted(changed, application, programme))
    return await store.save_agreement(work, changed)


async def sign_agreement(work: UnitOfWork, id: UUID, version: int, who: Identity) -> Agreement:
    """Sign what stood at `version`, for the office or for the applicant. Raises like `change_agreement`."""
    agreement, application = await _held(work, id, version, who)
    programme = await _programme(work, application)
    signature = Signature(party_of(who), who.subject, who.name, work.now)
    signed = work.record(decisions.sign(agreement, application, programme, signature))
    if signed.is_signed:
        await conclude_application(work, application)
        await _tell(work, messages.signed(signed, application, programme))
    if signed.remind_at is None:
        work.cancel(decisions.reminder_key(id))
    return await store.save_agreement(work, signed)


def party_of(who: Identity) -> Party:
    """For whom somebody signs."""
    return Party.OFFICE if who.roles & OFFICE else Party.APPLICANT


async def follow_daycares(work: UnitOfWork, application_id: UUID) -> UUID | None:
    """Let the agreement on a held application, whose daycares have changed, follow them.

    One that waits for signatures loses those it has; the id of one that is signed is returned, and it stays.
    """
    agreement = await store.lock_agreement_on(work, application_id)
    if agreement is None:
        return None
    if agreement.is_signed:
        return agreement.id
    reopened = await store.save_agreement(work, work.record(decisions.reopen(agreement, work.now)))
    application = await _held_application(work, application_id)
    await _tell(work, messages.wanted(reopened, application, await _programme(work, application)))
    return None


async def move_agreements(work: UnitOfWork, municipality: str, into: str) -> int:
    """Let the agreements that count be those of the municipality that theirs has become part of; how many."""
    return await store.move_agreements(work, queries.open_in(municipality), into)


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
    if mail := messages.reminder(reminded, application, programme):
        await post(work, mail)
    await store.save_reminded(work, reminded)


async def _tell(work: UnitOfWork, mail: Mail | None) -> None:
    if mail is not None:
        await post(work, mail)


async def _programme(work: UnitOfWork, application: Application) -> Programme:
    return await programme_version(work, application.programme, application.programme_version)


async def _held_application(work: UnitOfWork, id: UUID) -> Application:
    await hold_application(work, id)
    return require_found(await application_by_id(work, id), "application")


async def _held(work: UnitOfWork, id: UUID, version: int, who: Identity) -> tuple[Agreement, Application]:
    seen = require_found(await queries.agreement_by_id(work, id, who), "agreement")
    application = await _held_application(work, seen.application_id)
    agreement = await store.lock_agreement(work, id)
    assert agreement is not None, "agreements are never deleted"
    require_version(version, agreement.version)
    return agreement, application
