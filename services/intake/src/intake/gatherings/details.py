"""What may be changed of a gathering, as the JSON in which its history is kept."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time
from typing import Any
from uuid import UUID

from intake.gatherings.model import Cohort, Group, Venue
from intake.rounds.model import Zone
from shared.contracts.vocabulary import Names


def details_of(cohort: Cohort) -> dict[str, Any]:
    """The JSON of what a cohort is at the moment."""
    return {
        "title": {"da": cohort.title.da, "en": cohort.title.en},
        "starts_on": cohort.starts_on.isoformat(),
        "ends_on": cohort.ends_on.isoformat(),
        "begins": cohort.begins and cohort.begins.isoformat("minutes"),
        "ends": cohort.ends and cohort.ends.isoformat("minutes"),
        "venue": {"town": cohort.venue.town, "address": cohort.venue.address},
        "zone": cohort.zone.value,
        "places": cohort.places,
        "deadline": cohort.deadline.isoformat(),
        "groups": [{"id": str(each.id), "name": each.name, "places": each.places} for each in cohort.groups],
    }


def cohort_with(cohort: Cohort, details: Mapping[str, Any], version: int) -> Cohort:
    """The cohort as it was when its details were kept."""
    return replace(
        cohort,
        title=Names(**details["title"]),
        starts_on=date.fromisoformat(details["starts_on"]),
        ends_on=date.fromisoformat(details["ends_on"]),
        begins=_time(details["begins"]),
        ends=_time(details["ends"]),
        venue=Venue(**details["venue"]),
        zone=Zone(details["zone"]),
        places=details["places"],
        deadline=date.fromisoformat(details["deadline"]),
        groups=tuple(Group(UUID(each["id"]), each["name"], each["places"]) for each in details["groups"]),
        version=version,
    )


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)
