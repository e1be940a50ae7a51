"""Who comes to a gathering, who waits, and who moves up."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from intake.gatherings.model import Cohort
from intake.programmes.offer import Admission
from intake.programmes.texts import AUDIENCE
from intake.registrations.model import GONE, Registration, RegistrationStatus, Room
from intake.rounds.model import midnight
from shared.contracts.base import Event
from shared.contracts.intake.interests import OfferAccepted, OfferLapsed
from shared.contracts.intake.registrations import RegistrationCancelled, RegistrationConfirmed
from shared.decision import Decision, Timer
from shared.errors import Refused
from shared.office import office_date

MOST_WAITING = 300
"""Parties on the waiting list of one gathering; more would wait for nothing."""
DAYS_TO_ANSWER = 7
"""Whole days after that of the offer, in the zone of the gathering; the offer lapses at the end of the last."""


def register(
    cohort: Cohort, others: Sequence[Registration], party: Registration, now: datetime, *, takes_part: bool
) -> Decision[Registration]:
    """Give a party its places while they last, else let it wait. `takes_part`: its municipality is on a course.

    While places are kept for those whom the interest list names, others wait.

    Raises `Refused` after the deadline, for people whom the gathering is not for, for workshops that it does not have,
    and for a party that would not fit if nobody else came.
    """
    if not cohort.takes_registrations(now):
        raise Refused("registration-closed", deadline=cohort.deadline)
    check_admission(cohort, party, takes_part=takes_part)
    _check_groups(cohort, party)
    if Room.left(cohort, others).holds(party):
        confirmed = replace(party, status=RegistrationStatus.CONFIRMED)
        return Decision(confirmed, (_confirmed(confirmed, cohort, now),))
    if not Room.left(cohort, ()).holds(party):
        raise Refused("party-too-large", places=cohort.places)
    if sum(each.status is RegistrationStatus.WAITING for each in others) >= MOST_WAITING:
        raise Refused("waiting-list-full")
    return Decision(replace(party, status=RegistrationStatus.WAITING))


def cancel(
    cohort: Cohort, others: Sequence[Registration], party: Registration, now: datetime
) -> Decision[tuple[Registration, ...]]:
    """Give up the places of a party, its turn, or what it has been offered.

    The state is the party, and after it those who move up. Raises `Refused` for a party that has cancelled already or
    has not answered in time, and once the gathering is over.
    """
    if party.status is RegistrationStatus.LAPSED:
        raise Refused("offer-lapsed")
    if party.status is RegistrationStatus.CANCELLED:
        raise Refused("registration-cancelled")
    if now >= cohort.is_over_at:
        raise Refused("gathering-over")
    given_up = (_cancelled(party, cohort, now),) if party.status is RegistrationStatus.CONFIRMED else ()
    return _after(replace(party, status=RegistrationStatus.CANCELLED, answer_by=None), given_up, cohort, others, now)


def line_up(
    cohort: Cohort, others: Sequence[Registration], invited: Sequence[Registration], now: datetime
) -> Decision[tuple[Registration, ...]]:
    """Let those whom the interest list names wait in their order, and offer places to the first of them."""
    waiting = {each.id: replace(each, status=RegistrationStatus.WAITING) for each in invited}
    moved = move_up(cohort, [*waiting.values(), *others], now)
    changed = waiting | {each.id: each for each in moved.state}
    return replace(moved, state=tuple(changed.values()))


def accept(
    cohort: Cohort, others: Sequence[Registration], party: Registration, group_id: UUID | None, now: datetime
) -> Decision[Registration]:
    """Say yes to an offer, and choose a workshop where there are any.

    Raises `Refused` where there is no offer any more – it has been answered, or the time to do so is over – and for a
    workshop that is full: another can be chosen.
    """
    if party.status is RegistrationStatus.LAPSED or (party.answer_by is not None and now >= party.answer_by):
        raise Refused("offer-lapsed")
    if party.status is not RegistrationStatus.OFFERED or party.interest_id is None:
        raise Refused("offer-answered")
    attendees = tuple(replace(each, group_id=group_id) for each in party.attendees)
    accepted = replace(party, attendees=attendees, status=RegistrationStatus.CONFIRMED, answer_by=None)
    _check_groups(cohort, accepted)
    if not Room.left(cohort, [each for each in others if each.id != party.id]).holds(accepted):
        raise Refused("group-full", attendee=1)
    said_yes = OfferAccepted(
        registration_id=party.id, cohort_id=cohort.id, interest_id=party.interest_id, on=office_date(now)
    )
    return Decision(accepted, (said_yes, _confirmed(accepted, cohort, now)))


def lapse(
    cohort: Cohort, others: Sequence[Registration], party: Registration, now: datetime
) -> Decision[tuple[Registration, ...]]:
    """Take back an offer whose time is over, and let the next move up. What has been answered stays as it is."""
    if party.status is not RegistrationStatus.OFFERED or party.answer_by is None or now < party.answer_by:
        return Decision(())
    return _after(replace(party, status=RegistrationStatus.LAPSED, answer_by=None), (), cohort, others, now)


def call_off(parties: Sequence[Registration]) -> Decision[tuple[Registration, ...]]:
    """Cancel what rests on a gathering that does not take place; returns those whom it concerns.

    Nothing is told of each: that the gathering was called off says it of all.
    """
    resting = (each for each in parties if each.status not in GONE)
    return Decision(tuple(replace(each, status=RegistrationStatus.CANCELLED, answer_by=None) for each in resting))


def move_up(cohort: Cohort, others: Sequence[Registration], now: datetime) -> Decision[tuple[Registration, ...]]:
    """Give what is free to those who wait: the first that fit, in the order of `others`, until the gathering begins.

    Who comes from the interest list is offered a place as long as people register, and answers within some days.
    """
    moved = tuple(_moving_up(cohort, others, now)) if now < cohort.starts_at else ()
    events = tuple(_confirmed(each, cohort, now) for each in moved if each.status is RegistrationStatus.CONFIRMED)
    return Decision(moved, events, tuple(lapsing(each) for each in moved if each.status is RegistrationStatus.OFFERED))


def _after(
    gone: Registration,
    events: tuple[Event, ...],
    cohort: Cohort,
    others: Sequence[Registration],
    now: datetime,
) -> Decision[tuple[Registration, ...]]:
    moved = move_up(cohort, [each for each in others if each.id != gone.id], now)
    return Decision((gone, *moved.state), (*events, *moved.events), moved.timers)


def _moving_up(cohort: Cohort, others: Sequence[Registration], now: datetime) -> Iterator[Registration]:
    room = Room.left(cohort, others)
    for party in others:
        too_late = party.interest_id is not None and now >= cohort.closes_at
        if party.status is RegistrationStatus.WAITING and not too_late and room.holds(party):
            room = room.without(party)
            yield (
                offered(party, cohort, now)
                if party.interest_id
                else replace(party, status=RegistrationStatus.CONFIRMED)
            )


def offered(party: Registration, cohort: Cohort, now: datetime) -> Registration:
    """The party with the offer of a place that is kept for some days, and no longer than people register."""
    last = now.astimezone(ZoneInfo(cohort.zone)).date() + timedelta(days=DAYS_TO_ANSWER)
    answer_by = min(midnight(last + timedelta(days=1), cohort.zone), cohort.closes_at)
    return replace(party, status=RegistrationStatus.OFFERED, answer_by=answer_by)


def lapsing(party: Registration) -> Timer:
    """The end of an offer; another time to answer replaces it."""
    assert party.answer_by is not None
    lapsed = OfferLapsed(registration_id=party.id, cohort_id=party.cohort_id)
    return Timer(offer_key(party.id), party.answer_by, lapsed)


def offer_key(id: UUID) -> str:
    """The key of the timer of an offer."""
    return f"registration/{id}/offer"


def check_admission(cohort: Cohort, party: Registration, *, takes_part: bool) -> None:
    """Raise `Refused` where the gathering is not for a municipality or for one of the people."""
    if cohort.admits is Admission.PARTICIPANTS and not takes_part:
        raise Refused("municipality-not-on-a-course")
    for number, each in enumerate(party.attendees, start=1):
        if cohort.admits is not Admission.EVERYBODY and each.audience not in cohort.audiences:
            audiences = [AUDIENCE[audience] for audience in cohort.audiences]
            raise Refused("not-the-audience", attendee=number, audiences=audiences)


def _check_groups(cohort: Cohort, party: Registration) -> None:
    known = {group.id for group in cohort.groups}
    for number, each in enumerate(party.attendees, start=1):
        if known and each.group_id is None:
            raise Refused("group-missing", attendee=number)
        if each.group_id is not None and each.group_id not in known:
            raise Refused("unknown-group", attendee=number)


def _confirmed(party: Registration, cohort: Cohort, now: datetime) -> RegistrationConfirmed:
    return RegistrationConfirmed(
        registration_id=party.id,
        cohort_id=cohort.id,
        programme=cohort.programme,
        municipality=party.contact.municipality,
        people=party.people,
        on=office_date(now),
    )


def _cancelled(party: Registration, cohort: Cohort, now: datetime) -> RegistrationCancelled:
    return RegistrationCancelled(
        registration_id=party.id,
        cohort_id=cohort.id,
        programme=cohort.programme,
        municipality=party.contact.municipality,
        people=party.people,
        on=office_date(now),
    )
