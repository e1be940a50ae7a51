"""What has changed from one version of a programme to the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from intake.programmes.model import Programme

COMPARED = (
    "intake",
    "duration_months",
    "team_size",
    "rules",
    "phases",
    "skills",
    "criteria",
    "offer",
    "redacted",
    "sealed",
)
"""The fields of a programme that may differ from version to version; its dates always do."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A version with the fields in which it differs from the one before; the first has none before it."""

    programme: Programme
    changed: tuple[str, ...]


def history(versions: Sequence[Programme]) -> list[Revision]:
    """The versions of one programme, the newest first, each with what it changed."""
    ordered = sorted(versions, key=lambda programme: programme.version)
    first = [Revision(programme, ()) for programme in ordered[:1]]
    return [*first, *_later(ordered)][::-1]


def shown_version(versions: Sequence[Programme], today: date) -> Programme:
    """The version that stands for the programme: the one in force, else the newest."""
    in_force = [programme for programme in versions if programme.in_force(today)]
    return max(in_force or versions, key=lambda programme: programme.version)


def _later(ordered: Sequence[Programme]) -> Iterator[Revision]:
    for before, after in pairwise(ordered):
        changed = tuple(field for field in COMPARED if getattr(before, field) != getattr(after, field))
        yield Revision(after, changed)
