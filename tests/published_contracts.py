"""Every event version that the producers publish, with all that its data are made of, and a whole event of each."""

import json
from datetime import datetime, timedelta, timezone
from inspect import getmembers, isclass
from pathlib import Path
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from shared.contracts import vocabulary
from shared.contracts.base import Event, Fact
from shared.contracts.published import MODULES, PUBLISHED

GOLDEN = Path(__file__).resolve().parent / "contracts" / "golden"
PARTS: tuple[ModuleType, ...] = (vocabulary, *MODULES)
"""Where all that events are made of is defined."""

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(*(datetime(year, 1, 1) for year in (1900, 2200)), timezones=ZONES)  # noqa: DTZ001 (is added)
st.register_type_strategy(datetime, MOMENTS)  # a moment in a contract has a zone


def facts_of(module: ModuleType) -> list[type[Fact]]:
    """Everything with fields that a module defines, events and their parts."""
    return [
        each
        for _, each in getmembers(module, isclass)
        if each.__module__ == module.__name__ and issubclass(each, Fact) and each.model_fields
    ]


FACTS = tuple(fact for module in PARTS for fact in facts_of(module))
EVENTS: tuple[type[Event], ...] = tuple(PUBLISHED.values())


def sample_of(event: type[Event]) -> dict[str, Any]:
    """The whole event of a version that was made by hand."""
    sample: dict[str, Any] = json.loads((GOLDEN / f"{event.routing_key()}.json").read_text(encoding="utf-8"))
    return sample
