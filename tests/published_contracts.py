"""Every event version that the producers publish, found in their modules."""

from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import iter_modules
from types import ModuleType

from shared import contracts
from shared.contracts.base import Event, Fact

MODULES: tuple[ModuleType, ...] = tuple(
    import_module(f"{contracts.__name__}.{module.name}")
    for module in iter_modules(contracts.__path__)
    if module.name != "base"
)


def facts_of(module: ModuleType) -> list[type[Fact]]:
    """Everything with fields that a producer's module defines, events and their parts."""
    return [
        each
        for _, each in getmembers(module, isclass)
        if each.__module__ == module.__name__ and issubclass(each, Fact) and each.model_fields
    ]


FACTS = tuple(fact for module in MODULES for fact in facts_of(module))
EVENTS: tuple[type[Event], ...] = tuple(fact for fact in FACTS if issubclass(fact, Event))
