"""The 98 Danish and 5 Greenlandic municipalities; codes as in the public municipality register."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality; `code` is its four digits."""

    code: str
    name: str


@cache
def municipalities() -> dict[str, Municipality]:
    """Every municipality by its four-digit code."""
    with files("shared").joinpath("municipalities.csv").open(encoding="utf-8") as file:
        return {row["code"]: Municipality(**row) for row in csv.DictReader(file, delimiter=";")}
