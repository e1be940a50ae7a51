"""A daycare that is no more, those that follow it, and the numbers that have a check digit."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_cases import NOON, daycare, daycares

from intake.organisations.decisions import cvr_is_right, end_daycare
from intake.organisations.model import End, Ending
from shared.errors import Refused

DAY = date(2026, 8, 1)
GONE = daycare(9)


@pytest.mark.parametrize(
    ("how", "count"),
    [(Ending.MERGED, 1), (Ending.MOVED, 1), (Ending.CLOSED, 0), (Ending.SPLIT, 2), (Ending.SPLIT, 20)],
)
def test_a_daycare_ends_with_as_many_successors_as_fit(how: Ending, count: int) -> None:
    successors = daycares(20)[:count] if count != 20 else tuple(daycare(number) for number in range(100, 120))
    end = End(how, DAY, tuple(each.id for each in successors))
    decision = end_daycare(GONE, end, successors, NOON)
    assert (decision.state, decision.events) == (replace(GONE, end=end), ())


@pytest.mark.parametrize(
    ("how", "count", "at_least", "at_most"),
    [
        (Ending.MERGED, 0, 1, 1),
        (Ending.MERGED, 2, 1, 1),
        (Ending.MOVED, 0, 1, 1),
        (Ending.MOVED, 2, 1, 1),
        (Ending.CLOSED, 1, 0, 0),
        (Ending.SPLIT, 1, 2, 20),
        (Ending.SPLIT, 21, 2, 20),
    ],
)
def test_another_number_of_successors_is_refused(how: Ending, count: int, at_least: int, at_most: int) -> None:
    successors = tuple(daycare(number) for number in range(100, 100 + count))
    with pytest.raises(Refused) as refused:
        end_daycare(GONE, End(how, DAY, tuple(each.id for each in successors)), successors, NOON)
    assert refused.value.slug == "successors-do-not-fit"
    assert refused.value.parameters == {"count": count, "at_least": at_least, "at_most": at_most}


def test_a_daycare_ends_once_and_follows_neither_itself_nor_one_that_has_ended() -> None:
    closed = End(Ending.CLOSED, DAY)
    ended = replace(daycare(1), end=closed)
    for gone, successors, slug in (
        (ended, (), "daycare-ended"),
        (GONE, (GONE,), "successor-of-itself"),
        (GONE, (ended,), "daycare-ended"),
    ):
        how = Ending.MERGED if successors else Ending.CLOSED
        with pytest.raises(Refused) as refused:
            end_daycare(gone, End(how, DAY, tuple(each.id for each in successors)), successors, NOON)
        assert refused.value.slug == slug


@pytest.mark.parametrize(("day", "is_near"), [(date(2031, 11, 2), True), (date(2031, 11, 3), False)])
def test_a_daycare_ends_on_a_day_that_somebody_plans_for(day: date, is_near: bool) -> None:
    closed = End(Ending.CLOSED, day)
    if is_near:
        assert end_daycare(GONE, closed, (), NOON).state.end == closed
        return
    with pytest.raises(Refused) as refused:
        end_daycare(GONE, closed, (), NOON)
    facts = {"field": "on", "day": day, "latest": date(2031, 11, 2)}
    assert (refused.value.slug, refused.value.parameters) == ("day-too-far-ahead", facts)


def test_the_check_digit_of_a_cvr_number() -> None:
    assert cvr_is_right("10150817")
    assert not cvr_is_right("10150818")


@given(st.integers(0, 99_999_999).map(lambda number: f"{number:08}"), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_of_a_cvr_number_is_noticed(cvr: str, place: int, by: int) -> None:
    other = cvr[:place] + str((int(cvr[place]) + by) % 10) + cvr[place + 1 :]
    assert not (cvr_is_right(cvr) and cvr_is_right(other))
