"""A round's applications, the best first, held against what the corps has: the pure part."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import patient

from intake.capacity.model import Forecast, Month
from intake.rankings.model import Candidate, Ranking, Tie
from intake.rankings.ranking import rank, what_if
from shared.hours import months_later

NOVEMBER = date(2026, 11, 1)
NOON = datetime(2026, 11, 9, 11, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def forecast(*free: int) -> Forecast:
    return Forecast(NOON, tuple(Month(months_later(NOVEMBER, n), hours, 0) for n, hours in enumerate(free)), ())


def candidate(number: int, points: int | None = 5, *cost: int, at: datetime = NOON, unknown: bool = False) -> Candidate:
    share = None if points is None else Fraction(points, 10)
    return Candidate(UUID(int=number), share, at, None if unknown else cost or (10, 10))


def order(ranking: Ranking) -> list[int]:
    return [place.candidate.id.int for place in ranking.places]


def test_the_better_stands_first_then_who_came_earlier_then_the_id() -> None:
    candidates = [
        candidate(1, None, at=NOON - SECOND),
        candidate(2, 5, at=NOON + SECOND),
        candidate(4, 5),
        candidate(3, 5),
        candidate(5, 9, at=NOON + 2 * SECOND),
        candidate(6, 0),
        candidate(7, None, at=NOON - 2 * SECOND),
    ]
    ranking = rank(candidates, None, NOVEMBER)
    assert order(ranking) == [5, 3, 4, 2, 6, 7, 1]
    assert [place.number for place in ranking.places] == [1, 2, 3, 4, 5, 6, 7]
    assert [place.tie for place in ranking.places] == [
        None,
        None,
        Tie.SAME_MOMENT,
        Tie.LATER,
        None,
        None,
        Tie.LATER,
    ]


def test_points_are_compared_exactly() -> None:
    third, nearly = Fraction(1, 3), Fraction(333_333_333_333_333_333, 1_000_000_000_000_000_000)
    candidates = [Candidate(UUID(int=1), nearly, NOON, ()), Candidate(UUID(int=2), third, NOON, ())]
    assert order(rank(candidates, None, NOVEMBER)) == [2, 1]


def test_each_is_held_against_the_corps_with_all_above_it() -> None:
    ranking = rank(
        [candidate(1, 9, 10, 5), candidate(2, 8, 10, 5, 5), candidate(3, 7, 1)], forecast(20, 9, 9), NOVEMBER
    )
    weighings = [place.weighing for place in ranking.places]
    assert [[each.cost for each in weighing.months] for weighing in weighings if weighing] == [
        [10, 5, 0],
        [20, 10, 5],
        [21, 10, 5],
    ]
    assert [[each.lacks for each in weighing.months] for weighing in weighings if weighing] == [
        [0, 0, 0],
        [0, 1, 0],
        [1, 1, 0],
    ]
    assert ([place.fits for place in ranking.places], ranking.fitting) == ([True, False, False], 1)


@pytest.mark.parametrize(("free", "fitting"), [(-1, 0), (9, 0), (10, 1), (19, 1), (20, 2), (1000, 3)])
def test_capacity_ends_below_the_last_that_fits(free: int, fitting: int) -> None:
    assert rank([candidate(number) for number in (1, 2, 3)], forecast(free, free), NOVEMBER).fitting == fitting


def test_nothing_can_be_said_to_fit_below_one_of_unknown_cost_nor_before_the_corps_is_counted() -> None:
    candidates = [candidate(1, 9), candidate(2, 8, unknown=True), candidate(3, 7)]
    ranking = rank(candidates, forecast(1000, 1000), NOVEMBER)
    assert [place.fits for place in ranking.places] == [True, False, False]
    assert [place.weighing and place.weighing.is_known for place in ranking.places] == [True, False, False]
    assert [place.weighing for place in rank(candidates, None, NOVEMBER).places] == [None, None, None]


def test_nobody_is_ranked_of_nobody() -> None:
    assert rank([], forecast(10), NOVEMBER) == Ranking()


def test_what_if_counts_the_chosen_alone() -> None:
    candidates = [candidate(1, 9, 10, 5), candidate(2, 8, 3), candidate(3, 7, 4), candidate(4, 6, unknown=True)]
    weighing = what_if(candidates, {UUID(int=1), UUID(int=3), UUID(int=99)}, forecast(14, 5), NOVEMBER)
    assert weighing is not None
    assert ([each.cost for each in weighing.months], weighing.fits) == ([14, 5], True)
    nothing = what_if(candidates, (), forecast(-5), NOVEMBER)
    assert nothing is not None
    assert nothing.fits
    unknown = what_if(candidates, {UUID(int=4)}, forecast(100), NOVEMBER)
    assert unknown is not None
    assert (unknown.fits, unknown.is_known) == (False, False)
    assert what_if(candidates, (), None, NOVEMBER) is None


candidates = st.lists(
    st.builds(
        Candidate,
        id=st.uuids(),
        share=st.none() | st.fractions(0, 1, max_denominator=4),
        submitted_at=st.integers(0, 3).map(lambda seconds: NOON + seconds * SECOND),
        cost=st.none() | st.lists(st.integers(0, 30), max_size=4).map(tuple),
    ),
    max_size=8,
    unique_by=lambda each: each.id,
)
frees = st.lists(st.integers(-20, 120), min_size=1, max_size=5).map(lambda free: forecast(*free))


@patient
@given(candidates, frees, st.randoms())
def test_the_order_is_total_and_does_not_depend_on_how_they_come(
    given_: list[Candidate], free: Forecast, random: object
) -> None:
    ranking = rank(given_, free, NOVEMBER)
    shuffled = given_[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rank(shuffled, free, NOVEMBER) == ranking
    assert {place.candidate for place in ranking.places} == {*given_}
    for above, below in pairwise(ranking.places):
        assert rank([below.candidate, above.candidate], free, NOVEMBER).places[0].candidate == above.candidate
        assert (below.tie is not None) == (above.candidate.share == below.candidate.share)


@patient
@given(candidates, frees)
def test_costs_add_up_and_below_what_does_not_fit_nothing_does(given_: list[Candidate], free: Forecast) -> None:
    ranking = rank(given_, free, NOVEMBER)
    costs = [[each.cost for each in place.weighing.months] for place in ranking.places if place.weighing]
    known = [place.weighing.is_known for place in ranking.places if place.weighing]
    for place, (above, below) in enumerate(pairwise(costs)):
        assert not known[place + 1] or all(one <= other for one, other in zip(above, below, strict=True))
    assert [place.fits for place in ranking.places] == [n < ranking.fitting for n in range(len(given_))]


@patient
@given(candidates, frees, st.data())
def test_taking_one_away_never_makes_another_not_fit(
    given_: list[Candidate], free: Forecast, data: st.DataObject
) -> None:
    fitting = {place.candidate.id for place in rank(given_, free, NOVEMBER).places if place.fits}
    for gone in given_:
        left = rank([each for each in given_ if each is not gone], free, NOVEMBER)
        assert fitting - {gone.id} <= {place.candidate.id for place in left.places if place.fits}


@patient
@given(candidates, frees)
def test_all_of_them_chosen_cost_what_the_last_place_says(given_: list[Candidate], free: Forecast) -> None:
    ranking = rank(given_, free, NOVEMBER)
    together = what_if(given_, {each.id for each in given_}, free, NOVEMBER)
    assert ranking.places == () or together == ranking.places[-1].weighing
