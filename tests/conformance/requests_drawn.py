"""The requests that schemathesis makes for an operation: the same in every run, until the description changes."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

import schemathesis
from conformance.size import COVERING, DRAWN
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from pydantic import TypeAdapter, ValidationError
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode

from shared.inputs.fields import EmailAddress

Request = Case[Any]
Operation = APIOperation[Any, Any, Any, Any]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
NEAR_DAYS = st.dates(date(1999, 12, 30), date(2101, 1, 2))
# Of the days of ten thousand years, few are such as anybody takes: most that are tried are near.
schemathesis.openapi.format("date", st.one_of(NEAR_DAYS, NEAR_DAYS, NEAR_DAYS, st.dates()).map(str))


def _is_taken(address: str) -> bool:
    try:
        TypeAdapter(EmailAddress).validate_python(address)
    except ValidationError:
        return False
    return True


# JSON Schema has no words for which domains can have mailboxes: `format: email` also takes anna@example.test.
schemathesis.openapi.format("email", st.emails().filter(_is_taken))


def requests_to(schema: BaseSchema, operation: Operation) -> Iterator[Request]:
    """At most `COVERING` that try the bounds of the schemas, evenly out of all, then drawn ones that fit or do not."""
    generation = schema.config.generation_for(operation=operation, phase="coverage")
    covering = list(schema.iter_coverage_cases(operation, generation_modes=MODES, generation_config=generation))
    yield from covering[:: max(1, -(-len(covering) // COVERING))]
    for mode in MODES:
        yield from _drawn(operation, mode)


def _drawn(operation: Operation, mode: GenerationMode) -> list[Request]:
    drawn: list[Request] = []

    @settings(
        max_examples=DRAWN,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def draw(case: Request) -> None:
        drawn.append(case)

    with suppress(Unsatisfiable):  # an operation that takes nothing can be given nothing unfit
        draw()
    return drawn
