"""What several reviewers say together: exact, fair to every criterion, and the same in whichever order they come."""

from fractions import Fraction

import pytest
from assessment_cases import criterion, scores
from hypothesis import given
from hypothesis import strategies as st
from intake_cases import real_programme
from properties import patient

from intake.assessments.model import Score
from intake.assessments.results import REVIEWERS_NEEDED, Result, Total, result_of, rounded, total
from intake.programmes.offer import Criterion

NEED, MOTIVATION = criterion("need", weight=3), criterion("motivation", weight=2)


def test_points_count_by_the_weight_of_their_criterion() -> None:
    assert total([NEED, MOTIVATION], scores(need=2, motivation=1)) == Total(8, 15)


def test_a_longer_scale_does_not_count_for_more() -> None:
    short, long = criterion("short", highest=2), criterion("long", highest=10)
    assert total([short, long], scores(short=2, long=0)) == Total(10, 20)
    assert total([short, long], scores(short=0, long=10)) == Total(10, 20)


def test_the_real_criteria_make_thirty_points() -> None:
    criteria = real_programme("long-course").criteria
    best = [Score(each.name, each.highest) for each in criteria]
    assert total(criteria, best) == Total(30, 30)


def test_the_mean_of_three_is_exact() -> None:
    result = result_of([NEED], [scores(need=1), scores(need=1), scores(need=2)])
    assert result is not None
    assert (result.mean, result.together, result.criteria[0].mean) == (Fraction(4), Total(12, 27), Fraction(4, 3))


def test_one_reviewer_is_too_few() -> None:
    assert result_of([NEED], [scores(need=1)] * (REVIEWERS_NEEDED - 1)) is None
    assert result_of([NEED], [scores(need=1)] * REVIEWERS_NEEDED) is not None


@pytest.mark.parametrize(
    ("highest", "apart", "disagree"),
    [
        (3, 1, False),
        (3, 2, True),
        (2, 1, False),
        (2, 2, True),
        (4, 2, False),
        (4, 3, True),
        (1, 1, True),
        (1, 0, False),
    ],
)
def test_reviewers_disagree_when_they_lie_more_than_half_a_scale_apart(
    highest: int, apart: int, disagree: bool
) -> None:
    result = result_of([criterion("need", highest=highest)], [scores(need=0), scores(need=apart)])
    assert result is not None
    assert (result.criteria[0].spread, result.criteria[0].disagree) == (apart, disagree)


@pytest.mark.parametrize(("apart", "disagree"), [(2, False), (3, True)])
def test_totals_disagree_when_they_lie_more_than_a_quarter_apart(apart: int, disagree: bool) -> None:
    criteria = [criterion("need", highest=4), criterion("motivation", highest=4)]
    one, other = scores(need=2, motivation=2), scores(need=2 - apart // 2, motivation=2 - (apart + 1) // 2)
    result = result_of(criteria, [one, other])
    assert result is not None
    assert [each.disagree for each in result.criteria] == [False, False]
    assert (result.spread, result.disagree) == (apart, disagree)


def test_one_criterion_is_enough_to_disagree() -> None:
    criteria = [criterion("need", weight=1), criterion("motivation", weight=9)]
    result = result_of(criteria, [scores(need=0, motivation=1), scores(need=3, motivation=1)])
    assert result is not None
    assert (result.spread, result.disagree) == (3, True)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Fraction(45, 2), "22.5"), (Fraction(24), "24"), (Fraction(1, 20), "0.1"), (Fraction(2, 3), "0.7")],
)
def test_a_mean_is_shown_with_one_decimal_at_most(value: Fraction, shown: str) -> None:
    assert str(rounded(value)) == shown


CRITERIA = st.lists(st.tuples(st.integers(1, 100), st.integers(1, 10)), min_size=1, max_size=5).map(
    lambda parts: [criterion(f"c{n}", weight, highest) for n, (weight, highest) in enumerate(parts)]
)


def sheets_of(criteria: list[Criterion]) -> st.SearchStrategy[list[tuple[Score, ...]]]:
    sheet = st.tuples(*(st.builds(Score, st.just(each.name), st.integers(0, each.highest)) for each in criteria))
    return st.lists(sheet, min_size=REVIEWERS_NEEDED, max_size=6)


PANELS = CRITERIA.flatmap(lambda criteria: st.tuples(st.just(criteria), sheets_of(criteria)))


def together(criteria: list[Criterion], sheets: list[tuple[Score, ...]]) -> Result:
    result = result_of(criteria, sheets)
    assert result is not None
    return result


@patient
@given(PANELS)
def test_the_mean_lies_between_the_lowest_and_the_highest(
    panel: tuple[list[Criterion], list[tuple[Score, ...]]],
) -> None:
    result = together(*panel)
    points = [each.points for each in result.totals]
    assert min(points) <= result.mean <= max(points)
    assert result.spread == max(points) - min(points)
    assert 0 <= result.together.points <= result.together.highest
    for each in result.criteria:
        assert min(each.points) <= each.mean <= max(each.points) <= each.criterion.highest


@patient
@given(PANELS, st.randoms(use_true_random=False))
def test_the_order_of_reviewers_and_of_scores_changes_nothing(
    panel: tuple[list[Criterion], list[tuple[Score, ...]]], chance: object
) -> None:
    criteria, sheets = panel
    shuffled = [tuple(reversed(sheet)) for sheet in sheets]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = together(criteria, sheets), together(criteria, shuffled)
    assert (one.together, one.spread, one.disagree) == (other.together, other.spread, other.disagree)
    assert sorted(each.points for each in one.totals) == sorted(each.points for each in other.totals)


@patient
@given(PANELS, st.integers(2, 7))
def test_weights_are_shares(panel: tuple[list[Criterion], list[tuple[Score, ...]]], times: int) -> None:
    criteria, sheets = panel
    heavier = [each.model_copy(update={"weight": each.weight * times}) for each in criteria]
    one, other = together(criteria, sheets), together(heavier, sheets)
    assert one.together.share == other.together.share
    assert [each.share for each in one.totals] == [each.share for each in other.totals]
    assert one.disagree == other.disagree


@patient
@given(PANELS)
def test_reviewers_of_one_mind_never_disagree(panel: tuple[list[Criterion], list[tuple[Score, ...]]]) -> None:
    criteria, sheets = panel
    result = together(criteria, [sheets[0]] * len(sheets))
    assert (result.spread, result.disagree) == (0, False)
    assert [each.disagree for each in result.criteria] == [False] * len(criteria)
    assert result.together.share == result.totals[0].share
