"""Where the corps has its office: the dates of its decisions are read from that clock."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Europe/Copenhagen")


def office_midnight(day: date) -> datetime:
    """The moment at which a day begins at the office."""
    return datetime.combine(day, time(), OFFICE).astimezone(UTC)


def office_date(moment: datetime) -> date:
    """The local date at the office. `moment` is aware."""
    return moment.astimezone(OFFICE).date()
