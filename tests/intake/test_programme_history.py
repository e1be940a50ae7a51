"""What a programme's history says: which version stands for it, and what each changed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from intake_cases import programme

from intake.programmes.history import Revision, history, shown_version
from intake.programmes.offer import Offer
from intake.programmes.rules import HourCap

FIRST = replace(programme(), version=1, valid_from=date(2017, 1, 1), valid_until=date(2019, 12, 31))
SECOND = replace(FIRST, version=2, valid_from=date(2021, 1, 1), valid_until=None)
CAPPED = replace(SECOND, rules=(HourCap(rule="hour_cap", at_most=20),), offer=Offer(fee=5))


def test_the_newest_comes_first_with_what_it_changed() -> None:
    assert history([FIRST, CAPPED]) == [Revision(CAPPED, ("rules", "offer")), Revision(FIRST, ())]


def test_dates_alone_are_no_change() -> None:
    assert history([SECOND, FIRST]) == [Revision(SECOND, ()), Revision(FIRST, ())]


@pytest.mark.parametrize(
    ("today", "version"),
    [
        (date(2016, 12, 31), 2),
        (date(2017, 1, 1), 1),
        (date(2019, 12, 31), 1),
        (date(2019, 12, 31) + timedelta(days=1), 2),
        (date(2020, 12, 31), 2),
        (date(2021, 1, 1), 2),
    ],
)
def test_the_version_in_force_stands_for_the_programme_else_the_newest(today: date, version: int) -> None:
    assert shown_version([FIRST, SECOND], today).version == version
