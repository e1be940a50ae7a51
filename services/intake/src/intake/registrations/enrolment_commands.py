"""How places are given and given up, the same for a request and for an event: one after the other in each cohort."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from uuid_utils.compat import uuid7

from intake.applications.queries import municipalities_on_a_course
from intake.gatherings.locks import hold_cohort
from intake.gatherings.model import Change, Cohort, CohortStatus
from intake.gatherings.queries import change_to
from intake.interests.model import Interest
from intake.interests.queries import in_line
from intake.registrations import change_decisions, decisions, queries, store
from intake.registrations.messages import RegistrationEmail
from intake.registrations.model import GONE, Attendee, Contact, Registration, RegistrationStatus
from shared.errors import Refused
from shared.mail.outbox import Mail, post
from shared.tokens import new_token
from shared.work import UnitOfWork

MOST_LINKS = 5
"""How often one registration is answered by an e-mail when its form is sent again."""
MOST_FROM_ONE_ADDRESS = 10
"""Registrations for one gathering, gone or not: anybody may write anybody's address, and each of them is an e-mail."""


async def enrol(work: UnitOfWork, party: Registration, token: str | None = None) -> Registration:
    """Give a party its places, or let it wait, and write to it. A registration that was sent before stays one, and
    from one address come only so many; the e-mail says so. `token` is that of a link that leads to it from now on.

    Raises `Refused` for an unknown gathering, or what the decision refuses.
    """
    cohort, found = await _held(work, party.cohort_id)
    if cohort.takes_registrations(work.now):
        await _line_up(work, cohort, found)  # whoever has waited for dates stands before whoever comes now
        found = await store.load_registrations(work, cohort.id)
    others = [each for each in found if each.status not in GONE]
    on_a_course = party.contact.municipality in await municipalities_on_a_course(work)
    party = replace(party, cohort_version=cohort.version)
    decision = decisions.register(cohort, others, party, work.now, takes_part=on_a_course)
    if (known := await answer_again(work, cohort, found, party, token)) is not None:
        return known
    party = work.record(decision)
    await store.add_registration(work, party)
    await _write(work, party, cohort, RegistrationEmail.received, token)
    return party


async def answer_again(
    work: UnitOfWork, cohort: Cohort, found: Sequence[Registration], party: Registration, token: str | None = None
) -> Registration | None:
    """Where nobody is added, write that to the address, some times at most; the registration that the e-mail is about.

    The same people have been registered already, or so many from one address that no more are taken.
    """
    same = next((each for each in found if each.status not in GONE and each.is_same_as(party)), None)
    own = [each for each in found if each.contact.mailbox == party.contact.mailbox]
    if same is None and len(own) < MOST_FROM_ONE_ADDRESS:
        return None
    about = own[-1] if same is None else same
    if await queries.links_of(work, about.id) < MOST_LINKS:
        await _write(
            work, about, cohort, RegistrationEmail.too_many if same is None else RegistrationEmail.known_already, token
        )
    elif token is not None:
        store.add_link(work, about.id, token, work.now)
    return about


async def give_up(work: UnitOfWork, party: Registration) -> Registration:
    """Cancel a registration, or say no to an offer; let those move up who fit then, and write to all of them.

    Raises what the decision refuses.
    """
    cohort, found = await _held(work, party.cohort_id)
    decision = decisions.cancel(cohort, found, _of(found, party.id), work.now)
    work.cancel(decisions.offer_key(party.id))
    cancelled, *moved = [await store.save_status(work, each) for each in work.record(decision)]
    await _write(work, cancelled, cohort, RegistrationEmail.cancelled)
    await _tell(work, moved, cohort)
    return cancelled


async def accept(work: UnitOfWork, party: Registration, group_id: UUID | None, needs: str | None) -> Registration:
    """Say yes to an offer. Raises what the decision refuses."""
    cohort, found = await _held(work, party.cohort_id)
    current = _of(found, party.id)
    current = replace(current, attendees=tuple(replace(each, needs=needs) for each in current.attendees))
    decision = decisions.accept(cohort, found, current, group_id, work.now)
    work.cancel(decisions.offer_key(party.id))
    accepted = await store.save_party(work, work.record(decision))
    await _write(work, accepted, cohort, RegistrationEmail.received)
    return accepted


async def take_back(work: UnitOfWork, cohort_id: UUID, registration_id: UUID) -> None:
    """Let an offer lapse that nobody has answered, and ask the next."""
    cohort, found = await _held(work, cohort_id)
    decision = decisions.lapse(cohort, found, _of(found, registration_id), work.now)
    for each in [await store.save_status(work, each) for each in work.record(decision)]:
        if each.status is RegistrationStatus.LAPSED:
            await _write(work, each, cohort, RegistrationEmail.lapsed)
        else:
            await _tell(work, [each], cohort)


async def ask_interested(work: UnitOfWork, cohort_id: UUID) -> None:
    """Offer places to whoever has waited for such a gathering; to do it twice changes nothing."""
    cohort, found = await _held(work, cohort_id)
    if cohort.status is CohortStatus.ANNOUNCED:
        await _line_up(work, cohort, found)


async def follow(work: UnitOfWork, change: Change) -> None:
    """Let those who have registered for a held gathering follow its change; those who move up by it are told so."""
    found = await store.load_registrations(work, change.after.id)
    decision = change_decisions.follow(change, found, work.now)
    waited = {each.id for each in found if each.status is RegistrationStatus.WAITING}
    saved = [await store.save_status(work, each) for each in work.record(decision)]
    await _tell(work, [each for each in saved if each.id in waited], change.after)


async def tell_of_change(work: UnitOfWork, cohort_id: UUID, version: int) -> None:
    """Write to all whom the change by which a gathering came to a version concerns."""
    cohort, found = await _held(work, cohort_id)
    change = await change_to(work, cohort, version)
    if change is None or cohort.status is not CohortStatus.ANNOUNCED:
        return
    for each in found:
        if change_decisions.concerns(change, each):
            await _write(work, each, change.after, lambda email: email.changed(change))


async def cancel_all(work: UnitOfWork, cohort_id: UUID) -> None:
    """Cancel what rests on a gathering that has been called off, and write to all who had registered."""
    cohort, found = await _held(work, cohort_id)
    for each in work.record(decisions.call_off(found)):
        work.cancel(decisions.offer_key(each.id))
        await _write(work, await store.save_status(work, each), cohort, RegistrationEmail.called_off)


async def _held(work: UnitOfWork, cohort_id: UUID) -> tuple[Cohort, list[Registration]]:
    """The cohort, which nobody else changes until this work ends, and what has been registered for it."""
    cohort = await hold_cohort(work, cohort_id)
    if cohort is None:
        raise Refused("unknown-gathering")
    return cohort, await store.load_registrations(work, cohort_id)


async def _line_up(work: UnitOfWork, cohort: Cohort, found: Sequence[Registration]) -> None:
    if any(each.interest_id for each in found):
        return
    line = await in_line(work, cohort.programme, cohort.form, cohort.topic, cohort.announced_at)
    on_a_course = await municipalities_on_a_course(work) if line else frozenset()
    parties = [_party_of(each, cohort) for each in line]
    invited = [each for each in parties if _may_come(cohort, each, on_a_course)]
    changed = work.record(decisions.line_up(cohort, found, invited, work.now))
    names = {each.id for each in invited}
    for each in changed:
        if each.id in names:
            await store.add_registration(work, each)
    await _tell(work, [each for each in changed if each.status is not RegistrationStatus.WAITING], cohort)


def _may_come(cohort: Cohort, party: Registration, on_a_course: frozenset[str]) -> bool:
    try:
        decisions.check_admission(cohort, party, takes_part=party.contact.municipality in on_a_course)
    except Refused:
        return False
    return True


def _party_of(interest: Interest, cohort: Cohort) -> Registration:
    contact = Contact(interest.name, interest.email, interest.language, municipality=interest.municipality)
    person = Attendee(uuid7(), interest.name, interest.audience)
    return Registration(
        uuid7(),
        cohort.id,
        contact,
        (person,),
        interest.registered_at,
        interest_id=interest.id,
        cohort_version=cohort.version,
    )


def _of(registrations: Iterable[Registration], id: UUID) -> Registration:
    return next(each for each in registrations if each.id == id)


async def _tell(work: UnitOfWork, moved: Iterable[Registration], cohort: Cohort) -> None:
    for each in moved:
        await _write(
            work,
            each,
            cohort,
            RegistrationEmail.offered if each.status is RegistrationStatus.OFFERED else RegistrationEmail.moved_up,
        )


async def _write(
    work: UnitOfWork,
    registration: Registration,
    cohort: Cohort,
    say: Callable[[RegistrationEmail], Mail],
    token: str | None = None,
) -> None:
    """Owe an e-mail to whoever has registered, with a link of its own, or with the one that they have followed."""
    token = token or new_token()
    store.add_link(work, registration.id, token, work.now)
    await post(work, say(RegistrationEmail(registration, cohort, token)))
