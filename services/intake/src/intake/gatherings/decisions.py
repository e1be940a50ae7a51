"""Announcing a gathering, changing it and calling it off."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from intake.gatherings.model import Change, Cohort, CohortStatus, Group, Taken
from intake.programmes.model import Programme
from intake.programmes.offer import Audience, Part
from intake.rounds.model import midnight
from shared.contracts.intake.cohorts import CohortAnnounced, CohortCancelled, CohortChanged
from shared.contracts.vocabulary import IntakeMode
from shared.decision import Decision
from shared.errors import Refused
from shared.horizon import must_be_near
from shared.office import office_date


def announce(cohort: Cohort, programme: Programme, now: datetime) -> Decision[Cohort]:
    """Let people register for a gathering. Without audiences it is for all whom the programme, or its form, is for.

    Raises `Refused` when the programme takes applications instead, the days are in no order or past already, or
    something is named that the programme does not have.
    """
    if programme.intake is not IntakeMode.REGISTRATION:
        raise Refused("programme-takes-applications", programme=programme.slug)
    _check_days(cohort)
    must_be_near("ends_on", cohort.ends_on, now)
    _check_deadline(cohort, now)
    form = _part("form", programme.offer.forms, cohort.form)
    _part("topic", programme.offer.topics, cohort.topic)
    _check_names(cohort.groups)
    announced = replace(cohort, audiences=_audiences(cohort, programme, form))
    event = CohortAnnounced(
        cohort_id=cohort.id,
        programme=programme.slug,
        programme_version=programme.version,
        starts_on=cohort.starts_on,
        places=cohort.places,
        on=office_date(now),
    )
    return Decision(announced, (event,))


def change(wanted: Change, taken: Taken, now: datetime) -> Decision[Change]:
    """Let an announced gathering be what the change says. What stays as it was is not judged again.

    Raises `Refused` when it has been held or called off or is over, when its days or hours are in no order, lie in the
    past or move without a reason, and when it had fewer places than are taken, or lost a group that somebody is in.
    """
    before, after = wanted.before, wanted.after
    if before.status is not CohortStatus.ANNOUNCED:
        raise Refused("gathering-settled")
    if before.is_over_at <= now:
        raise Refused("gathering-over")
    if after == before:
        return Decision(wanted)
    _check_days(after)
    _check_not_past(wanted, now)
    if after.ends_on != before.ends_on:
        must_be_near("ends_on", after.ends_on, now)
    if after.closes_at != before.closes_at:
        _check_deadline(after, now)
    if wanted.moves and wanted.reason is None:
        raise Refused("gathering-moves-without-reason")
    _check_places(wanted, taken)
    event = CohortChanged(
        cohort_id=after.id,
        programme=after.programme,
        version=before.version + 1,  # under which it is kept
        starts_on=after.starts_on,
        places=after.places,
        on=office_date(now),
    )
    return Decision(wanted, (event,))


def call_off(cohort: Cohort, now: datetime) -> Decision[Cohort]:
    """Let an announced gathering not take place. Raises `Refused` when it has been held or called off already."""
    if cohort.status is not CohortStatus.ANNOUNCED:
        raise Refused("gathering-settled")
    event = CohortCancelled(cohort_id=cohort.id, programme=cohort.programme, on=office_date(now))
    return Decision(replace(cohort, status=CohortStatus.CANCELLED), (event,))


def hold(cohort: Cohort) -> Decision[Cohort]:
    """Say that an announced gathering has taken place: somebody has noted who came. Any other stays as it is."""
    if cohort.status is not CohortStatus.ANNOUNCED:
        return Decision(cohort)
    return Decision(replace(cohort, status=CohortStatus.HELD))


def _check_days(cohort: Cohort) -> None:
    if cohort.ends_on < cohort.starts_on:
        raise Refused("gathering-ends-before-it-starts", starts_on=cohort.starts_on, ends_on=cohort.ends_on)
    if cohort.deadline > cohort.starts_on:
        raise Refused("registration-closes-too-late", starts_on=cohort.starts_on, deadline=cohort.deadline)
    on_one_day = cohort.starts_on == cohort.ends_on
    if on_one_day and cohort.begins is not None and cohort.ends is not None and cohort.ends <= cohort.begins:
        raise Refused("gathering-hours-reversed")


def _check_deadline(cohort: Cohort, now: datetime) -> None:
    if cohort.closes_at <= now:
        raise Refused("registration-over-already", deadline=cohort.deadline)


def _check_not_past(change: Change, now: datetime) -> None:
    def has_passed(day: date) -> bool:
        return midnight(day + timedelta(days=1), change.after.zone) <= now

    if change.after.starts_on != change.before.starts_on and has_passed(change.after.starts_on):
        raise Refused("gathering-in-the-past", field="starts_on", day=change.after.starts_on)
    if has_passed(change.after.ends_on):
        raise Refused("gathering-in-the-past", field="ends_on", day=change.after.ends_on)


def _check_names(groups: tuple[Group, ...]) -> None:
    if len({group.name.casefold() for group in groups}) != len(groups):
        raise Refused("group-named-twice")


def _check_places(change: Change, taken: Taken) -> None:
    """A gathering may have as many places as are taken, and not one fewer; so may each of its groups."""
    if change.after.places < taken.places:
        raise Refused("places-taken", taken=taken.places)
    _check_names(change.after.groups)
    for group in change.after.groups:
        if group.places < (wanted := taken.by_group.get(group.id, 0)):
            raise Refused("group-places-taken", group_id=group.id, group=group.name, taken=wanted)
    left = {group.id for group in change.after.groups}
    for group in change.before.groups:
        if group.id not in left and group.id in taken.chosen:
            raise Refused("group-has-people", group_id=group.id, group=group.name)


def _part(kind: str, parts: tuple[Part, ...], name: str | None) -> Part | None:
    found = next((part for part in parts if part.name == name), None)
    if name is not None and found is None:
        raise Refused("part-not-offered", kind=kind, name=name)
    return found


def _audiences(cohort: Cohort, programme: Programme, form: Part | None) -> tuple[Audience, ...]:
    possible = form.audiences if form and form.audiences else programme.offer.audiences
    if not set(cohort.audiences) <= set(possible):
        raise Refused("audience-not-offered", audiences=sorted(set(cohort.audiences) - set(possible)))
    return tuple(each for each in possible if not cohort.audiences or each in cohort.audiences)
