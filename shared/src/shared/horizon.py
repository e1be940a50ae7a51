"""Refuses days that lie too far in the future, which are typing mistakes."""

from datetime import date, datetime

from shared.days import add_months
from shared.errors import Refused
from shared.office import office_date

YEARS_AHEAD = 5


def must_be_near(field: str, day: date, now: datetime) -> None:
    """Raises `Refused("day-too-far-ahead")` for a day more than `YEARS_AHEAD` years after today."""
    latest = add_months(office_date(now), 12 * YEARS_AHEAD)
    if day > latest:
        raise Refused("day-too-far-ahead", field=field, day=day, latest=latest)
