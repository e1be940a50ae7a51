"""Values that reviewers work on."""

from uuid import UUID

from intake_cases import NOON

from intake.assessments.model import Assessment, Score, Sheet
from intake.programmes.offer import Criterion
from shared.contracts.vocabulary import Names


def criterion(name: str, weight: int = 1, highest: int = 3) -> Criterion:
    """A criterion with a scale from 0 to `highest`."""
    scale = tuple(Names(da=f"trin {step}", en=f"step {step}") for step in range(highest + 1))
    return Criterion(name=name, names=Names(da=name, en=name), weight=weight, scale=scale)


def scores(**points: int | None) -> tuple[Score, ...]:
    """What each criterion is given, without remarks."""
    return tuple(Score(name, given) for name, given in points.items())


def assessment(reviewer: str, *sheets: tuple[Score, ...]) -> Assessment:
    """The work of one reviewer, who has handed in these sheets."""
    handed_in = tuple(Sheet(each, NOON, f"change {place}" if place else None) for place, each in enumerate(sheets))
    return Assessment(UUID(int=len(reviewer)), UUID(int=100), reviewer, NOON, sheets=handed_in)
