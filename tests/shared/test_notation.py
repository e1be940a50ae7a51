"""Numbers, days and times as people write them."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats import format_date, format_number
from shared.identity import Language
from shared.notation import HOURS, PERCENT, read_day, read_number, read_time


@pytest.mark.parametrize(
    ("text", "danish", "english"),
    [
        ("12", "12", "12"),
        (" 012 ", "12", "12"),
        ("12,5", "12.5", "12.5"),
        ("12.5", "12.5", "12.5"),
        ("1.000", "1000", None),
        ("1,000", None, "1000"),
        ("1.234.567", "1234567", "1234567"),
        ("1.234,5", "1234.5", "1234.5"),
        ("1 000", "1000", "1000"),
        ("1\N{NO-BREAK SPACE}000,5", "1000.5", "1000.5"),
        ("0,125", "0.125", "0.125"),
        ("0.125", "0.125", "0.125"),
        ("1234,125", "1234.125", "1234.125"),
        ("-3", "-3", "-3"),
        ("\N{MINUS SIGN}3", "-3", "-3"),
        ("23 %", "23", "23"),
        ("23%", "23", "23"),
        ("12,5 pct.", "12.5", "12.5"),
        ("12,5 procent", "12.5", "12.5"),
        ("", None, None),
        ("%", None, None),
        ("1.000.5", None, None),
        ("1.00.000", None, None),
        ("1_000", None, None),
        ("1e3", None, None),
        ("٣", None, None),
        ("１２", None, None),
        ("tolv", None, None),
        ("3 timer", None, None),
        ("nan", None, None),
        ("9" * 5000, None, None),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, danish: str | None, english: str | None) -> None:
    for language, expected in (("da", danish), ("en", english)):
        wanted = None if expected is None else Decimal(expected)
        assert read_number(text, language, PERCENT) == wanted, language  # type: ignore[arg-type]


def test_a_unit_is_read_where_it_is_one() -> None:
    assert read_number("37,5 timer", "da", HOURS) == Decimal("37.5")
    assert read_number("37,5 t.", "da", HOURS) == Decimal("37.5")
    assert read_number("37,5 %", "da", HOURS) is None
    assert read_number("37,5 timer", "da") is None


@given(st.decimals(min_value=0, max_value=10_000_000, places=2), st.sampled_from(["da", "en"]))
def test_what_is_shown_is_read_again(number: Decimal, language: Language) -> None:
    assert read_number(format_number(number, language), language) == number


@pytest.mark.parametrize(
    "text",
    [
        "2029-11-03", "3/11-2029", "3/11 2029", "03.11.2029", "3.11.29", "3. 11. 2029", "03-11-2029", "3/11/2029",
        "3. november 2029", "3 November 2029", "den 3. nov. 2029", "3.november 2029",
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert read_day(text) == date(2029, 11, 3)


@pytest.mark.parametrize(
    "text",
    [
        "", "3/11", "31.2.2029", "0.1.2029", "3.13.2029", "2029-11-31", "2029-1-1", "november 2029", "3.11.329",
        "1793404800", "3. brumaire 2029", "2029-11-03T00:00", "٣.١١.٢٠٢٩", "3" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_day_is_not_read(text: str) -> None:
    assert read_day(text) is None


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["da", "en"]))
def test_a_day_that_is_shown_is_read_again(day: date, language: Language) -> None:
    assert read_day(format_date(day, language)) == day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9.15", time(9, 15)),
        ("09:15", time(9, 15)),
        ("kl. 9.15", time(9, 15)),
        ("Kl 9", time(9)),
        ("0.00", time(0)),
        ("23:59", time(23, 59)),
        ("24:00", None),
        ("9.60", None),
        ("9.1", None),
        ("9:15:00", None),
        ("", None),
        ("٩:١٥", None),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, expected: time | None) -> None:
    assert read_time(text) == expected
