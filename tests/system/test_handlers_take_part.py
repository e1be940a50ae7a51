"""A reaction that its service does not know of would be declared, typed, tested alone, and never called."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from local.state import CHECKOUT
from shared.events.handlers import Folding, Handlers
from shared.events.projections import Projection
from shared.folds import Fold

SERVICES = ["intake", "scheduling", "reporting"]


def _declared(source: Path, modules: str) -> Iterator[tuple[str, object]]:
    """What stands in such modules of a package, and the name of each module."""
    for file in sorted(source.glob(modules)):
        name = ".".join(file.relative_to(source.parent).with_suffix("").parts).removesuffix(".__init__")
        for value in vars(import_module(name)).values():
            yield name, value


@pytest.mark.parametrize("service", SERVICES)
def test_every_reaction_that_is_declared_is_among_those_of_the_service(service: str) -> None:
    known = import_module(f"{service}.worker").handlers.declared
    folded = [each.step for each in known if isinstance(each, Folding)]
    declared = [
        *_declared(CHECKOUT / "services" / service / "src" / service, "*/**/*.py"),
        *_declared(CHECKOUT / "shared" / "src" / "shared", "*/handlers.py"),
    ]
    assert any(name == "shared.sessions.handlers" and isinstance(value, Handlers) for name, value in declared)
    left_out = set()
    for module, value in declared:
        on = value.handlers if isinstance(value, Projection) else value
        if isinstance(on, Handlers):
            left_out |= {f"{module}: {each.name}" for each in on.declared if each not in known}
        elif isinstance(on, Fold):
            left_out |= {f"{module}: {each.function.__name__}" for each in on.steps if each not in folded}
    assert left_out == set()


@pytest.mark.parametrize("service", SERVICES)
def test_every_module_of_reactions_declares_some(service: str) -> None:
    source = CHECKOUT / "services" / service / "src" / service
    for modules, kind in (("*/handlers.py", Handlers), ("*/projection.py", Projection), ("*/folds.py", Fold)):
        files = {f"{service}.{file.parent.name}.{file.stem}" for file in source.glob(modules)}
        assert files == {name for name, value in _declared(source, modules) if isinstance(value, kind)}
