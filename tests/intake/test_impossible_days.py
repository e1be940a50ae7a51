"""No day that nobody can mean gets in, by whichever way."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from annotated_types import Ge, Le
from pydantic import BaseModel, TypeAdapter, ValidationError

import intake.web
import reporting.web
import scheduling.web
from intake.programmes.files import _Version
from shared.inputs.fields import Input, NearDay
from shared.inputs.written import _parts

assert intake.web
assert scheduling.web
assert reporting.web


def models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from models(model)


def days(model: type[BaseModel]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for name, field in model.model_fields.items():
        parts = (*_parts(field.annotation), *field.metadata)
        if date in parts:
            yield name, parts


def bounds(parts: tuple[Any, ...]) -> tuple[date, date]:
    every = [each for part in parts for each in (part.metadata if hasattr(part, "metadata") else [part])]
    least = [each.ge for each in every if isinstance(each, Ge)]
    most = [each.le for each in every if isinstance(each, Le)]
    return least[0], most[0]  # type: ignore[return-value]


def test_every_day_that_is_sent_has_a_near_horizon() -> None:
    # An offer that was published before the bounds stays readable: test_programme_files holds those of its file.
    files: tuple[type[BaseModel], ...] = (_Version,)
    checked = {
        f"{model.__module__}.{model.__name__}.{name}": bounds(parts)
        for model in (*models(Input), *files)
        if model.__module__.partition(".")[0] in ("intake", "scheduling", "reporting")
        for name, parts in days(model)
    }
    assert len(checked) > 15
    assert set(checked.values()) == {(date(2000, 1, 1), date(2100, 12, 31))}


@pytest.mark.parametrize("day", ["2000-01-01", "2100-12-31"])
def test_the_horizon_is_near(day: str) -> None:
    assert TypeAdapter(NearDay).validate_python(day) == date.fromisoformat(day)


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"])
def test_behind_the_horizon_is_no_day(day: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(NearDay).validate_python(day)
