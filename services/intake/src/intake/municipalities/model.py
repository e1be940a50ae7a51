"""Municipalities that have become part of another (kommunesammenlægning). All are named by their four digits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Merger:
    """That a municipality is part of another from a day on. `noted_by` is the id of whoever noted it."""

    municipality: str
    into: str
    on: date
    noted_by: str
    noted_at: datetime


Mergers = Mapping[str, Merger]
"""By the municipality that is no more. None leads back to where it began: what has merged takes nothing in."""


def history(mergers: Mergers, municipality: str) -> tuple[Merger, ...]:
    """What has become of a municipality, merger by merger; nothing where it stands by itself."""
    steps = []
    while (merger := mergers.get(municipality)) is not None:
        steps.append(merger)
        municipality = merger.into
    return tuple(steps)


def present(mergers: Mergers, municipality: str) -> str:
    """The municipality that one is today: itself, or the one that it has become part of."""
    steps = history(mergers, municipality)
    return steps[-1].into if steps else municipality


def one_with(mergers: Mergers, municipality: str) -> frozenset[str]:
    """All that are one municipality today, this one among them."""
    today = present(mergers, municipality)
    return frozenset({today, *(each for each in mergers if present(mergers, each) == today)})


def with_predecessors(mergers: Mergers, municipality: str) -> frozenset[str]:
    """A municipality, and all that had become part of it, whatever has become of it since."""
    led_there = (each for each in mergers if any(step.into == municipality for step in history(mergers, each)))
    return frozenset({municipality, *led_there})
