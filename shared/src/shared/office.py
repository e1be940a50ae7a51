"""The time zone of the corps' office, in which the dates of decisions are read."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from shared.days import moment_of

OFFICE = ZoneInfo("Europe/Copenhagen")


def office_midnight(day: date) -> datetime:
    """The moment at which a day begins at the office."""
    return moment_of(day, time(), OFFICE.key)


def office_date(moment: datetime) -> date:
    """The local date at the office. `moment` is aware."""
    return moment.astimezone(OFFICE).date()
