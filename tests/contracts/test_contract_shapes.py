"""What holds for every event: who publishes it, what it is about, and that it tells nothing about a person."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from types import ModuleType, NoneType, UnionType
from typing import Any, Union, get_args, get_origin
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import patient
from published_contracts import EVENTS, FACTS, MODULES, facts_of

from shared.contracts.base import EVENT_TYPES, Event, Fact

STRINGS = {
    "da",
    "en",
    "municipality",
    "name",
    "phase",
    "programme",
    "rules",
}
"""The only fields that may hold a text: names of things and of places, never of people."""

LEAVES = {UUID, date, datetime, int, bool, NoneType}
"""What may stand in any field, beside parts of a contract and choices from a fixed list."""

by_name = pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
by_routing_key = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.routing_key())


def leaves(annotation: Any) -> Iterator[Any]:
    """The types at the ends of an annotation: those of `tuple[UUID, ...] | None` are UUID and None."""
    if get_origin(annotation) in (Union, UnionType, tuple):
        for part in get_args(annotation):
            if part is not Ellipsis:
                yield from leaves(part)
    else:
        yield annotation


def may_be_told(leaf: Any, field: str) -> bool:
    """Whether a leaf is opaque, a measure, one of a fixed choice, a part of a contract, or an allowed text."""
    if leaf is str:
        return field in STRINGS
    return leaf in LEAVES or (isinstance(leaf, type) and issubclass(leaf, Enum | Fact))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_an_event_is_published_by_the_producer_whose_module_it_stands_in(module: ModuleType) -> None:
    events = [fact for fact in facts_of(module) if issubclass(fact, Event)]
    assert {event.producer for event in events} == {module.__name__.rpartition(".")[2]}


def test_every_event_is_known_by_its_type() -> None:
    assert [EVENT_TYPES.get(event.type_name()) for event in EVENTS] == list(EVENTS)


def test_no_two_events_have_one_routing_key() -> None:
    assert len({event.routing_key() for event in EVENTS}) == len(EVENTS)


@by_routing_key
def test_a_routing_key_is_producer_name_and_version(event: type[Event]) -> None:
    assert event.routing_key() == f"{event.producer}.{event.__name__}.v{event.contract_version}"
    assert event.type_name() == f"dk.praksis.{event.routing_key()}"


@by_routing_key
def test_an_event_is_about_one_of_its_fields(event: type[Event]) -> None:
    subject = event.model_fields[event.about]
    assert (subject.is_required(), subject.annotation in (UUID, str)) == (True, True)


@by_name
def test_no_field_can_hold_personal_data(fact: type[Fact]) -> None:
    held = [(name, leaf) for name, field in fact.model_fields.items() for leaf in leaves(field.annotation)]
    assert [(name, leaf) for name, leaf in held if not may_be_told(leaf, name)] == []


def test_every_allowed_text_is_still_in_use() -> None:
    used = {name for fact in FACTS for name, field in fact.model_fields.items() if str in leaves(field.annotation)}
    assert used == STRINGS


@pytest.mark.parametrize(
    ("annotation", "field", "told"),
    [
        (UUID, "consultant", True),
        (str, "programme", True),
        (str, "applicant", False),
        (tuple[str, ...], "notes", False),
        (str | None, "email", False),
        (tuple[UUID, ...] | None, "consultants", True),
        (dict[str, UUID], "consultants", False),
        (bytes, "photo", False),
        (float, "latitude", False),
        (Any, "programme", False),
    ],
)
def test_what_could_name_a_person_is_found(annotation: Any, field: str, told: bool) -> None:
    assert all(may_be_told(leaf, field) for leaf in leaves(annotation)) == told


def with_unknown_fields(value: Any) -> Any:
    """The same JSON with a field in every object that this version does not know."""
    if isinstance(value, dict):
        return {name: with_unknown_fields(inner) for name, inner in value.items()} | {"added_later": [1]}
    if isinstance(value, list):
        return [with_unknown_fields(inner) for inner in value]
    return value


@by_routing_key
@patient
@given(data=st.data())
def test_a_consumer_ignores_what_it_does_not_know(event: type[Event], data: st.DataObject) -> None:
    published = data.draw(st.from_type(event))
    assert event.model_validate(with_unknown_fields(published.model_dump(mode="json"))) == published


@by_name
def test_a_fact_does_not_change(fact: type[Fact]) -> None:
    assert fact.model_config.get("frozen") is True
