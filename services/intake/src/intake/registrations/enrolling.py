"""How places are given and given up, the same for a request and for an event: one after the other in each cohort."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from intake.applications.queries import takes_part
from intake.gatherings.model import Cohort
from intake.gatherings.queries import hold_cohort
from intake.registrations import decisions, queries, store
from intake.registrations.messages import Letter
from intake.registrations.model import Registration, Status
from shared.errors import Refused
from shared.mail.outbox import Mail, post
from shared.tokens import new_token
from shared.work import UnitOfWork

MOST_LINKS = 5
"""How often one registration is answered by an e-mail when its form is sent again."""


async def enrol(work: UnitOfWork, party: Registration) -> Registration:
    """Give a party its places, or let it wait, and write to it. A registration that was sent before stays one.

    Raises `Refused` for an unknown gathering, or what the decision refuses.
    """
    cohort = await hold_cohort(work, party.cohort_id)
    if cohort is None:
        raise Refused("unknown-gathering")
    others = [each for each in await store.load_registrations(work, cohort.id) if each.status is not Status.CANCELLED]
    municipality = party.contact.municipality
    on_a_course = municipality is not None and await takes_part(work, municipality)
    decision = decisions.register(cohort, others, party, work.now, takes_part=on_a_course)
    if (known := next((each for each in others if each.is_same_as(party)), None)) is not None:
        if await queries.links_of(work, known.id) < MOST_LINKS:
            await write(work, known, cohort, Letter.known_already)
        return known
    await store.add_registration(work, decision.state)
    work.record(decision)
    await write(work, decision.state, cohort, Letter.received)
    return decision.state


async def give_up(work: UnitOfWork, party: Registration) -> Registration:
    """Cancel a registration, let those move up who fit then, and write to all of them.

    Raises what the decision refuses.
    """
    cohort = await hold_cohort(work, party.cohort_id)
    assert cohort is not None  # a foreign key
    found = await store.load_registrations(work, cohort.id)
    current = next(each for each in found if each.id == party.id)
    decision = decisions.cancel(cohort, found, current, work.now)
    cancelled, *moved = [await store.save_status(work, each) for each in decision.state]
    work.record(decision)
    await write(work, cancelled, cohort, Letter.cancelled)
    for each in moved:
        await write(work, each, cohort, Letter.moved_up)
    return cancelled


async def cancel_all(work: UnitOfWork, cohort_id: UUID) -> None:
    """Cancel what rests on a gathering that has been called off, and write to all who had registered."""
    cohort = await hold_cohort(work, cohort_id)
    assert cohort is not None
    for each in await store.load_registrations(work, cohort_id):
        if each.status is not Status.CANCELLED:
            cancelled = await store.save_status(work, replace(each, status=Status.CANCELLED))
            await write(work, cancelled, cohort, Letter.called_off)


async def write(work: UnitOfWork, registration: Registration, cohort: Cohort, say: Callable[[Letter], Mail]) -> None:
    """Owe an e-mail to whoever has registered, with a link of its own."""
    token = new_token()
    store.add_link(work, registration.id, token, work.now)
    await post(work, say(Letter(registration, cohort, token)))
