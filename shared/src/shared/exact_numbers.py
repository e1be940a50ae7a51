"""Numbers that people state, kept to the last digit."""

from decimal import Decimal


def plain_number(value: int | Decimal) -> int | float:
    """A number as JSON has it, without a point where it is whole."""
    return int(value) if value == int(value) else float(value)
