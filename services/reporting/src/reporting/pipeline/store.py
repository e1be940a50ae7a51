"""The rows of the projection as values."""

from typing import Any

from pydantic import TypeAdapter

from reporting.pipeline.model import Stretch

_STRETCHES = TypeAdapter(tuple[Stretch, ...])


def stretches_of(document: Any) -> tuple[Stretch, ...]:
    """The phases of a course as its row holds them."""
    return _STRETCHES.validate_python(document)


def document_of(stretches: tuple[Stretch, ...]) -> Any:
    """The phases of a course as its row is to hold them."""
    return _STRETCHES.dump_python(stretches, mode="json")
