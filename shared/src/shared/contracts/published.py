"""The catalogue of all published event versions."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from shared.contracts import intake, reporting, scheduling
from shared.contracts.base import EVENT_TYPES, Event

PRODUCERS = (intake, reporting, scheduling)
MODULES = tuple(
    import_module(f"{producer.__name__}.{found.name}")
    for producer in PRODUCERS
    for found in iter_modules(producer.__path__)
)
"""The modules of the producers' packages, one per aggregate; importing them registers their events."""
PUBLISHED: Mapping[str, type[Event]] = MappingProxyType(
    {
        type_name: event
        for type_name, event in sorted(EVENT_TYPES.items())
        if event.__module__ in {module.__name__ for module in MODULES}
    }
)
"""Event versions by CloudEvents type, sorted."""
