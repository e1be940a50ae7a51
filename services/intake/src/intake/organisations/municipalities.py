"""The 98 Danish and 5 Greenlandic municipalities; codes as in the public municipality register."""

import csv
from functools import cache
from importlib.resources import files

from intake.organisations.model import Municipality


@cache
def municipalities() -> dict[str, Municipality]:
    """Every municipality by its four-digit code."""
    with files("intake.organisations").joinpath("municipalities.csv").open(encoding="utf-8") as file:
        return {row["code"]: Municipality(**row) for row in csv.DictReader(file, delimiter=";")}
