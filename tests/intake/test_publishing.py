"""Publishing programmes: what has judged a case stays as it was."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from intake_cases import ADVICE, PROGRAMMES, programme
from pydantic import TypeAdapter

from intake.programmes.decisions import publish_programme
from intake.programmes.files import load_programmes
from intake.programmes.model import Programme
from intake.programmes.offer import Audience, Criterion, Offer
from intake.programmes.rules import HourCap
from shared.contracts.intake.programmes import PlannedPhase, ProgrammePublished
from shared.contracts.vocabulary import IntakeMode, Names, Skill
from shared.decision import Decision
from shared.errors import Refused

TWENTY_HOURS = HourCap(rule="hour_cap", at_most=20)
COURSE = programme(TWENTY_HOURS)
LAST_DAY = date(2026, 12, 31)
ANOTHER: dict[str, Any] = {
    "slug": "another-course",
    "version": 4,
    "names": Names(da="Et andet forløb", en="Another course"),
    "valid_from": date(2022, 1, 1),
    "intake": IntakeMode.ROUNDS,
    "duration_months": 4,
    "team_size": 3,
    "rules": (),
    "phases": (PlannedPhase(name="advice", names=ADVICE.names, months=4),),
    "skills": (Skill.LEADERSHIP,),
}


def published(valid_until: date | None = None, hour_cap: int | None = 20) -> ProgrammePublished:
    return ProgrammePublished(
        programme="a-course",
        version=3,
        names=Names(da="Et forløb", en="A course"),
        intake=IntakeMode.ROLLING,
        valid_from=date(2021, 1, 1),
        valid_until=valid_until,
        team_size=2,
        hour_cap=hour_cap,
        phases=(ADVICE,),
        skills=(Skill.PARENTS,),
    )


def test_a_new_version_is_published() -> None:
    assert publish_programme(None, COURSE) == Decision(COURSE, (published(),))


def test_a_programme_without_a_limit_of_hours_is_published_without_one() -> None:
    unlimited = programme()
    assert publish_programme(None, unlimited) == Decision(unlimited, (published(hour_cap=None),))


def test_what_is_published_already_is_not_published_again() -> None:
    assert publish_programme(COURSE, COURSE) == Decision(COURSE)


@pytest.mark.parametrize("before", [None, LAST_DAY - timedelta(days=1), LAST_DAY + timedelta(days=1)])
def test_a_published_version_may_be_given_another_last_day(before: date | None) -> None:
    ended = replace(COURSE, valid_until=LAST_DAY)
    decision = publish_programme(replace(COURSE, valid_until=before), ended)
    assert decision == Decision(ended, (published(LAST_DAY),))


def test_a_published_version_may_be_given_better_names() -> None:
    renamed = replace(COURSE, names=ANOTHER["names"])
    decision = publish_programme(COURSE, renamed)
    assert (decision.state, [event.names for event in decision.events]) == (renamed, [renamed.names])  # type: ignore[attr-defined]


def test_every_other_field_is_tried_below() -> None:
    assert {*ANOTHER, "valid_until", "offer", "criteria", "redacted", "sealed"} == {
        field.name for field in fields(Programme)
    }


@pytest.mark.parametrize("field", [field for field in ANOTHER if field != "names"])
@pytest.mark.parametrize("valid_until", [None, LAST_DAY])
def test_nothing_else_of_a_published_version_changes(field: str, valid_until: date | None) -> None:
    wanted = replace(COURSE, valid_until=valid_until, **{field: ANOTHER[field]})
    with pytest.raises(Refused) as refused:
        publish_programme(COURSE, wanted)
    facts = {"programme": wanted.slug, "version": wanted.version}
    assert (refused.value.slug, refused.value.parameters) == ("programme-changed", facts)


def test_the_files_are_published_once_also_when_the_worker_starts_again() -> None:
    stored: TypeAdapter[Programme] = TypeAdapter(Programme)
    offered = load_programmes(PROGRAMMES)
    kept = [stored.validate_python(stored.dump_python(each, mode="json")) for each in offered]
    events = [publish_programme(before, now).events for before, now in zip(kept, offered, strict=True)]
    assert events == [()] * len(offered)


@pytest.mark.parametrize(
    ("day", "in_force"),
    [
        (date(2020, 12, 31), False),
        (date(2021, 1, 1), True),
        (LAST_DAY, True),
        (LAST_DAY + timedelta(days=1), False),
    ],
)
def test_a_version_is_in_force_from_its_first_to_its_last_day(day: date, in_force: bool) -> None:
    assert replace(COURSE, valid_until=LAST_DAY).in_force(day) == in_force


@pytest.mark.parametrize(("day", "in_force"), [(date(2020, 12, 31), False), (date(2021, 1, 1), True), (date.max, True)])
def test_a_version_without_a_last_day_stays_in_force(day: date, in_force: bool) -> None:
    assert COURSE.in_force(day) == in_force


def test_what_is_told_of_a_published_version_may_change() -> None:
    told = replace(COURSE, offer=Offer(fee=100, audiences=(Audience.STAFF,)), redacted=True, sealed=True)
    assert publish_programme(COURSE, told) == Decision(told, (published(),))


def test_the_estimated_hours_of_a_published_version_may_change() -> None:
    phases = tuple(phase.model_copy(update={"hours_per_month": 20}) for phase in COURSE.phases)
    estimated = replace(COURSE, phases=phases)
    for before, after in ((COURSE, estimated), (estimated, COURSE)):
        decision = publish_programme(before, after)
        assert (decision.state, [event.phases for event in decision.events]) == (after, [after.phases])  # type: ignore[attr-defined]
    with pytest.raises(Refused):
        publish_programme(COURSE, replace(COURSE, phases=(*phases, *phases)))


def test_criteria_may_be_given_to_a_version_that_had_none_and_then_stay() -> None:
    names = Names(da="a", en="a")
    criterion = Criterion(name="need", names=names, weight=1, scale=(names, names))
    assessed = replace(COURSE, criteria=(criterion,))
    assert publish_programme(COURSE, assessed) == Decision(assessed, (published(),))
    for other in (COURSE, replace(COURSE, criteria=(criterion.model_copy(update={"weight": 2}),))):
        with pytest.raises(Refused) as refused:
            publish_programme(assessed, other)
        assert refused.value.slug == "programme-changed"
