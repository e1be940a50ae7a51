"""Registering without signing in: nobody has a place before whoever reads the e-mails of the address has said so."""

from dataclasses import replace
from uuid import UUID

from uuid_utils.compat import uuid7

from intake.applications.queries import municipalities_on_a_course
from intake.confirmations import commands as confirmations
from intake.confirmations.model import ConfirmationKind, Pending
from intake.confirmations.queries import count_pending
from intake.gatherings.locks import hold_cohort
from intake.gatherings.model import Cohort
from intake.registrations import decisions, enrolment_commands, queries, store
from intake.registrations.inputs import RegistrationIn
from intake.registrations.messages import please_confirm
from intake.registrations.model import GONE, Attendee, Contact, Registration
from shared.errors import Refused, require_found
from shared.identity import Language
from shared.mail.outbox import post
from shared.strangers import Stranger
from shared.work import UnitOfWork


def party_of(work: UnitOfWork, cohort_id: UUID, said: RegistrationIn, language: Language) -> Registration:
    """The party that somebody means, as it comes now."""
    attendees = tuple(Attendee(uuid7(), each.name, each.audience, each.group, each.needs) for each in said.attendees)
    contact = Contact(said.name, said.email, language, said.workplace, said.municipality)
    return Registration(uuid7(), cohort_id, contact, attendees, work.now)


async def ask(work: UnitOfWork, cohort_id: UUID, said: RegistrationIn, language: Language, stranger: Stranger) -> None:
    """Write to the address of a party to ask whether it is so. Where the same people have registered, say that.

    Raises `Refused` for what would be refused when it is confirmed, and what `Stranger.count` raises.
    """
    cohort = await hold_cohort(work, cohort_id)
    if cohort is None:
        raise Refused("unknown-gathering")
    party = party_of(work, cohort_id, said, language)
    found = await store.load_registrations(work, cohort_id)
    on_a_course = party.contact.municipality in await municipalities_on_a_course(work)
    others = [each for each in found if each.status not in GONE]
    decisions.register(cohort, others, party, work.now, takes_part=on_a_course)
    await stranger.count(work)
    if await enrolment_commands.answer_again(work, cohort, found, party) is None:
        await _let_wait(work, cohort, party, said, stranger)


async def confirm(work: UnitOfWork, token: str) -> Registration:
    """Give a party its places, or let it wait for them, now that its address is proven; to do it twice changes nothing.

    Raises `unknown-registration`, or what `enrol` refuses: it can be confirmed later then, in its time.
    """
    pending = await confirmations.take_up(work, ConfirmationKind.REGISTRATION, token)
    if pending is None:
        return require_found(await queries.registration_by_token(work, token), "registration")
    said = RegistrationIn.model_validate(pending.said)
    return await enrolment_commands.enrol(work, party_of(work, UUID(pending.about), said, pending.language), token)


async def withdraw(work: UnitOfWork, token: str) -> UUID:
    """Forget at once what waits for its confirmation; for which gathering it was. Raises `unknown-registration`."""
    pending = require_found(await confirmations.take_up(work, ConfirmationKind.REGISTRATION, token), "registration")
    return UUID(pending.about)


async def _let_wait(
    work: UnitOfWork, cohort: Cohort, party: Registration, said: RegistrationIn, stranger: Stranger
) -> None:
    about, contact = str(cohort.id), party.contact
    waiting = await count_pending(work, ConfirmationKind.REGISTRATION, about, contact.mailbox)
    if waiting >= enrolment_commands.MOST_FROM_ONE_ADDRESS or not await stranger.may_write_to(work, contact.email):
        return
    pending = Pending(
        ConfirmationKind.REGISTRATION, about, contact.mailbox, contact.language, said.model_dump(mode="json"), work.now
    )
    token = await confirmations.let_wait(work, pending)
    await post(work, please_confirm(replace(party, cohort_version=cohort.version), cohort, token))
