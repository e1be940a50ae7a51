"""Ranking candidates, and counting up what accepting them would cost."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from fractions import Fraction
from itertools import zip_longest
from uuid import UUID

from intake.capacity.model import Forecast
from intake.capacity.weighing import Weighing, hold_against
from intake.rankings.model import Candidate, Place, Ranking, Tie

Hours = tuple[int, ...] | None
"""The hours of courses by month, if they are known."""


def rank(candidates: Iterable[Candidate], forecast: Forecast | None, start: date) -> Ranking:
    """Every candidate at its place, with the cost from the month of `start` on when all above it are accepted too.

    The more points the better; whoever is as good and came earlier stands first. Those that too few have assessed come
    last, by when they came. Among those that came at one moment the id decides, so that the order is always the same.
    """
    ordered = sorted(candidates, key=_key)
    sums = _counted_up(each.cost for each in ordered)
    return Ranking(tuple(_places(ordered, sums[1:], forecast, start)))


def what_if(
    candidates: Iterable[Candidate], chosen: Collection[UUID], forecast: Forecast | None, start: date
) -> Weighing | None:
    """What accepting the chosen ones, and no others, would cost; nothing as long as the corps has not been counted."""
    sums = _counted_up(each.cost for each in candidates if each.id in chosen)
    return _held_against(forecast, sums[-1], start)


def _places(
    ordered: Sequence[Candidate], sums: Sequence[Hours], forecast: Forecast | None, start: date
) -> Iterator[Place]:
    above = [None, *ordered]
    for number, (candidate, better, together) in enumerate(zip(ordered, above, sums, strict=False), start=1):
        yield Place(number, candidate, _tie(better, candidate), _held_against(forecast, together, start))


def _key(candidate: Candidate) -> tuple[bool, Fraction, datetime, UUID]:
    return candidate.share is None, -(candidate.share or Fraction()), candidate.submitted_at, candidate.id


def _tie(better: Candidate | None, candidate: Candidate) -> Tie | None:
    if better is None or better.share != candidate.share:
        return None
    return Tie.SAME_MOMENT if better.submitted_at == candidate.submitted_at else Tie.LATER


def _counted_up(costs: Iterable[Hours]) -> list[Hours]:
    """Nothing, then the first, then the first two, and so on."""
    sums: list[Hours] = [()]
    for cost in costs:
        sums.append(_both(sums[-1], cost))
    return sums


def _both(one: Hours, other: Hours) -> Hours:
    """The hours of both by month; unknown where those of one are."""
    if one is None or other is None:
        return None
    return tuple(sum(hours) for hours in zip_longest(one, other, fillvalue=0))


def _held_against(forecast: Forecast | None, cost: Hours, start: date) -> Weighing | None:
    if forecast is None:
        return None
    return hold_against(forecast, cost or (), start, is_known=cost is not None)
