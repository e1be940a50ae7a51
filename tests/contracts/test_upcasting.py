"""What was published in an older version is read as the version that is wanted."""

from collections.abc import Callable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import patient
from published_contracts import EVENTS
from pydantic import ValidationError

from shared.catalogue.asyncapi import asyncapi_of
from shared.contracts.base import EVENT_TYPES, Event
from shared.contracts.kinds import Count, Day, OpaqueId
from shared.contracts.upcasting import read, upcasts, versions_read_by
from shared.events.handlers import Handlers
from shared.work import UnitOfWork


class TrialEvent(Event):
    """Any fact of a producer that is only here."""

    producer: ClassVar[str] = "trial"


class VisitPlannedV1(TrialEvent):
    """A visit, as it was first told of."""

    about: ClassVar[str] = "visit_id"
    contract_name: ClassVar[str] = "VisitPlanned"

    visit_id: OpaqueId
    on: Day
    hours: Count


class VisitPlannedV2(TrialEvent):
    """The same in minutes."""

    about: ClassVar[str] = "visit_id"
    contract_name: ClassVar[str] = "VisitPlanned"
    contract_version: ClassVar[int] = 2

    visit_id: OpaqueId
    on: Day
    minutes: Count


class VisitPlanned(TrialEvent):
    """The same over several days."""

    about: ClassVar[str] = "visit_id"
    contract_version: ClassVar[int] = 3

    visit_id: OpaqueId
    first: Day
    last: Day
    minutes: Count


class VisitCancelled(TrialEvent):
    """Something else about a visit."""

    about: ClassVar[str] = "visit_id"
    contract_version: ClassVar[int] = 2

    visit_id: OpaqueId


@upcasts(VisitPlannedV1)
def in_minutes(old: VisitPlannedV1) -> VisitPlannedV2:
    return VisitPlannedV2(visit_id=old.visit_id, on=old.on, minutes=60 * old.hours)


@upcasts(VisitPlannedV2)
def over_days(old: VisitPlannedV2) -> VisitPlanned:
    return VisitPlanned(visit_id=old.visit_id, first=old.on, last=old.on, minutes=old.minutes)


VISIT = UUID("01920f3a-5c00-7a10-8000-000000000001")
DAY = date(2026, 11, 3)
V1 = {"visit_id": str(VISIT), "on": "2026-11-03", "hours": 2}
V2 = {"visit_id": str(VISIT), "on": "2026-11-03", "minutes": 120}
V3 = {"visit_id": str(VISIT), "first": "2026-11-03", "last": "2026-11-03", "minutes": 120}
NEWEST = VisitPlanned(visit_id=VISIT, first=DAY, last=DAY, minutes=120)


# names


def test_versions_of_one_event_have_one_name_whatever_their_classes_are_called() -> None:
    assert [version.type_name() for version in (VisitPlannedV1, VisitPlannedV2, VisitPlanned)] == [
        "dk.praksis.trial.VisitPlanned.v1",
        "dk.praksis.trial.VisitPlanned.v2",
        "dk.praksis.trial.VisitPlanned.v3",
    ]
    assert EVENT_TYPES["dk.praksis.trial.VisitPlanned.v1"] is VisitPlannedV1


# reading


@pytest.mark.parametrize(("version", "data"), [(1, V1), (2, V2), (3, V3)])
def test_every_version_is_read_as_the_newest(version: int, data: Mapping[str, Any]) -> None:
    assert read(f"dk.praksis.trial.VisitPlanned.v{version}", data, VisitPlanned) == NEWEST


def test_an_older_version_can_still_be_wanted() -> None:
    assert read("dk.praksis.trial.VisitPlanned.v1", V1, VisitPlannedV1).hours == 2
    assert read("dk.praksis.trial.VisitPlanned.v1", V1, VisitPlannedV2).minutes == 120


@pytest.mark.parametrize(
    ("type_name", "wanted"),
    [
        ("dk.praksis.trial.VisitPlanned.v3", VisitPlannedV2),
        ("dk.praksis.trial.VisitPlanned.v2", VisitPlannedV1),
        ("dk.praksis.trial.VisitPlanned.v4", VisitPlanned),
        ("dk.praksis.trial.VisitCancelled.v2", VisitPlanned),
        ("trial.VisitPlanned.v1", VisitPlanned),
        ("", VisitPlanned),
    ],
)
def test_what_does_not_lead_to_the_wanted_version_is_not_read(type_name: str, wanted: type[Event]) -> None:
    with pytest.raises(ValueError, match=r"^dk\.praksis\.trial\.VisitPlanned\.v\d is read from "):
        read(type_name, V1, wanted)


def test_data_are_judged_by_the_version_that_they_were_published_in() -> None:
    with pytest.raises(ValidationError) as refused:
        read("dk.praksis.trial.VisitPlanned.v1", V3, VisitPlanned)
    assert [mistake["loc"] for mistake in refused.value.errors()] == [("on",), ("hours",)]


@patient
@given(old=st.builds(VisitPlannedV1, visit_id=st.uuids(), on=st.dates(), hours=st.integers(0, 10_000)))
def test_reading_keeps_what_an_event_says_and_is_about(old: VisitPlannedV1) -> None:
    new = read(old.type_name(), old.model_dump(mode="json"), VisitPlanned)
    assert (new.subject, new.first, new.minutes) == (old.subject, old.on, 60 * old.hours)


# the way from version to version


def test_the_versions_that_are_read_are_listed_from_the_oldest() -> None:
    assert versions_read_by(VisitPlanned) == (VisitPlannedV1, VisitPlannedV2, VisitPlanned)
    assert versions_read_by(VisitPlannedV2) == (VisitPlannedV1, VisitPlannedV2)
    assert versions_read_by(VisitPlannedV1) == (VisitPlannedV1,)


def test_an_upcaster_stays_the_function_that_it_is() -> None:
    assert in_minutes(VisitPlannedV1(visit_id=VISIT, on=DAY, hours=1)).minutes == 60


class VisitPlannedV5(VisitPlanned):
    """A version that leaves one out."""

    contract_name: ClassVar[str] = "VisitPlanned"
    contract_version: ClassVar[int] = 5


class VisitPlannedElsewhere(VisitPlanned):
    """The next version, published by another."""

    producer: ClassVar[str] = "elsewhere"
    contract_name: ClassVar[str] = "VisitPlanned"
    contract_version: ClassVar[int] = 4


class VisitPlannedByDay(VisitPlanned):
    """The next version, about something else."""

    about: ClassVar[str] = "first"
    contract_name: ClassVar[str] = "VisitPlanned"
    contract_version: ClassVar[int] = 4


def leading_to(new: type[Event]) -> Callable[[Any], Event]:
    """A function that says it makes this version."""

    def make(old: Event) -> Event:
        raise NotImplementedError

    make.__annotations__["return"] = new
    return make


CHANGED_IDENTITY = "producer, name and subject stay the same"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (VisitPlanned, VisitPlannedV5, "trial.VisitPlanned.v5 does not follow trial.VisitPlanned.v3"),
        (VisitPlannedV2, VisitPlannedV1, "trial.VisitPlanned.v1 does not follow trial.VisitPlanned.v2"),
        (VisitPlanned, VisitPlanned, "trial.VisitPlanned.v3 does not follow trial.VisitPlanned.v3"),
        (
            VisitPlanned,
            VisitPlannedElsewhere,
            f"VisitPlannedElsewhere is not what VisitPlanned was: {CHANGED_IDENTITY}",
        ),
        (VisitPlanned, VisitPlannedByDay, f"VisitPlannedByDay is not what VisitPlanned was: {CHANGED_IDENTITY}"),
        (VisitPlannedV1, VisitCancelled, f"VisitCancelled is not what VisitPlannedV1 was: {CHANGED_IDENTITY}"),
        (VisitPlannedV1, VisitPlannedV2, "trial.VisitPlanned.v2 has an upcaster already"),
    ],
)
def test_only_neighbouring_versions_are_joined_and_only_once(old: type[Event], new: type[Event], reason: str) -> None:
    with pytest.raises(ValueError) as refused:
        upcasts(old)(leading_to(new))
    assert str(refused.value) == reason
    assert versions_read_by(VisitPlanned) == (VisitPlannedV1, VisitPlannedV2, VisitPlanned)


# reacting


async def plan(planned: VisitPlanned, work: UnitOfWork) -> None: ...


async def count(planned: VisitPlannedV2, work: UnitOfWork) -> None: ...


@pytest.fixture
def handlers() -> Handlers:
    """A slice that reacts to the newest version, and one that has not come so far."""
    ahead, behind = Handlers(), Handlers()
    ahead(VisitPlanned)(plan)
    behind(VisitPlannedV2)(count)
    return Handlers.together(ahead, behind)


def test_whoever_reacts_to_a_version_subscribes_to_the_older_ones(handlers: Handlers) -> None:
    assert handlers.events == (VisitPlannedV1, VisitPlannedV2, VisitPlanned)


def test_whoever_reacts_to_a_version_reacts_to_the_older_ones(handlers: Handlers) -> None:
    names = [[handler.name for handler in handlers.of(version.type_name())] for version in handlers.events]
    assert names == [["plan", "count"], ["plan", "count"], ["plan"]]


def test_the_older_versions_that_are_reacted_to_are_described(handlers: Handlers) -> None:
    document = asyncapi_of("reporting", handlers, "1.2.3")
    received = {key: value["description"] for key, value in document["operations"].items() if "receive" in key}
    assert received == {
        "receive.trial.VisitPlanned.v1": "- `plan`\n- `count`",
        "receive.trial.VisitPlanned.v2": "- `plan`\n- `count`",
        "receive.trial.VisitPlanned.v3": "- `plan`",
    }
    data = document["components"]["schemas"]["trial.VisitPlanned.v1"]["properties"]["data"]
    assert data == {"$ref": "#/components/schemas/VisitPlannedV1"}


def test_every_published_version_leads_to_the_newest_of_its_event() -> None:
    """Whoever reacts to the newest version still meets the older ones: in queues, in the log, from slower producers."""
    versions = sorted(EVENTS, key=lambda event: (event.producer, event.event_name(), event.contract_version))
    neighbours = [
        (old, new)
        for old, new in pairwise(versions)
        if (old.producer, old.event_name()) == (new.producer, new.event_name())
    ]
    assert [new.routing_key() for old, new in neighbours if old not in versions_read_by(new)] == []
