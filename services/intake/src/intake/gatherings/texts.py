"""What a gathering says to people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from intake.gatherings.model import Change, Cohort, CohortStatus, Group
from intake.rounds.model import Zone
from shared.errors import Text

ZONES = {Zone.COPENHAGEN: Text("Copenhagen"), Zone.NUUK: Text("Nuuk")}
STATUS = {
    CohortStatus.ANNOUNCED: Text("Announced"),
    CohortStatus.CANCELLED: Text("Called off"),
    CohortStatus.HELD: Text("Held"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was."""

    what: Text
    was: Text
    became: Text


def days_of(cohort: Cohort) -> Text:
    """On which day it takes place, or from which to which."""
    if cohort.starts_on == cohort.ends_on:
        return Text("{day}", {"day": cohort.starts_on})
    return Text("{first} to {last}", {"first": cohort.starts_on, "last": cohort.ends_on})


def hours_of(cohort: Cohort) -> Text | None:
    """From when to when, as far as that has been said."""
    begins, ends = (each and _time(each) for each in (cohort.begins, cohort.ends))
    if begins and ends:
        return Text("{begins} to {ends}", {"begins": begins, "ends": ends})
    if begins:
        return Text("from {begins}", {"begins": begins})
    return Text("until {ends}", {"ends": ends}) if ends else None


def hours_there(cohort: Cohort) -> Text | None:
    """From when to when, and by whose clock where that is not Copenhagen's."""
    hours = hours_of(cohort)
    if hours is None or cohort.zone is Zone.COPENHAGEN:
        return hours
    return Text("{hours} ({city} time)", {"hours": hours, "city": ZONES[cohort.zone]})


def place_of(cohort: Cohort) -> Text:
    """Where it takes place."""
    return _plain(f"{cohort.venue.address}, {cohort.venue.town}")


def moved(change: Change) -> Iterator[Difference]:
    """When and where it takes place now, and did before."""
    not_said = Text("not given")
    before, after = change.before, change.after
    yield from _different(Text("Day"), days_of(before), days_of(after))
    yield from _different(Text("Time"), hours_of(before) or not_said, hours_of(after) or not_said)
    yield from _different(Text("Place"), place_of(before), place_of(after))
    yield from _different(Text("Time zone"), ZONES[before.zone], ZONES[after.zone])


def renamed(change: Change) -> dict[UUID, Difference]:
    """How the groups are called now that were called otherwise."""
    return {
        id: Difference(Text("Workshop"), _plain(was), _plain(became)) for id, (was, became) in change.renamed.items()
    }


def everything(change: Change) -> Iterator[Difference]:
    """All that a change has changed, for the office."""
    before, after = change.before, change.after
    yield from _different(Text("Title"), _title(before), _title(after))
    yield from moved(change)
    yield from _different(Text("Places"), _plain(str(before.places)), _plain(str(after.places)))
    yield from _different(Text("Last day to register"), _day(before), _day(after))
    yield from _different(Text("Workshops"), _groups(before.groups), _groups(after.groups))


def _different(what: Text, was: Text, became: Text) -> Iterator[Difference]:
    if was != became:
        yield Difference(what, was, became)


def _title(cohort: Cohort) -> Text:
    return _plain(f"{cohort.title.da} / {cohort.title.en}")


def _day(cohort: Cohort) -> Text:
    return Text("{day}", {"day": cohort.deadline})


def _groups(groups: tuple[Group, ...]) -> Text:
    if not groups:
        return Text("none")
    return _plain(", ".join(f"{each.name} ({each.places})" for each in groups))


def _time(of_day: time) -> Text:
    """A time of day, in the notation of the reader's language: "09.00"."""
    return Text("{hour}:{minute}", {"hour": f"{of_day:%H}", "minute": f"{of_day:%M}"})


def _plain(text: str) -> Text:
    return Text("{text}", {"text": text})
