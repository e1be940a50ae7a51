"""Formats dates, times and numbers in the reader's language."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import babel.dates
import babel.numbers
from babel import Locale

from shared.identity import Language

COPENHAGEN = ZoneInfo("Europe/Copenhagen")

LOCALES: dict[Language, Locale] = {"da": Locale("da", "DK"), "en": Locale("en", "GB")}
"""British English: "3 November 2026", not "November 3, 2026"."""


def format_date(value: date | datetime, language: Language, zone: ZoneInfo = COPENHAGEN) -> str:
    """A day, written out: "3. november 2026". A moment is taken at its local day."""
    if isinstance(value, datetime):
        value = _local(value, zone).date()
    return babel.dates.format_date(value, format="long", locale=LOCALES[language])


def format_local_day(day: date, language: Language, zone: ZoneInfo) -> str:
    """A day by the clock of a place: "3. november 2026", with the place where that is not Copenhagen."""
    shown = format_date(day, language)
    return shown if zone == COPENHAGEN else f"{shown} ({format_zone(zone, language)})"


def format_month(value: date, language: Language) -> str:
    """A month, written out: "marts 2027"."""
    return babel.dates.format_date(value, format="LLLL y", locale=LOCALES[language])


def format_short_month(value: date, language: Language) -> str:
    """A month where there is little room: "mar.", and in January the year, "2027"."""
    return babel.dates.format_date(value, format="y" if value.month == 1 else "LLL", locale=LOCALES[language])


def format_moment(value: datetime, language: Language, zone: ZoneInfo = COPENHAGEN) -> str:
    """A local day and time: "3. november 2026 kl. 23.59", with the place where that is not Copenhagen.

    Raises `ValueError` for a moment without a zone.
    """
    shown = babel.dates.format_datetime(
        _local(value, zone), format=_MOMENT[language], tzinfo=zone, locale=LOCALES[language]
    )
    return shown if zone == COPENHAGEN else f"{shown} ({format_zone(zone, language)})"


def format_zone(zone: ZoneInfo, language: Language) -> str:
    """The name of a place's local time: "tid i Nuuk"."""
    city = babel.dates.get_timezone_location(zone, locale=LOCALES[language], return_city=True)
    return _TIME_IN[language].format(city=city)


def format_time(value: datetime, language: Language, zone: ZoneInfo = COPENHAGEN) -> str:
    """A local time of day: "23.59"."""
    return babel.dates.format_time(_local(value, zone), format="short", tzinfo=zone, locale=LOCALES[language])


def format_number(value: int | float | Decimal, language: Language) -> str:
    """A number with the language's separators: "1.234,5"."""
    return babel.numbers.format_decimal(value, locale=LOCALES[language])


def format_size(value: int, language: Language) -> str:
    """A number of bytes in whole kB or, from 1 MB on, MB, rounded down: "10 MB". So a file of the size that is shown
    always fits."""
    kilobytes = value // 1024
    return f"{kilobytes // 1024} MB" if kilobytes >= 1024 else f"{format_number(kilobytes, language)} kB"


def format_in_field(value: int | float | Decimal, language: Language) -> str:
    """A number as it is shown in a field for typing it: with all its digits, and without separators of thousands."""
    return babel.numbers.format_decimal(
        value, locale=LOCALES[language], group_separator=False, decimal_quantization=False
    )


_TIME_IN: dict[Language, str] = {"da": "tid i {city}", "en": "{city} time"}
_MOMENT: dict[Language, str] = {"da": "d. MMMM y 'kl.' HH.mm", "en": "d MMMM y 'at' HH:mm"}


def _local(value: datetime, zone: ZoneInfo) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment without a zone cannot be shown in local time")
    return value.astimezone(zone)
