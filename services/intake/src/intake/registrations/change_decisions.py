"""What it means for those who have registered that a gathering changes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from intake.gatherings.model import Change, Cohort, Taken
from intake.registrations.decisions import lapsing, move_up, offered
from intake.registrations.model import GONE, Registration, RegistrationStatus, Room
from shared.decision import Decision


def taken(cohort: Cohort, registrations: Iterable[Registration]) -> Taken:
    """Places that people have or that are kept for them, and workshops that anybody has chosen who has not gone."""
    live = [each for each in registrations if each.status not in GONE]
    left = Room.left(cohort, live)
    by_group = {group.id: group.places - left.by_group[group.id] for group in cohort.groups}
    chosen = frozenset(person.group_id for party in live for person in party.attendees if person.group_id is not None)
    return Taken(cohort.places - left.places, by_group, chosen)


def follow(change: Change, registrations: Sequence[Registration], now: datetime) -> Decision[tuple[Registration, ...]]:
    """Let offers end when they may end now, and those move up for whom there is room now. The state is who has changed.

    An offer that ended with the registration may be answered for the usual days once that ends later.
    """
    renewed = {each.id: each for each in (_renewed(change, each, now) for each in registrations) if each is not None}
    moved = move_up(change.after, [renewed.get(each.id, each) for each in registrations], now)
    changed = renewed | {each.id: each for each in moved.state}
    timers = tuple(lapsing(each) for each in renewed.values())
    return Decision(tuple(changed.values()), moved.events, (*timers, *moved.timers))


def concerns(change: Change, party: Registration) -> bool:
    """Whether a party is told of a change: of days, hours and the venue, of its own workshops, of its time to answer.

    Whoever registered after it knows already.
    """
    if party.status in GONE or party.cohort_version >= change.after.version:
        return False
    own = {person.group_id for person in party.attendees}
    return change.moves or not own.isdisjoint(change.renamed) or has_other_time_to_answer(change, party)


def has_other_time_to_answer(change: Change, party: Registration) -> bool:
    """Whether an offer stands longer, or not as long, because of a change of the last day to register."""
    before, after = change.before.closes_at, change.after.closes_at
    if party.status is not RegistrationStatus.OFFERED or party.answer_by is None or before == after:
        return False
    return party.answer_by == after or party.answer_by > before


def _renewed(change: Change, party: Registration, now: datetime) -> Registration | None:
    before, after = change.before.closes_at, change.after.closes_at
    if party.status is not RegistrationStatus.OFFERED or party.answer_by is None or before == after:
        return None
    if party.answer_by == before:
        return offered(party, change.after, now)
    return replace(party, answer_by=after) if after < party.answer_by else None
