"""Every event version that is published."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.contracts import intake, reporting, scheduling
from shared.contracts.base import EVENT_TYPES, Event

PRODUCERS = (intake, reporting, scheduling)
PUBLISHED: Mapping[str, type[Event]] = MappingProxyType(
    {
        type_name: event
        for type_name, event in sorted(EVENT_TYPES.items())
        if event.__module__ in {producer.__name__ for producer in PRODUCERS}
    }
)
"""By CloudEvents type, in its order."""
