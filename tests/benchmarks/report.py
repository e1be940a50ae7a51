"""The result as a table and as JSON."""

import json
import pstats
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from benchmarks.outcomes import Measured, Unmeasured, Verdict
from benchmarks.plan import Plan
from rich.console import Console
from rich.markup import escape
from rich.table import Table

WIDTH = 132
"""Columns of the tables where no terminal says otherwise."""
_LINES_OF_PROFILE = 15


def show(console: Console, measured: Sequence[Measured], unmeasured: Sequence[Unmeasured]) -> None:
    """Print what every side has reached, what that comes to, and what could not be measured."""
    if measured:
        console.print(_sides(measured))
    if any(each.verdicts for each in measured):
        console.print(_verdicts(measured))
    for each in unmeasured:
        console.print(f"\n[red]{each.measure} could not be measured.[/] {escape(each.reason)}", soft_wrap=True)


def show_profile(console: Console, file: Path) -> None:
    """Print where a process has spent its time, by what it waited for and by what it did itself."""
    for order, words in (("cumulative", "with all that it calls"), ("tottime", "by itself")):
        printed = StringIO()
        pstats.Stats(str(file), stream=printed).strip_dirs().sort_stats(order).print_stats(_LINES_OF_PROFILE)
        console.print(f"\n[bold]{escape(file.name)}, time of each function {words}[/]")
        console.print(printed.getvalue().strip(), highlight=False, markup=False, soft_wrap=True)


def as_json(
    plan: Plan,
    machine: Mapping[str, str],
    mean_size: float,
    measured: Sequence[Measured],
    unmeasured: Sequence[Unmeasured],
) -> str:
    """Everything, with every single run."""
    document: dict[str, Any] = {
        "machine": dict(machine),
        "events": plan.events,
        "runs": plan.runs,
        "profiled": plan.profiled,
        "mean_size_bytes": round(mean_size),
        "measures": {each.measure: _as_values(each) for each in measured},
        "unmeasured": {each.measure: each.reason for each in unmeasured},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _as_values(measured: Measured) -> dict[str, Any]:
    return {
        "sides": {
            side.name: {
                "median": {name: round(side.median(name), 1) for name in side.figures},
                "runs": {name: [round(value, 1) for value in side.values(name)] for name in side.figures},
                "peak_mib": {name: round(peak, 1) for name, peak in side.peaks.items()},
            }
            for side in measured.sides
        },
        "verdicts": [
            {
                "question": each.question,
                "value": round(each.value, 3),
                "unit": each.unit,
                "at_least": each.at_least,
                "at_most": each.at_most,
                "reached": each.reached,
            }
            for each in measured.verdicts
        ],
    }


def _sides(measured: Sequence[Measured]) -> Table:
    table = Table("measure", "side", title="What each side reaches: the median, and the spread of its runs")
    table.add_column("median", justify="right")
    table.add_column("spread", justify="right")
    table.add_column("peak memory in MiB")
    for each in measured:
        for number, side in enumerate(each.sides):
            table.add_row(
                each.measure if number == 0 else "",
                side.name,
                "\n".join(_median(side.median(name), name) for name in side.figures),
                "\n".join(_spread(side.values(name)) for name in side.figures),
                "\n".join(_peaks(side.peaks)),
            )
        table.add_section()
    return table


def _median(value: float, figure: str) -> str:
    name, _, unit = figure.rpartition(" ")
    return f"{name} {value:,.0f} {unit}".strip()


def _spread(values: Sequence[float]) -> str:
    return f"{min(values):,.0f} – {max(values):,.0f}"


def _peaks(peaks: Mapping[str, float]) -> list[str]:
    if len(peaks) == 1:
        return [f"{peak:.0f}" for peak in peaks.values()]
    return [f"{name} {peak:.0f}" for name, peak in peaks.items()]


def _verdicts(measured: Sequence[Measured]) -> Table:
    table = Table("question", title="What that comes to")
    table.add_column("answer", justify="right")
    table.add_column("to reach", justify="right")
    table.add_column("")
    for each in measured:
        for verdict in each.verdicts:
            table.add_row(verdict.question, _figure(verdict.value, verdict), _demand(verdict), _words(verdict))
    return table


def _figure(value: float, verdict: Verdict) -> str:
    return f"{value:,.0f} ms" if verdict.unit == "ms" else f"{value:.2f} {verdict.unit}"


def _demand(verdict: Verdict) -> str:
    if verdict.at_least is not None:
        return f"at least {verdict.at_least:g} {verdict.unit}"
    if verdict.at_most is not None:
        return f"at most {verdict.at_most:g} {verdict.unit}"
    return ""


def _words(verdict: Verdict) -> str:
    match verdict.reached:
        case True:
            return "[green]reached[/]"
        case False:
            return "[red]not reached[/]"
        case None:
            return "reported"
