"""What several sheets say together. Counted in whole numbers and fractions, nothing is rounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import lcm

from intake.assessments.model import Score
from intake.programmes.offer import Criterion

REVIEWERS_NEEDED = 2
"""An application is assessed once so many are in; the office's own, since the documents are silent."""

LARGE_SPREAD = Fraction(1, 2)
"""Reviewers disagree on a criterion when they lie more than this share of its scale apart."""

LARGE_TOTAL_SPREAD = Fraction(1, 4)
"""Reviewers disagree as a whole when their totals lie more than this share of the highest total apart."""


@dataclass(frozen=True, slots=True)
class Total:
    """Weighted points, of the highest that there could be."""

    points: int
    highest: int

    @property
    def share(self) -> Fraction:
        """From 0 to 1."""
        return Fraction(self.points, self.highest)


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """What the reviewers gave one criterion, in their order; `spread` is how far the outermost lie apart."""

    criterion: Criterion
    points: tuple[int, ...]

    @property
    def mean(self) -> Fraction:
        return Fraction(sum(self.points), len(self.points))

    @property
    def spread(self) -> int:
        return max(self.points) - min(self.points)

    @property
    def disagree(self) -> bool:
        """Whether the spread is large enough to talk about."""
        return Fraction(self.spread, self.criterion.highest) > LARGE_SPREAD


@dataclass(frozen=True, slots=True)
class Result:
    """What enough reviewers say together. `totals` are theirs, in their order."""

    criteria: tuple[CriterionResult, ...]
    totals: tuple[Total, ...]

    @property
    def together(self) -> Total:
        """All their points, of all that they could have given; its share is the mean of theirs."""
        return Total(sum(total.points for total in self.totals), sum(total.highest for total in self.totals))

    @property
    def mean(self) -> Fraction:
        """Weighted points of one reviewer, of `totals[0].highest`."""
        return Fraction(self.together.points, len(self.totals))

    @property
    def spread(self) -> int:
        """How many weighted points the outermost totals lie apart."""
        points = [total.points for total in self.totals]
        return max(points) - min(points)

    @property
    def disagree(self) -> bool:
        """Whether the reviewers have something to talk about: their totals, or any one criterion."""
        apart = Fraction(self.spread, self.totals[0].highest) > LARGE_TOTAL_SPREAD
        return apart or any(criterion.disagree for criterion in self.criteria)


def total(criteria: Sequence[Criterion], scores: Sequence[Score]) -> Total:
    """The weighted points of one whole sheet.

    A criterion counts by its weight alone, however long its scale is: points are brought to the smallest scale that
    all of them fit into. Raises `KeyError` for a criterion without points.
    """
    scale = lcm(*(criterion.highest for criterion in criteria))
    given = _points(scores)
    return Total(
        points=sum(each.weight * given[each.name] * (scale // each.highest) for each in criteria),
        highest=sum(each.weight * scale for each in criteria),
    )


def result_of(criteria: Sequence[Criterion], sheets: Sequence[Sequence[Score]]) -> Result | None:
    """What whole sheets say together; nothing while there are too few of them."""
    if len(sheets) < REVIEWERS_NEEDED:
        return None
    given = [_points(sheet) for sheet in sheets]
    return Result(
        criteria=tuple(CriterionResult(each, tuple(points[each.name] for points in given)) for each in criteria),
        totals=tuple(total(criteria, sheet) for sheet in sheets),
    )


def rounded(value: Fraction) -> Decimal:
    """As people read it, with one decimal at most; what is recorded stays exact."""
    tenths = (Decimal(value.numerator) / value.denominator).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return tenths.to_integral_value() if tenths == tenths.to_integral_value() else tenths


def _points(scores: Sequence[Score]) -> dict[str, int]:
    return {score.criterion: score.points for score in scores if score.points is not None}
