"""Reads numbers, days and times as people write them in their language; `formats` writes them.

A text that cannot be read, or has two meanings, yields None.
"""

import re
from collections.abc import Collection
from datetime import date, time
from decimal import Decimal
from functools import cache

import babel.dates

from shared.formats import LOCALES
from shared.identity import Language

PERCENT = frozenset({"%", "pct", "procent", "percent"})
HOURS = frozenset({"t", "time", "timer", "h", "hour", "hours"})
YEARS = frozenset({"år", "year", "years"})
_LONGEST = 60
"""Most characters of a number or a day."""
_DECIMAL: dict[Language, str] = {"da": ",", "en": "."}
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,3}(?P<mark>[.,' ])[0-9]{3}(?:(?P=mark)[0-9]{3})*|[0-9]+)"
    r"(?:(?P<point>[.,])(?P<part>[0-9]+))?"
)
_DAYS = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
    re.compile(r"(?P<day>[0-9]{1,2}) ?[./-] ?(?P<month>[0-9]{1,2})(?: ?[./-] ?| )(?P<year>[0-9]{4}|[0-9]{2})"),
    re.compile(r"(?:den )?(?P<day>[0-9]{1,2})\.? ?(?P<month>[^\W\d_]+)\.?,? (?P<year>[0-9]{4})"),
)
_TIME = re.compile(r"(?:(?:kl\.?|at) ?)?(?P<hour>[0-9]{1,2})(?:[.:](?P<minute>[0-9]{2}))?")


def read_number(text: str, language: Language, units: Collection[str] = ()) -> Decimal | None:
    """A number such as "12,5", "1.000" or, with the unit in `units`, "23 %".

    Three digits behind the language's own decimal sign have two meanings: the sign may be meant to separate thousands.
    """
    found = _NUMBER.fullmatch(_without(units, _plain(text)))
    if found is None or (found["mark"] and found["mark"] == found["point"]):
        return None
    whole, part = re.sub(r"[^0-9]", "", found["whole"]), found["part"] or ""
    if found["mark"] in _DECIMAL.values() and len(whole) <= 6 and not part:
        if whole.startswith("0"):
            whole, part = whole[:-3], whole[-3:]
        elif found["mark"] == _DECIMAL[language]:
            return None
    return Decimal(f"{found['sign']}{whole}.{part or '0'}").normalize() + 0


def read_day(text: str) -> date | None:
    """A day such as "3/11-2029", "03.11.2029", "3.11.29", "3. november 2029" or "2029-11-03"."""
    plain = _plain(text)
    found = next((match for form in _DAYS if (match := form.fullmatch(plain))), None)
    if found is None:
        return None
    month = int(found["month"]) if found["month"].isdecimal() else _months().get(found["month"], 0)
    year = int(found["year"]) + (2000 if len(found["year"]) == 2 else 0)
    try:
        return date(year, month, int(found["day"]))
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """A time of day such as "9.15", "09:15" or "kl. 9"."""
    found = _TIME.fullmatch(_plain(text))
    try:
        return time(int(found["hour"]), int(found["minute"] or 0)) if found else None
    except ValueError:
        return None


def _plain(text: str) -> str:
    """The text in lower case and with single spaces; empty if it is far too long."""
    return " ".join(text.replace("\N{MINUS SIGN}", "-").casefold().split()) if len(text) <= _LONGEST else ""


def _without(units: Collection[str], text: str) -> str:
    number, unit = text.rstrip("."), ""
    if found := re.search(r"[^0-9.,\s]+$", number):
        number, unit = number[: found.start()].rstrip(), found[0]
    return number if unit in units else text


@cache
def _months() -> dict[str, int]:
    """The months by their names and short names, in every language."""
    return {
        name.casefold().rstrip("."): number
        for locale in LOCALES.values()
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in babel.dates.get_month_names(width, context, locale).items()
    }
