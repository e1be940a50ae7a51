"""What becomes of a daycare."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from intake.organisations.model import Daycare, End, Ending
from shared.decision import Decision
from shared.errors import Refused
from shared.horizon import must_be_near

FOLLOWED_BY = {Ending.MERGED: (1, 1), Ending.SPLIT: (2, 20), Ending.MOVED: (1, 1), Ending.CLOSED: (0, 0)}
"""How many daycares follow one that ends so: at least and at most."""


def end_daycare(daycare: Daycare, end: End, successors: Sequence[Daycare], now: datetime) -> Decision[Daycare]:
    """Note that a daycare is no more, and which follow it: what has been written about it stays.

    Raises `Refused` when it has ended already, when the number of successors does not fit how it ends, when one of
    them is the daycare itself or has ended too, or when the day is one that nobody plans for.
    """
    if daycare.end is not None:
        raise Refused("daycare-ended", daycares=[daycare.name])
    at_least, at_most = FOLLOWED_BY[end.how]
    if not at_least <= len(successors) <= at_most:
        raise Refused("successors-do-not-fit", count=len(successors), at_least=at_least, at_most=at_most)
    if any(successor.id == daycare.id for successor in successors):
        raise Refused("successor-of-itself")
    if ended := [successor.name for successor in successors if successor.end is not None]:
        raise Refused("daycare-ended", daycares=ended)
    must_be_near("on", end.on, now)
    return Decision(replace(daycare, end=end))


def cvr_is_right(cvr: str) -> bool:
    """Whether eight digits can be a CVR number: weighted 2, 7, 6, 5, 4, 3, 2, 1 they add up to a multiple of eleven.

    P-numbers have no check digit.
    """
    return sum(weight * int(digit) for weight, digit in zip((2, 7, 6, 5, 4, 3, 2, 1), cvr, strict=True)) % 11 == 0
