"""Whole hours of the corps by month. A month is represented by its first day."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import ceil

from shared.days import add_months


def month_of(day: date) -> date:
    """The month that a day lies in."""
    return day.replace(day=1)


def months_later(month: date, count: int) -> date:
    """The month so many months after this one, or the last that there is."""
    return month_of(add_months(month_of(month), count))


def months_between(earlier: date, later: date) -> int:
    """How many months lie from one day's month to the other's; negative where `later` is the earlier one."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def whole_hours_of(stated: int | Decimal | None) -> int | None:
    """The stated hours, rounded up to whole ones; None for None."""
    return None if stated is None else ceil(stated)


def spread_evenly(hours: int, months: int) -> tuple[int, ...]:
    """Spread the hours over the months as evenly as whole hours go; their sum is exactly `hours`."""
    marks = [hours * month // months for month in range(months + 1)]
    return tuple(after - before for before, after in pairwise(marks))
