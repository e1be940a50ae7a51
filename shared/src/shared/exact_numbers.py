"""Decimal numbers as JSON numbers."""

from decimal import Decimal


def plain_number(value: int | Decimal) -> int | float:
    """A number as JSON has it: an `int` where it is whole."""
    return int(value) if value == int(value) else float(value)
