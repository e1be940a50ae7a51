"""Fields of forms that hold numbers, days and times, as people fill them in."""

from datetime import date, time
from decimal import Decimal
from enum import IntEnum
from typing import Annotated, Any

import pytest
from pydantic import Field, ValidationError

from shared.identity import Language
from shared.inputs.fields import AsDay, Input, NearDay
from shared.inputs.validation import sentence_for_people
from shared.inputs.written import Units, Written
from shared.notation import PERCENT


class Level(IntEnum):
    LOW = 1


class Part(Input):
    places: int = Field(ge=1, le=5_000)


class Filled(Input):
    places: int = Field(default=1, strict=True, ge=1, le=5_000)
    share: Annotated[Decimal, Units(PERCENT), Field(ge=0, le=100)] | None = None
    on: NearDay | None = None
    later: Annotated[date, AsDay] | None = None
    at: time | None = None
    name: str = ""
    level: Level | None = None
    ticked: bool = False
    parts: dict[str, Part] = Field(default_factory=dict)
    points: dict[str, int] = Field(default_factory=dict)
    hours: tuple[Annotated[int, Field(ge=1)], ...] = ()
    shares: list[Annotated[Decimal, Units(PERCENT)]] | None = None
    days: dict[str, tuple[NearDay, ...]] = Field(default_factory=dict)
    names: tuple[str, ...] = ()


def read(sent: dict[str, Any], language: Language = "da") -> Filled:
    return Filled.model_validate(sent, context=Written(language))


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("places", "1.000", 1000),
        ("places", " 0012 ", 12),
        ("places", "12,0", 12),
        ("share", "12,5", Decimal("12.5")),
        ("share", "23 %", Decimal(23)),
        ("on", "3/11-2029", date(2029, 11, 3)),
        ("on", "03.11.2029", date(2029, 11, 3)),
        ("on", "2029-11-03", date(2029, 11, 3)),
        ("later", "3. november 2029", date(2029, 11, 3)),
        ("at", "kl. 9.15", time(9, 15)),
        ("name", "12,5", "12,5"),
        ("ticked", "true", True),
    ],
)
def test_a_field_is_read_as_people_write_it(field: str, text: str, value: object) -> None:
    assert getattr(read({field: text}), field) == value


def test_parts_are_read_too() -> None:
    assert read({"parts": {"a": {"places": "1.000"}}}).parts == {"a": Part(places=1000)}


@pytest.mark.parametrize(
    ("field", "sent", "value"),
    [
        ("points", {"a": "1.000", "b": "2"}, {"a": 1000, "b": 2}),
        ("hours", ["1.000", "12,0"], (1000, 12)),
        ("shares", ["12,5 %"], [Decimal("12.5")]),
        ("days", {"a": ["3/11-2029"]}, {"a": (date(2029, 11, 3),)}),
        ("names", ["1.000"], ("1.000",)),
    ],
)
def test_what_lies_in_lists_and_mappings_is_read_too(field: str, sent: Any, value: object) -> None:
    assert getattr(read({field: sent}), field) == value


@pytest.mark.parametrize(("field", "sent"), [("points", {"a": "1,5"}), ("hours", ["a"]), ("days", {"a": ["3/11"]})])
def test_what_cannot_be_read_in_lists_and_mappings_is_refused(field: str, sent: Any) -> None:
    with pytest.raises(ValidationError):
        read({field: sent})


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("places", "12,5", "Write a whole number, as in 12."),
        ("places", "1_000", "Write a whole number, as in 12."),
        ("places", "٣", "Write a whole number, as in 12."),
        ("places", "9" * 5000, "Write a whole number, as in 12."),
        ("places", "5.001", "This may be at most {le}."),
        ("places", "5 %", "Write a whole number, as in 12."),
        ("share", "a fifth", "Write a number, as in 12.5."),
        ("share", "100,1", "This may be at most {le}."),
        ("on", "31.2.2029", "Write a date, as in 3.11.2026."),
        ("on", "3/11", "Write a date, as in 3.11.2026."),
        ("at", "25.00", "Write a time, as in 09.15."),
    ],
)
def test_what_cannot_be_read_is_told_with_an_example(field: str, text: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as invalid:
        read({field: text})
    assert [(error["loc"], sentence_for_people(error).message) for error in invalid.value.errors()] == [
        ((field,), sentence)
    ]


@pytest.mark.parametrize("sent", [{"on": "3/11-2029"}, {"places": "1.000"}, {"share": "23 %"}, {"at": "kl. 9.15"}])
def test_json_keeps_its_own_notation(sent: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Filled.model_validate(sent)
