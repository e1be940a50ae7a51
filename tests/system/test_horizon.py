"""Every day that a person or a program may send has a bound that is near, or a reason why it needs none."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

import pytest

import intake
import reporting
import scheduling
import shared
from shared.inputs.fields import Input

NEAR = {
    "intake.agreements": {"starts_on"},
    "intake.gatherings": {"ends_on"},
    "intake.organisations": {"on"},
    "intake.rounds": {"deadline"},
}
"""Days that `must_be_near` is asked about in the decisions of a slice."""
HELD = {
    ("intake.gatherings", "starts_on"): "no later than it ends",
    ("intake.gatherings", "deadline"): "no later than it starts",
    ("intake.changes", "starts_on"): "decided by the gatherings",
    ("intake.changes", "ends_on"): "decided by the gatherings",
    ("intake.changes", "deadline"): "decided by the gatherings",
    ("intake.mergers", "on"): "no later than today: `merger-not-yet`",
    ("intake.rounds", "opens_on"): "no later than its deadline",
    ("reporting.instruments", "on"): "no later than today: `day-outside-phase`",
}
"""Days that are held by something else."""


def kinds_in(annotation: Any) -> Iterator[Any]:
    yield annotation
    for each in get_args(annotation):
        yield from kinds_in(each)


def below(model: type[Input]) -> Iterator[type[Input]]:
    for each in model.__subclasses__():
        yield each
        yield from below(each)


def days_sent() -> set[tuple[str, str]]:
    """The slice and the name of every field of an input that holds a day or a moment."""
    for package in (intake, scheduling, reporting, shared):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    return {
        (model.__module__.rpartition(".")[0], name)
        for model in below(Input)
        if model.__module__.partition(".")[0] in ("intake", "scheduling", "reporting", "shared")
        for name, field in model.model_fields.items()
        if any(isinstance(kind, type) and issubclass(kind, date) for kind in kinds_in(field.annotation))
    }


def test_every_day_that_is_sent_is_held() -> None:
    assert days_sent() == {(where, name) for where, names in NEAR.items() for name in names} | set(HELD)


@pytest.mark.parametrize(("where", "name"), [(where, name) for where, names in NEAR.items() for name in names])
def test_what_is_to_be_near_is_asked_about(where: str, name: str) -> None:
    assert f'must_be_near("{name}"' in inspect.getsource(importlib.import_module(f"{where}.decisions"))
