"""Who comes to a gathering, who waits, and who moves up."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from intake.gatherings.model import Cohort
from intake.programmes.offer import Admission
from intake.programmes.texts import AUDIENCE
from intake.registrations.model import Registration, Room, Status
from shared.contracts.intake import RegistrationCancelled, RegistrationConfirmed
from shared.decision import Decision
from shared.errors import Refused
from shared.office import office_date

MOST_WAITING = 300
"""Parties on the waiting list of one gathering; more would wait for nothing."""


def register(
    cohort: Cohort, others: Sequence[Registration], party: Registration, now: datetime, *, takes_part: bool
) -> Decision[Registration]:
    """Give a party its places while they last, else let it wait. `takes_part`: its municipality is on a course.

    Raises `Refused` after the deadline, for people whom the gathering is not for, for workshops that it does not have,
    and for a party that would not fit if nobody else came.
    """
    if not cohort.takes_registrations(now):
        raise Refused("registration-closed", deadline=cohort.deadline)
    _check_admission(cohort, party, takes_part)
    _check_groups(cohort, party)
    if Room.left(cohort, others).holds(party):
        confirmed = replace(party, status=Status.CONFIRMED)
        return Decision(confirmed, (_confirmed(confirmed, cohort, now),))
    if not Room.left(cohort, ()).holds(party):
        raise Refused("party-too-large", places=cohort.places)
    if sum(each.status is Status.WAITING for each in others) >= MOST_WAITING:
        raise Refused("waiting-list-full")
    return Decision(replace(party, status=Status.WAITING))


def cancel(
    cohort: Cohort, others: Sequence[Registration], party: Registration, now: datetime
) -> Decision[tuple[Registration, ...]]:
    """Give up the places of a party, or its turn. `others` are in the order in which they have registered.

    The state is the party, and after it those who move up: of all who wait, the first that fit, as long as the
    gathering has not begun. Raises `Refused` for a party that has cancelled already, and once the gathering is over.
    """
    if party.status is Status.CANCELLED:
        raise Refused("registration-cancelled")
    if now >= cohort.is_over_at:
        raise Refused("gathering-over")
    cancelled = replace(party, status=Status.CANCELLED)
    given_up = (_cancelled(party, cohort, now),) if party.status is Status.CONFIRMED else ()
    moved = (
        tuple(_moving_up(cohort, [each for each in others if each.id != party.id])) if now < cohort.starts_at else ()
    )
    return Decision((cancelled, *moved), (*given_up, *(_confirmed(each, cohort, now) for each in moved)))


def _moving_up(cohort: Cohort, others: Iterable[Registration]) -> Iterator[Registration]:
    parties = list(others)
    room = Room.left(cohort, parties)
    for party in parties:
        if party.status is Status.WAITING and room.holds(party):
            room = room.without(party)
            yield replace(party, status=Status.CONFIRMED)


def _check_admission(cohort: Cohort, party: Registration, takes_part: bool) -> None:
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
