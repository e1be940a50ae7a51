"""Rows for people: a table where there is room, and never a broken id."""

from collections.abc import Callable

import pytest

from praksis.listing import Column, Listing, show

COLUMNS = (Column("id", width=15), Column("number", label="number", right=True), Column("why", label="why"))
ROWS = [("01980f4d-2a8e", "7", "no room"), ("01980f4d-2a8f", "12", "–")]
Wide = Callable[[int], None]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Wide:
    """Standard output is a terminal without colours, so many characters wide."""

    def wide(columns: int) -> None:
        for name, value in {"TTY_COMPATIBLE": "1", "TERM": "dumb", "COLUMNS": str(columns), "LINES": "25"}.items():
            monkeypatch.setenv(name, value)

    return wide


def test_rows_are_a_table_where_there_is_room(terminal: Wide, capsys: pytest.CaptureFixture[str]) -> None:
    terminal(32)  # 15 + 2 + 6 + 2 + 7
    show(COLUMNS, ROWS)
    assert capsys.readouterr().out.splitlines() == [
        "id               number  why",
        "01980f4d-2a8e         7  no room",
        "01980f4d-2a8f        12  –",
    ]


def test_rows_go_over_several_lines_where_there_is_none(terminal: Wide, capsys: pytest.CaptureFixture[str]) -> None:
    terminal(31)
    show(COLUMNS, ROWS)
    assert capsys.readouterr().out.splitlines() == [
        "01980f4d-2a8e  number 7",
        "  why no room",
        "01980f4d-2a8f  number 12",
    ]


def test_what_is_longer_than_the_terminal_is_whole_all_the_same(
    terminal: Wide, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal(10)
    show(COLUMNS, [("01980f4d-2a8e-7c31", "7", "x")])
    assert capsys.readouterr().out.splitlines()[0] == "01980f4d-2a8e-7c31"


def test_a_pipe_has_room_for_everything(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    show(COLUMNS, [("x" * 300, "7", "y" * 300)])
    _, row = capsys.readouterr().out.splitlines()
    assert row == f"{'x' * 300}       7  {'y' * 300}"


def test_prose_goes_on_below_itself(terminal: Wide, capsys: pytest.CaptureFixture[str]) -> None:
    terminal(40)
    show((Column("name"), Column("meaning", prose=True)), [("round", "Applications are taken until, and not at, then")])
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "name   meaning",
        "round  Applications are taken until, and",
        "       not at, then",
    ]


def test_wide_characters_keep_the_columns_straight(terminal: Wide, capsys: pytest.CaptureFixture[str]) -> None:
    terminal(60)
    show((Column("a"), Column("b")), [("日本", "x"), ("abcd", "y")])
    assert capsys.readouterr().out.splitlines()[1:] == ["日本  x", "abcd  y"]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b31m", "\\x9b31m"),
        ("two\nlines", "two\\nlines"),
        ("\u202eturned", "\\u202eturned"),
        ("half \ud800", "half \\ud800"),
        ("[bold]no markup[/]", "[bold]no markup[/]"),
        ("Ærø – ok", "Ærø – ok"),
    ],
)
def test_what_would_steer_the_terminal_is_made_visible(
    cell: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Listing([Column("text")]).row([cell])
    assert capsys.readouterr().out.splitlines() == ["text", shown]


def test_without_rows_there_is_no_heading(capsys: pytest.CaptureFixture[str]) -> None:
    show(COLUMNS, [])
    assert capsys.readouterr().out == ""
