"""Every rule on both sides of its boundary, alone and in the programmes as they are offered."""

from datetime import UTC, date, datetime
from functools import cache
from string import Formatter
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_cases import (
    MORSO,
    NOON,
    VORDINGBORG,
    a_round,
    case,
    daycare,
    daycares,
    programme,
    real_programme,
    verdict_of,
)
from properties import patient

from intake.applications.eligibility import LATE_ENTRY, judge
from intake.applications.model import Case, Verdict
from intake.applications.texts import RULE, sentence
from intake.organisations.model import DaycareKind, Ownership
from intake.programmes.rules import (
    Applicant,
    ApplicantKind,
    DaycareCount,
    HourCap,
    OwnershipAllowed,
    Rule,
    YoungChildren,
)
from intake.rounds.model import Round
from shared.errors import Text

TWO_TO_FIVE = DaycareCount(rule="daycare_count", at_least=2, at_most=5)
TWENTY_HOURS = HourCap(rule="hour_cap", at_most=20)
BELOW_THREE = YoungChildren(rule="young_children", below=3)

VORDINGBORGS_THREE = (
    daycare(1),
    daycare(2, kind=DaycareKind.INTEGRATED, ownership=Ownership.SELF_GOVERNING, ages=(0, 6)),
    daycare(3, kind=DaycareKind.CHILDMINDING),
)
KINDERGARTEN = daycare(9, kind=DaycareKind.KINDERGARTEN, ages=(3, 6))


def of_daycare(rule: str, passed: bool, number: int = 1, **facts: str | int) -> Verdict:
    about = daycare(number)
    return Verdict(rule, passed, about.id, {"daycare": about.name, **facts})


def failed(judged: Case, slug: str, round_: Round | None, now: datetime = NOON) -> list[str]:
    return [each.rule for each in judge(judged, real_programme(slug), round_, now) if not each.passed]


# the number of daycares


@pytest.mark.parametrize(("count", "passed"), [(0, False), (1, False), (2, True), (5, True), (6, False)])
def test_two_to_five_daycares_are_taken(count: int, passed: bool) -> None:
    facts = {"count": count, "at_least": 2, "at_most": 5}
    assert verdict_of(TWO_TO_FIVE, case(*daycares(count))) == Verdict("daycare_count", passed, facts=facts)


@patient
@given(ends=st.tuples(st.integers(1, 30), st.integers(1, 30)), count=st.integers(0, 32))
def test_any_range_of_daycares_includes_both_ends(ends: tuple[int, int], count: int) -> None:
    low, high = sorted(ends)
    verdict = verdict_of(DaycareCount(rule="daycare_count", at_least=low, at_most=high), case(*daycares(count)))
    assert verdict.passed == (count in range(low, high + 1))


# hours


@pytest.mark.parametrize(("hours", "passed"), [(1, True), (19, True), (20, True), (21, False), (24, False)])
def test_twenty_hours_are_the_most(hours: int, passed: bool) -> None:
    expected = Verdict("hour_cap", passed, facts={"hours": hours, "at_most": 20})
    assert verdict_of(TWENTY_HOURS, case(daycare(), hours=hours)) == expected


def test_where_hours_are_limited_they_must_be_stated() -> None:
    expected = Verdict("hours_stated", False, facts={"at_most": 20})
    assert verdict_of(TWENTY_HOURS, case(daycare(), hours=None)) == expected


def test_where_hours_are_not_limited_nothing_is_said_of_them() -> None:
    assert judge(case(), programme(), None, NOON) == ()


@patient
@given(cap=st.integers(1, 1000), hours=st.integers(0, 1001))
def test_any_number_of_hours_up_to_the_cap_is_taken(cap: int, hours: int) -> None:
    verdict = verdict_of(HourCap(rule="hour_cap", at_most=cap), case(hours=hours))
    assert (verdict.rule, verdict.passed) == ("hour_cap", not hours > cap)


# who applies


@pytest.mark.parametrize("kind", ApplicantKind)
@pytest.mark.parametrize("allowed", ApplicantKind)
def test_only_the_allowed_kind_of_applicant_may_apply(kind: ApplicantKind, allowed: ApplicantKind) -> None:
    verdict = verdict_of(Applicant(rule="applicant", allowed=(allowed,)), case(applicant_kind=kind))
    assert verdict == Verdict("applicant", kind is allowed, facts={"applicant": kind})


@pytest.mark.parametrize("kind", ApplicantKind)
def test_where_every_kind_of_applicant_is_allowed_each_may_apply(kind: ApplicantKind) -> None:
    everybody = Applicant(rule="applicant", allowed=tuple(ApplicantKind))
    assert verdict_of(everybody, case(applicant_kind=kind)).passed


# each daycare by itself


@pytest.mark.parametrize("ownership", Ownership)
@pytest.mark.parametrize("allowed", Ownership)
def test_only_the_allowed_ownership_may_take_part(ownership: Ownership, allowed: Ownership) -> None:
    rule = OwnershipAllowed(rule="ownership", allowed=(allowed,))
    expected = of_daycare("ownership", ownership is allowed, ownership=ownership)
    assert verdict_of(rule, case(daycare(ownership=ownership))) == expected


@pytest.mark.parametrize(
    ("ages", "passed"), [((0, 2), True), ((2, 2), True), ((2, 6), True), ((3, 3), False), ((3, 6), False)]
)
def test_a_daycare_must_have_children_under_three(ages: tuple[int, int], passed: bool) -> None:
    expected = of_daycare("young_children", passed, below=3, age_from=ages[0], age_to=ages[1])
    assert verdict_of(BELOW_THREE, case(daycare(ages=ages))) == expected


@patient
@given(below=st.integers(1, 7), youngest=st.integers(0, 8))
def test_the_youngest_child_decides_for_any_age_limit(below: int, youngest: int) -> None:
    rule = YoungChildren(rule="young_children", below=below)
    assert verdict_of(rule, case(daycare(ages=(youngest, 9)))).passed == (youngest in range(below))


@pytest.mark.parametrize(("municipality", "passed"), [(VORDINGBORG, True), (MORSO, False)])
def test_a_daycare_lies_in_the_municipality_that_applies(municipality: str, passed: bool) -> None:
    verdicts = judge(case(daycare(municipality=municipality)), programme(), None, NOON)
    assert verdicts == (of_daycare("municipality", passed, municipality=municipality),)


def test_a_daycare_takes_part_in_one_application_of_a_round() -> None:
    taken = (daycare(2).id, daycare(9).id)
    verdicts = judge(case(*daycares(3)), programme(), a_round(), NOON, taken=taken)
    assert [each for each in verdicts if each.rule == "one_application"] == [
        of_daycare("one_application", True, 1),
        of_daycare("one_application", False, 2),
        of_daycare("one_application", True, 3),
    ]


def test_without_a_round_a_daycare_takes_part_in_any_number_of_applications() -> None:
    assert judge(case(daycare()), programme(), None, NOON, taken=[daycare().id]) == (
        of_daycare("municipality", True, municipality=VORDINGBORG),
    )


# all verdicts together


def test_every_rule_gives_its_verdict_in_order_also_when_another_has_failed() -> None:
    nobody_meets = programme(
        Applicant(rule="applicant", allowed=(ApplicantKind.DAYCARE,)),
        TWO_TO_FIVE,
        TWENTY_HOURS,
        OwnershipAllowed(rule="ownership", allowed=(Ownership.PRIVATE,)),
        BELOW_THREE,
    )
    late = case(daycare(7, municipality=MORSO, ages=(3, 6)), hours=21)
    assert judge(late, nobody_meets, a_round(date(2026, 11, 1)), NOON) == (
        of_daycare("municipality", False, 7, municipality=MORSO),
        Verdict("round_open", True, facts={"opens_on": "2026-10-01"}),
        Verdict("deadline", False, facts={"deadline": "2026-11-01"}),
        of_daycare("one_application", True, 7),
        Verdict("applicant", False, facts={"applicant": "administration"}),
        Verdict("daycare_count", False, facts={"count": 1, "at_least": 2, "at_most": 5}),
        Verdict("hour_cap", False, facts={"hours": 21, "at_most": 20}),
        of_daycare("ownership", False, 7, ownership="municipal"),
        of_daycare("young_children", False, 7, below=3, age_from=3, age_to=6),
    )


def test_verdicts_come_in_the_order_of_the_rules_and_within_a_rule_of_the_daycares() -> None:
    rules: tuple[Rule, ...] = (BELOW_THREE, OwnershipAllowed(rule="ownership", allowed=(Ownership.MUNICIPAL,)))
    verdicts = judge(case(daycare(2), daycare(1, ages=(3, 6))), programme(*rules), None, NOON)
    assert verdicts == (
        of_daycare("municipality", True, 2, municipality=VORDINGBORG),
        of_daycare("municipality", True, 1, municipality=VORDINGBORG),
        of_daycare("young_children", True, 2, below=3, age_from=0, age_to=2),
        of_daycare("young_children", False, 1, below=3, age_from=3, age_to=6),
        of_daycare("ownership", True, 2, ownership="municipal"),
        of_daycare("ownership", True, 1, ownership="municipal"),
    )


# what a verdict says

ALL_RULES: tuple[Rule, ...] = (
    Applicant(rule="applicant", allowed=(ApplicantKind.ADMINISTRATION,)),
    TWO_TO_FIVE,
    TWENTY_HOURS,
    OwnershipAllowed(rule="ownership", allowed=(Ownership.MUNICIPAL,)),
    BELOW_THREE,
)
NOBODY_WANTED = case(
    daycare(1, ownership=Ownership.PRIVATE, ages=(3, 6), municipality=MORSO),
    applicant_kind=ApplicantKind.DAYCARE,
    hours=21,
)
BEFORE, AFTER = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
OF_EVERY_PROGRAMME = {"municipality", "round_open", "deadline", "one_application"}
OF_A_PROGRAMME = {
    name for rule in get_args(get_args(Rule)[0]) for name in get_args(rule.model_fields["rule"].annotation)
}
BOTH_WAYS = {(rule, passed) for rule in OF_EVERY_PROGRAMME | OF_A_PROGRAMME for passed in (True, False)}
VERDICTS = sorted(BOTH_WAYS | {("hours_stated", False), (LATE_ENTRY, True)})


@cache
def every_verdict() -> dict[tuple[str, bool], Verdict]:
    judged = [
        (case(*daycares(2), hours=20), NOON),
        (case(*daycares(2), hours=None), NOON),
        (NOBODY_WANTED, BEFORE),
        (NOBODY_WANTED, AFTER),
    ]
    verdicts = [each for one, now in judged for each in judge(one, programme(*ALL_RULES), a_round(), now)]
    verdicts.extend(judge(NOBODY_WANTED, programme(), a_round(), AFTER, may_be_late=True, taken=[UUID(int=1)]))
    return {(verdict.rule, verdict.passed): verdict for verdict in verdicts}


def test_there_is_a_case_for_every_verdict_that_a_rule_can_give() -> None:
    assert sorted(every_verdict()) == VERDICTS


def test_every_rule_has_a_title() -> None:
    assert set(RULE) == {rule for rule, _ in VERDICTS}


@pytest.mark.parametrize(("rule", "passed"), VERDICTS)
def test_every_verdict_has_a_sentence_that_its_facts_fill(rule: str, passed: bool) -> None:
    said = sentence(every_verdict()[rule, passed])
    placeholders = {name for _, name, _, _ in Formatter().parse(said.message) if name is not None}
    assert placeholders - set(said.parameters) == set()


def test_a_sentence_names_the_applicant_in_words_and_the_days_as_dates() -> None:
    rules = ("applicant", "deadline", "round_open")
    assert [sentence(every_verdict()[rule, False]).parameters for rule in rules] == [
        {"applicant": Text("a single daycare")},
        {"deadline": date(2026, 11, 3)},
        {"opens_on": date(2026, 10, 1)},
    ]


@pytest.mark.parametrize("kind", ApplicantKind)
def test_every_kind_of_applicant_has_words(kind: ApplicantKind) -> None:
    assert isinstance(sentence(Verdict("applicant", True, facts={"applicant": kind})).parameters["applicant"], Text)


# the programmes as they are offered


def test_vordingborgs_three_daycares_are_taken_for_a_long_course() -> None:
    assert failed(case(*VORDINGBORGS_THREE), "long-course", a_round()) == []


@pytest.mark.parametrize(
    ("judged", "rules"),
    [
        (case(*VORDINGBORGS_THREE[:1]), ["daycare_count"]),
        (case(*VORDINGBORGS_THREE[:2]), []),
        (case(*daycares(5)), []),
        (case(*daycares(6)), ["daycare_count"]),
        (case(VORDINGBORGS_THREE[0], KINDERGARTEN), ["young_children"]),
        (case(daycare(), applicant_kind=ApplicantKind.DAYCARE), ["applicant", "daycare_count"]),
        (case(*daycares(2), applicant_kind=ApplicantKind.DAYCARES), ["applicant"]),
        (case(*daycares(2), applicant_kind=ApplicantKind.MIXED), ["applicant"]),
        (case(daycare(1), daycare(2, municipality=MORSO)), ["municipality"]),
    ],
)
def test_a_long_course_is_for_an_administration_with_two_to_five_daycares_that_have_young_children(
    judged: Case, rules: list[str]
) -> None:
    assert failed(judged, "long-course", a_round()) == rules


def test_a_long_course_is_not_taken_after_the_deadline() -> None:
    assert failed(case(*VORDINGBORGS_THREE), "long-course", a_round(), a_round().closes_at) == ["deadline"]


@pytest.mark.parametrize("ownership", Ownership)
@pytest.mark.parametrize("slug", ["long-course", "short-course", "one-year-course", "mini-course"])
def test_every_form_of_ownership_may_take_part_in_every_programme(slug: str, ownership: Ownership) -> None:
    taking_part = (daycare(1, ownership=ownership), daycare(2, ownership=ownership))
    assert failed(case(*taking_part, hours=10), slug, None) == []


@pytest.mark.parametrize("kind", ApplicantKind)
@pytest.mark.parametrize(
    ("slug", "hours", "rules"),
    [
        ("short-course", 1, []),
        ("short-course", 20, []),
        ("short-course", 21, ["hour_cap"]),
        ("short-course", 24, ["hour_cap"]),
        ("short-course", None, ["hours_stated"]),
        ("mini-course", 10, []),
        ("mini-course", 11, ["hour_cap"]),
        ("mini-course", None, ["hours_stated"]),
    ],
)
def test_a_short_course_is_for_everybody_up_to_its_hours(
    kind: ApplicantKind, slug: str, hours: int | None, rules: list[str]
) -> None:
    private = daycare(ownership=Ownership.PRIVATE)
    assert failed(case(private, applicant_kind=kind, hours=hours), slug, None) == rules


def test_a_kindergarten_may_take_part_in_a_short_course() -> None:
    assert failed(case(KINDERGARTEN, applicant_kind=ApplicantKind.DAYCARE, hours=20), "short-course", None) == []


@pytest.mark.parametrize("kind", ApplicantKind)
def test_a_one_year_course_is_for_an_administration_alone(kind: ApplicantKind) -> None:
    expected = [] if kind is ApplicantKind.ADMINISTRATION else ["applicant"]
    assert failed(case(daycare(), applicant_kind=kind), "one-year-course", None) == expected
