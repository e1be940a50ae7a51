"""What holds for every event: who publishes it, what it is about, and that it tells nothing about a person."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum, StrEnum
from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import iter_modules
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import patient
from published_contracts import EVENTS, FACTS, PARTS, facts_of
from pydantic import ValidationError

from shared import contracts
from shared.contracts import kinds, vocabulary
from shared.contracts.base import EVENT_TYPES, Event, Fact
from shared.contracts.intake.rounds import RoundOpened
from shared.contracts.kinds import Kind, OpaqueId, Slug
from shared.contracts.published import MODULES, PRODUCERS
from shared.contracts.vocabulary import Instrument, Names

KINDS = {name: kind for name, kind in vars(kinds).items() if get_origin(kind) is Annotated}

by_name = pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
by_routing_key = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.routing_key())


def leaves(annotation: Any) -> Iterator[Any]:
    """The types at the ends of an annotation: those of `tuple[OpaqueId, ...] | None` are OpaqueId and None."""
    if get_origin(annotation) in (Union, UnionType, tuple):
        for part in get_args(annotation):
            if part is not Ellipsis:
                yield from leaves(part)
    else:
        yield annotation


def fields(fact: type[Fact]) -> Iterator[tuple[str, Any]]:
    """Every field with its annotation as it was written."""
    written = get_type_hints(fact, include_extras=True)
    return ((name, written[name]) for name in fact.model_fields)


def may_be_told(leaf: Any) -> bool:
    """Whether a leaf is of a declared kind, nothing, or a part or a fixed choice that a contract defines."""
    if leaf is NoneType or any(leaf == kind for kind in KINDS.values()):
        return True
    defined = isclass(leaf) and leaf.__module__ in {module.__name__ for module in PARTS}
    return defined and issubclass(leaf, Enum | Fact)


@by_routing_key
def test_an_event_is_published_by_the_producer_in_whose_package_it_stands(event: type[Event]) -> None:
    assert event.__module__.startswith(f"shared.contracts.{event.producer}.")


def test_every_event_is_known_by_its_type() -> None:
    assert [EVENT_TYPES.get(event.type_name()) for event in EVENTS] == list(EVENTS)


def test_events_are_defined_by_producers_only() -> None:
    others = {module.name for module in iter_modules(contracts.__path__, f"{contracts.__name__}.")}
    facts = [fact for module in sorted(others) for fact in facts_of(import_module(module))]
    assert {fact.__module__ for fact in facts} == {vocabulary.__name__}
    assert [fact for fact in facts if issubclass(fact, Event)] == []


def test_every_class_of_events_is_published_but_what_all_of_a_producer_have_in_common() -> None:
    """One without `about` of its own is no event, and what goes through all events would never see it."""
    defined = [
        event
        for module in MODULES
        for _, event in getmembers(module, isclass)
        if event.__module__ == module.__name__ and issubclass(event, Event)
    ]
    left_out = {f"{event.__module__}.{event.__name__}" for event in defined if event not in EVENTS}
    names = {producer.__name__: producer.__name__.rpartition(".")[2] for producer in PRODUCERS}
    assert left_out == {f"{package}.base.{name.capitalize()}Event" for package, name in names.items()}


def test_no_two_parts_of_contracts_have_one_name() -> None:
    defined = [
        part.__name__
        for module in PARTS
        for _, part in getmembers(module, isclass)
        if part.__module__ == module.__name__ and issubclass(part, Enum | Fact)
    ]
    assert sorted(defined) == sorted({*defined})


def test_no_two_events_have_one_routing_key() -> None:
    assert len({event.routing_key() for event in EVENTS}) == len(EVENTS)


@by_routing_key
def test_a_routing_key_is_producer_name_and_version(event: type[Event]) -> None:
    assert event.routing_key() == f"{event.producer}.{event.event_name()}.v{event.contract_version}"
    assert event.type_name() == f"dk.praksis.{event.routing_key()}"


@by_routing_key
def test_an_event_is_about_one_of_its_fields(event: type[Event]) -> None:
    subject = event.model_fields[event.about]
    assert (subject.is_required(), subject.annotation in (UUID, str)) == (True, True)


@by_name
def test_no_field_can_hold_personal_data(fact: type[Fact]) -> None:
    held = [(name, leaf) for name, annotation in fields(fact) for leaf in leaves(annotation)]
    assert [(name, leaf) for name, leaf in held if not may_be_told(leaf)] == []


def test_a_new_kind_of_field_is_a_decision() -> None:
    """Whoever adds one here has asked whether it could ever name, describe or reach a person."""
    assert KINDS.keys() == {
        "Count",
        "Day",
        "Moment",
        "MunicipalityCode",
        "OpaqueId",
        "PublicName",
        "Slug",
        "VersionNumber",
    }


def test_every_kind_of_field_is_in_use() -> None:
    used = [leaf for fact in FACTS for _, annotation in fields(fact) for leaf in leaves(annotation)]
    assert [name for name, kind in KINDS.items() if kind not in used] == []


class Mood(StrEnum):
    """Something that no contract defines."""

    GOOD = "good"


class Person(Fact):
    """Something that no contract defines."""

    name: str


@pytest.mark.parametrize(
    ("annotation", "told"),
    [
        (OpaqueId, True),
        (Slug, True),
        (tuple[OpaqueId, ...] | None, True),
        (Names, True),
        (Instrument, True),
        (None | Instrument, True),
        (str, False),
        (UUID, False),
        (int, False),
        (date, False),
        (datetime, False),
        (str | None, False),
        (tuple[str, ...], False),
        (dict[str, OpaqueId], False),
        (list[OpaqueId], False),
        (bytes, False),
        (float, False),
        (bool, False),
        (Any, False),
        (Literal["da"], False),
        (Mood, False),
        (Person, False),
        (Fact, False),
        (Annotated[str, Kind("The name of a consultant.")], False),
        (Annotated[str, *get_args(OpaqueId)[1:]], False),
    ],
)
def test_what_could_name_a_person_is_found(annotation: Any, told: bool) -> None:
    assert all(may_be_told(leaf) for leaf in leaves(annotation)) == told


def opened_until(closes_at: str | datetime) -> RoundOpened:
    known = {"round_id": UUID(int=7), "programme": "long-course", "opens_at": "2026-11-03T00:00:00Z"}
    return RoundOpened.model_validate(known | {"closes_at": closes_at})


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-03T23:59:59+01:00",
        "2026-11-03T22:59:59Z",
        "2026-11-03T22:59:59.000000Z",
        datetime.fromisoformat("2026-11-03T23:59:59+01:00"),
    ],
)
def test_a_moment_with_a_date_a_time_and_a_zone_is_taken(written: str | datetime) -> None:
    assert opened_until(written).closes_at == datetime.fromisoformat("2026-11-03T22:59:59+00:00")


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-03T23:59:59",
        "2026-11-03 23:59:59Z",
        "2026-11-03T23:59Z",
        "2026-11-03T23:59:60Z",
        "2026-11-03",
        "1720000000",
        "",
        datetime.fromisoformat("2026-11-03T23:59:59"),
    ],
)
def test_anything_else_is_no_moment(written: str | datetime) -> None:
    with pytest.raises(ValidationError) as refused:
        opened_until(written)
    assert [mistake["loc"] for mistake in refused.value.errors()] == [("closes_at",)]


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
