"""The 98 Danish and 5 Greenlandic municipalities; codes as in the public municipality register.

A position is that of the town where the town hall stands, to two decimals, about a kilometre: enough for distances
between municipalities, not for finding a door. The file says where its codes, names and positions come from.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from shared.alphabet import danish


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality; `code` is its four digits, `latitude` and `longitude` are degrees north and east (WGS 84)."""

    code: str
    name: str
    latitude: float
    longitude: float


@cache
def municipalities() -> dict[str, Municipality]:
    """Every municipality by its four-digit code, in the order of their names."""
    with files("shared").joinpath("municipalities.csv").open(encoding="utf-8") as file:
        lines = (line for line in file if not line.startswith("#"))
        rows = sorted(csv.DictReader(lines, delimiter=";"), key=lambda row: danish(row["name"]))
    return {
        row["code"]: Municipality(row["code"], row["name"], float(row["latitude"]), float(row["longitude"]))
        for row in rows
    }
