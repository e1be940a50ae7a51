"""A handler that its service does not know of would be declared, typed, tested alone, and never called."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from local.state import CHECKOUT
from shared.events.handlers import Handlers

SERVICES = ["intake", "scheduling", "reporting"]


def _declaring(source: Path, modules: str) -> Iterator[tuple[str, Handlers]]:
    """What such modules of a package declare handlers with."""
    for file in sorted(source.glob(modules)):
        name = ".".join(file.relative_to(source.parent).with_suffix("").parts).removesuffix(".__init__")
        for value in vars(import_module(name)).values():
            if isinstance(value, Handlers):
                yield name, value


@pytest.mark.parametrize("service", SERVICES)
def test_every_handler_that_is_declared_is_among_those_of_the_service(service: str) -> None:
    known = import_module(f"{service}.worker").handlers.declared
    declared = [
        *_declaring(CHECKOUT / "services" / service / "src" / service, "*/**/*.py"),
        *_declaring(CHECKOUT / "shared" / "src" / "shared", "*/handlers.py"),
    ]
    assert {name for name, _ in declared} >= {"shared.sessions.handlers"}
    left_out = {f"{name}.{each.name}" for name, on in declared for each in on.declared if each not in known}
    assert left_out == set()


@pytest.mark.parametrize("service", SERVICES)
def test_every_module_of_handlers_declares_some(service: str) -> None:
    source = CHECKOUT / "services" / service / "src" / service
    files = {f"{service}.{file.parent.name}.handlers" for file in source.glob("*/handlers.py")}
    assert files
    assert files <= {name for name, on in _declaring(source, "*/handlers.py") if on.declared}
