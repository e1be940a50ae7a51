"""Days that are counted from others."""

import calendar
from datetime import MAXYEAR, MINYEAR, date


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month if it is shorter.

    The calendar ends with the year 9999: what would lie behind it is its last day, and before it its first.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        return date.max if year > MAXYEAR else date.min
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
