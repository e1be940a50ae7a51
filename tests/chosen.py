"""Which tests are asked for, where it is not all of them."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
SERVERS = {"postgres", "rabbitmq"}
"""The fixtures that start servers; what asks for neither decides, folds, reads or compares in memory alone."""


def belongs(file: Path, only: str) -> bool:
    """Whether a file of tests is one of a place: a folder or a file of tests, or a slice of a service.

    The tests of a slice, `intake/applications`, are those of its service that import it or ask it over its API.
    """
    name = file.relative_to(TESTS).as_posix()
    if name == only or name.startswith(f"{only.rstrip('/')}/"):
        return True
    service, _, part = only.partition("/")
    if not part or not name.startswith(f"{service}/"):
        return False
    speaks_of = rf"\b{re.escape(service)}\.{re.escape(part)}\b|/api/v1/{re.escape(part)}\b"
    return re.search(speaks_of, file.read_text(encoding="utf-8")) is not None


def needs_no_server(item: pytest.Item) -> bool:
    """Whether a test is done in memory."""
    return not SERVERS & {*getattr(item, "fixturenames", ())}
