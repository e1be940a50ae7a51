"""Which daycares an application may name, and of which it explains the choice."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from intake_cases import case, daycare, daycares

from intake.applications.decisions import check_daycares, check_selection
from intake.organisations.model import End, Ending
from shared.errors import Refused

ONE, TWO, THREE = (each.id for each in daycares(3))
REGISTERED = {each.id: each for each in daycares(2)}
CLOSED = replace(daycare(3), end=End(Ending.CLOSED, date(2026, 7, 31)))


def refusal_of(*named: UUID) -> tuple[str, object]:
    with pytest.raises(Refused) as refused:
        check_daycares(named, {**REGISTERED, CLOSED.id: CLOSED})
    return refused.value.slug, refused.value.parameters["daycares"]


def test_daycares_come_in_the_order_in_which_they_are_named() -> None:
    check_daycares([TWO, ONE], REGISTERED)
    check_daycares([], REGISTERED)
    named = case(*daycares(2), daycares=(TWO, ONE))
    assert (named.daycares, case(daycares=()).daycares) == ((daycare(2), daycare(1)), ())


def test_a_daycare_is_named_once() -> None:
    assert refusal_of(TWO, ONE, TWO, ONE, TWO) == ("daycare-listed-twice", [str(ONE), str(TWO)])


def test_a_daycare_is_registered_and_still_there() -> None:
    stranger = UUID(int=9)
    assert refusal_of(ONE, stranger, CLOSED.id) == ("unknown-daycare", [str(stranger)])
    assert refusal_of(ONE, CLOSED.id) == ("daycare-ended", [str(CLOSED.id)])


@pytest.mark.parametrize(
    ("explained", "astray"), [((THREE,), [THREE]), ((ONE, ONE, TWO), [ONE]), ((ONE, THREE, ONE), [ONE, THREE])]
)
def test_what_is_explained_is_named_and_explained_once(explained: tuple[UUID, ...], astray: list[UUID]) -> None:
    with pytest.raises(Refused) as refused:
        check_selection(explained, [ONE, TWO])
    assert (refused.value.slug, refused.value.parameters) == (
        "selection-astray",
        {"daycares": [str(each) for each in astray]},
    )


@pytest.mark.parametrize("explained", [(), (ONE,), (TWO, ONE)])
def test_not_all_choices_need_to_be_explained(explained: tuple[UUID, ...]) -> None:
    check_selection(explained, [ONE, TWO])
