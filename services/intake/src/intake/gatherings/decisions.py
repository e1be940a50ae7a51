"""Announcing a gathering and calling it off."""

from dataclasses import replace
from datetime import datetime

from intake.gatherings.model import Cohort, Status
from intake.programmes.model import Programme
from intake.programmes.offer import Audience, Part
from shared.contracts.intake import CohortAnnounced, CohortCancelled, IntakeMode
from shared.decision import Decision
from shared.errors import Refused
from shared.office import office_date


def announce(cohort: Cohort, programme: Programme, now: datetime) -> Decision[Cohort]:
    """Let people register for a gathering. Without audiences it is for all whom the programme, or its form, is for.

    Raises `Refused` when the programme takes applications instead, the days are in no order or past already, or
    something is named that the programme does not have.
    """
    if programme.intake is not IntakeMode.REGISTRATION:
        raise Refused("programme-takes-applications", programme=programme.slug)
    _check_days(cohort, now)
    form = _part("form", programme.offer.forms, cohort.form)
    _part("topic", programme.offer.topics, cohort.topic)
    if len({group.name.casefold() for group in cohort.groups}) != len(cohort.groups):
        raise Refused("group-named-twice")
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


def call_off(cohort: Cohort, now: datetime) -> Decision[Cohort]:
    """Let an announced gathering not take place. Raises `Refused` when it has been held or called off already."""
    if cohort.status is not Status.ANNOUNCED:
        raise Refused("gathering-settled")
    event = CohortCancelled(cohort_id=cohort.id, programme=cohort.programme, on=office_date(now))
    return Decision(replace(cohort, status=Status.CANCELLED), (event,))


def _check_days(cohort: Cohort, now: datetime) -> None:
    if cohort.ends_on < cohort.starts_on:
        raise Refused("gathering-ends-before-it-starts", starts_on=cohort.starts_on, ends_on=cohort.ends_on)
    if cohort.deadline > cohort.starts_on:
        raise Refused("registration-closes-too-late", starts_on=cohort.starts_on, deadline=cohort.deadline)
    if cohort.closes_at <= now:
        raise Refused("registration-over-already", deadline=cohort.deadline)


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
