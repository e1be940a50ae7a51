"""Where the corps has its office: the dates of its decisions are read from that clock."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Europe/Copenhagen")


def office_date(moment: datetime) -> date:
    """The local date at the office. `moment` is aware."""
    return moment.astimezone(OFFICE).date()
