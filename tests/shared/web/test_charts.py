"""Where things stand in a chart of columns."""

import pytest

from shared.web.charts import HEIGHT, column_chart


@pytest.mark.parametrize(
    ("highest", "values"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (5, [0, 1, 2, 3, 4, 5]),
        (6, [0, 2, 4, 6]),
        (11, [0, 5, 10, 15]),
        (1100, [0, 500, 1000, 1500]),
    ],
)
def test_the_lines_are_round_and_reach_above_everything(highest: int, values: list[int]) -> None:
    assert [line.value for line in column_chart([("a", (highest,), 0)]).lines] == values
    assert [line.value for line in column_chart([("a", (0,), highest)]).lines] == values


def test_parts_stand_upon_each_other_and_the_mark_where_its_value_is() -> None:
    chart = column_chart([("a", (2, 3), 5), ("b", (), 0)])
    first, second = chart.columns
    heights = {line.value: line.y for line in chart.lines}
    ground, upper = first.blocks
    assert (ground.y, ground.y + ground.height) == (heights[2], heights[0])
    assert (upper.y, round(upper.y + upper.height, 1)) == (heights[5], heights[2])
    assert (first.mark, second.mark, second.blocks) == (heights[5], heights[0], ())
    assert first.x + first.width == pytest.approx(second.x)
    assert all(0 <= y <= HEIGHT for y in heights.values())


def test_nothing_is_drawn_of_nothing() -> None:
    assert column_chart([]).columns == ()
