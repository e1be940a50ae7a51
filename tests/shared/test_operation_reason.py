"""Why an event failed, in one line that says nothing of what it carried."""

from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.errors import NotHeardOf, Refused
from shared.events.envelope import Malformed
from shared.events.failures import INTERRUPTED, GivenUp, reason_of
from shared.events.memory import TooOld
from shared.events.sending import Outcome
from shared.operations.texts import MEANING, MEANING_OF_OUTGOING, OTHERWISE, meaning_of


class Part(BaseModel):
    number: int


class Whole(BaseModel):
    part: Part
    parts: tuple[Part, ...] = ()
    named: dict[str, int] = {}
    on: int = 0


def refused(data: Any, model: Any = Whole) -> ValidationError:
    with pytest.raises(ValidationError) as invalid:
        TypeAdapter(model).validate_python(data)
    return invalid.value


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Refused("unknown-course", course="secret"), "Refused: unknown-course"),
        (NotHeardOf("course", course="secret"), "NotHeardOf: course"),
        (Malformed("not JSON"), "Malformed: not JSON"),
        (GivenUp("secret"), "GivenUp"),
        (TooOld("secret"), "TooOld"),
        (RuntimeError("secret"), "RuntimeError"),
        (refused({}), "ValidationError: part (missing)"),
        (refused({"part": {}}), "ValidationError: part.number (missing)"),
        (refused({"part": {"number": "secret"}}), "ValidationError: part.number (int_parsing)"),
        (refused({"part": {"number": 1}, "parts": [{}, {}, {}]}), "ValidationError: parts.*.number (missing)"),
        (refused({"part": {"number": 1}, "named": {"Kirsten Å": "x"}}), "ValidationError: named.* (int_parsing)"),
        (refused({"on": "x", "parts": 1}), "ValidationError: part (missing), parts (tuple_type), on (int_parsing)"),
        (
            refused({"on": "x", "parts": 1, "named": 1}),
            "ValidationError: part (missing), parts (tuple_type), named (dict_type), …",
        ),
        (refused("secret", int), "ValidationError: (int_parsing)"),
    ],
    ids=str,
)
def test_a_reason_names_kinds_and_fields_and_no_values(error: Exception, reason: str) -> None:
    assert reason_of(error) == reason


@pytest.mark.parametrize(
    "error",
    [Refused("x"), NotHeardOf("x"), Malformed("x"), GivenUp(), TooOld(), RuntimeError(), refused({})],
    ids=lambda error: type(error).__name__,
)
def test_every_kind_of_reason_says_what_it_means(error: Exception) -> None:
    expected = MEANING.get(type(error).__name__, OTHERWISE)
    assert meaning_of(reason_of(error), outgoing=False) == expected
    assert (expected == OTHERWISE) == isinstance(error, RuntimeError)


def test_what_could_not_be_sent_has_meanings_of_its_own() -> None:
    failed = (Outcome.UNROUTABLE, Outcome.OVERSIZED, Outcome.MALFORMED, Outcome.REJECTED, Outcome.REFUSED)
    assert [meaning_of(each.value, outgoing=True) for each in failed] == [*MEANING_OF_OUTGOING.values()]
    assert meaning_of(INTERRUPTED, outgoing=False) == MEANING[INTERRUPTED]
