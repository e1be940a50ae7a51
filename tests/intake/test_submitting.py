"""Submitting: taken or turned away, told to others as one event, and what is not even judged."""

from datetime import UTC, date, datetime, timedelta

import pytest
from intake_cases import CASE_ID, MORSO, NOON, ROUND_ID, VORDINGBORG, a_round, case, daycare, daycares, programme
from intake_cases import real_programme as real

from intake.applications.decisions import submit
from intake.applications.eligibility import judge
from intake.applications.model import Application, ApplicationStatus, Case
from intake.programmes.model import Programme
from intake.programmes.rules import HourCap, YoungChildren
from intake.rounds.model import Round
from shared.contracts.intake.applications import ApplicationRefused, ApplicationSubmitted
from shared.contracts.vocabulary import IntakeMode
from shared.decision import Decision
from shared.errors import Refused


def refusal(to: Programme, round_: Round | None) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refused) as refused:
        submit(case(*daycares(2)), to, round_, NOON)
    return refused.value.slug, refused.value.parameters


def judged(what: Case, to: Programme, round_: Round | None, status: ApplicationStatus) -> Application:
    return Application(
        case=what,
        programme=to.slug,
        programme_version=to.version,
        round_id=None if round_ is None else round_.id,
        verdicts=judge(what, to, round_, NOON),
        status=status,
        submitted_at=NOON,
    )


def test_a_case_that_meets_every_rule_is_submitted() -> None:
    met = case(*daycares(3))
    submitted = ApplicationSubmitted(
        application_id=CASE_ID,
        programme="long-course",
        programme_version=1,
        round_id=ROUND_ID,
        municipality=VORDINGBORG,
        daycares=tuple(each.id for each in daycares(3)),
        on=date(2026, 11, 2),
    )
    expected = Decision(judged(met, real("long-course"), a_round(), ApplicationStatus.SUBMITTED), (submitted,))
    assert submit(met, real("long-course"), a_round(), NOON) == expected


def test_a_rolling_programme_needs_no_round() -> None:
    met = case(daycare(), hours=20)
    submitted = ApplicationSubmitted(
        application_id=CASE_ID,
        programme="short-course",
        programme_version=1,
        round_id=None,
        municipality=VORDINGBORG,
        daycares=(daycare().id,),
        on=date(2026, 11, 2),
    )
    expected = Decision(judged(met, real("short-course"), None, ApplicationStatus.SUBMITTED), (submitted,))
    assert submit(met, real("short-course"), None, NOON) == expected


def test_a_case_that_fails_one_rule_is_refused_and_its_verdicts_are_kept() -> None:
    alone = case(daycare())
    refused = ApplicationRefused(
        application_id=CASE_ID,
        programme="long-course",
        programme_version=1,
        municipality=VORDINGBORG,
        rules=("daycare_count",),
        on=date(2026, 11, 2),
    )
    expected = Decision(judged(alone, real("long-course"), a_round(), ApplicationStatus.REFUSED), (refused,))
    assert submit(alone, real("long-course"), a_round(), NOON) == expected


def test_a_refusal_tells_each_failed_rule_once_and_no_rule_that_was_met() -> None:
    strict = programme(YoungChildren(rule="young_children", below=3), HourCap(rule="hour_cap", at_most=20))
    failing = case(daycare(1, ages=(3, 6), municipality=MORSO), daycare(2, ages=(3, 6)), hours=20)
    (refused,) = submit(failing, strict, None, NOON).events
    assert refused == ApplicationRefused(
        application_id=CASE_ID,
        programme="a-course",
        programme_version=3,
        municipality=VORDINGBORG,
        rules=("municipality", "young_children"),
        on=date(2026, 11, 2),
    )


def test_an_application_knows_the_verdicts_that_turned_it_away() -> None:
    application = submit(case(daycare()), real("long-course"), a_round(), NOON).state
    assert application.failed == tuple(each for each in application.verdicts if each.rule == "daycare_count")


def test_the_deadline_decides_to_the_second() -> None:
    closes_at = a_round().closes_at
    moments = (closes_at - timedelta(seconds=1), closes_at)
    decisions = [submit(case(*daycares(2)), real("long-course"), a_round(), now) for now in moments]
    assert [each.state.status for each in decisions] == [ApplicationStatus.SUBMITTED, ApplicationStatus.REFUSED]


@pytest.mark.parametrize(
    ("now", "on"),
    [
        (datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, 0, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 12, 1, 22, 59, 59, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 12, 1, 23, 0, 0, tzinfo=UTC), date(2026, 12, 2)),
    ],
)
def test_the_day_of_submission_is_the_date_at_the_office(now: datetime, on: date) -> None:
    (submitted,) = submit(case(daycare()), programme(), None, now).events
    assert isinstance(submitted, ApplicationSubmitted)
    assert submitted.on == on


def test_a_programme_with_rounds_is_not_applied_for_without_one() -> None:
    assert refusal(real("long-course"), None) == ("round-missing", {"programme": "long-course"})


@pytest.mark.parametrize("slug", ["long-course", "short-course"])
def test_a_round_belongs_to_one_programme(slug: str) -> None:
    of_another = a_round(programme="one-year-course")
    assert refusal(real(slug), of_another) == ("round-of-another-programme", {"programme": slug})


@pytest.mark.parametrize("round_", [None, a_round(programme="a-course")])
def test_a_programme_with_registration_is_not_applied_for(round_: Round | None) -> None:
    learning_day = programme(intake=IntakeMode.REGISTRATION)
    assert refusal(learning_day, round_) == ("programme-without-applications", {"programme": "a-course"})
