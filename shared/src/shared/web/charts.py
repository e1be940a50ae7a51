"""Charts as SVG, drawn on the server: computes the geometry, which `charts.html` draws. The figures are shown beside
them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

WIDTH, HEIGHT = 720, 240
_TOP, _BOTTOM, _LEFT, _RIGHT = 12, 24, 40, 4
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a column; the first one begins at the base line."""

    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """Stacked parts, and a mark to compare them with. `label` is shown below, as the template formats it."""

    label: Any
    x: float
    width: float
    blocks: tuple[Block, ...]
    mark: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line across the chart, with the value that it stands for."""

    y: float
    value: int


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """Columns from left to right, and the lines by which their heights are read."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT


def column_chart(columns: Sequence[tuple[Any, tuple[int, ...], int]]) -> ColumnChart:
    """A chart of columns: each is given as a label, its stacked parts, and its mark. No number may be negative."""
    highest = max((max(sum(parts), mark) for _, parts, mark in columns), default=0)
    step = _step(highest)
    top = step * max(1, -(-highest // step))
    room = (WIDTH - _LEFT - _RIGHT) / max(1, len(columns))

    def y(value: int) -> float:
        return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * value / top, 1)

    def blocks(parts: tuple[int, ...]) -> tuple[Block, ...]:
        heights = accumulate(parts, initial=0)
        return tuple(Block(y(upper), round(y(lower) - y(upper), 1)) for lower, upper in pairwise(heights))

    drawn = tuple(
        Column(label, round(_LEFT + room * place, 1), round(room, 1), blocks(parts), y(mark))
        for place, (label, parts, mark) in enumerate(columns)
    )
    return ColumnChart(drawn, tuple(Line(y(value), value) for value in range(0, top + 1, step)))


def _step(highest: int) -> int:
    """The distance between lines: 1, 2 or 5 times a power of ten, so that there are at most six of them."""
    power = 1
    while True:
        for factor in _STEPS:
            if highest <= 5 * factor * power:
                return factor * power
        power *= 10
