"""Who applies for what in the demo set, and what becomes of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Fate(StrEnum):
    """What becomes of an application that no rule turns away."""

    WAITS = "waits"
    DECLINED = "declined"
    WAITLISTED = "waitlisted"
    DECLINED_FROM_LIST = "declined from the waiting list"
    MOVED_UP = "accepted from the waiting list"
    WITHDRAWN = "withdrawn"
    GIVEN_UP = "withdrawn after it was accepted"
    ACCEPTED = "accepted"
    PROPOSED = "accepted, with an agreement proposed"
    HALF_SIGNED = "accepted, and signed by one party"
    AGREED = "agreed"


class Moment(StrEnum):
    """When it is sent, seen from its round."""

    EARLY = "before the round opens"
    IN_TIME = "while it is open"
    LATE = "after the deadline"
    LATE_ENTRY = "after the deadline, with a code"


class Reviews(StrEnum):
    """How far the reviewers have come with it."""

    NOBODY = "not taken on"
    TAKEN = "taken on"
    DRAFT = "a draft"
    ONE = "one is in"
    AGREE = "two are in"
    DISAGREE = "two are in and disagree"
    THREE = "three are in"
    CHANGED = "two are in, one of them changed"
    CONFLICT = "one is in, another has stepped back"


@dataclass(frozen=True, slots=True)
class PlannedApplication:
    """An application of the set, and what becomes of it.

    `daycares` are letters of `places.KINDS`, in its own municipality; `hours` are for a short course; `refused_by` are
    the rules that turn it away.
    """

    municipality: str
    daycares: str
    fate: Fate = Fate.WAITS
    kind: str = "administration"
    hours: int | None = None
    refused_by: frozenset[str] = frozenset()
    moment: Moment = Moment.IN_TIME
    reviews: Reviews = Reviews.NOBODY
    order: bool = False
    """Whether an order of the inspection is what makes it apply."""
    prepared: str | None = None
    """The outcome that the office has prepared and told nobody."""
    overridden: bool = False
    """Whether it is let in all the same."""
    substituted: str | None = None
    """The letter of the daycare that takes the place of the first after the award."""


def _refused(municipality: str, daycares: str, *rules: str, **more: Any) -> PlannedApplication:
    return PlannedApplication(municipality, daycares, refused_by=frozenset(rules), **more)


DECIDED = (
    PlannedApplication("0101", "nids", Fate.AGREED),
    PlannedApplication("0751", "nis", Fate.AGREED, substituted="v"),
    PlannedApplication("0561", "nd", Fate.AGREED),
    PlannedApplication("0957", "ns", Fate.AGREED),
    PlannedApplication("0400", "is", Fate.AGREED, moment=Moment.LATE_ENTRY),
    PlannedApplication("0773", "nd", Fate.ACCEPTED),
    PlannedApplication("0316", "ni", Fate.PROPOSED),
    PlannedApplication("0217", "vs", Fate.HALF_SIGNED),
    PlannedApplication("0376", "nid", Fate.MOVED_UP),
    PlannedApplication("0550", "ni", Fate.WAITLISTED),
    PlannedApplication("0741", "is", Fate.WAITLISTED),
    PlannedApplication("0607", "nv", Fate.DECLINED),
    PlannedApplication("0849", "nd", Fate.DECLINED),
    PlannedApplication("0265", "nis", Fate.DECLINED_FROM_LIST),
    PlannedApplication("0955", "ni", Fate.WITHDRAWN),
    PlannedApplication("0482", "nd", Fate.GIVEN_UP),
    _refused("0330", "n", "daycare_count"),
    _refused("0161", "ni", "applicant", kind="daycares"),
    _refused("0671", "nb", "young_children"),
    _refused("0306", "ni", "deadline", moment=Moment.LATE),
)
"""The round that is over and decided."""

ASSESSED = (
    PlannedApplication("0147", "nis"),
    PlannedApplication("0851", "nid", reviews=Reviews.TAKEN),
    PlannedApplication("0621", "ni", reviews=Reviews.DRAFT),
    PlannedApplication("0730", "nds", reviews=Reviews.ONE),
    PlannedApplication("0740", "nis", reviews=Reviews.AGREE),
    PlannedApplication("0316", "ns", reviews=Reviews.DISAGREE),
    PlannedApplication("0956", "ni", reviews=Reviews.THREE),
    PlannedApplication("0492", "is", reviews=Reviews.CONFLICT),
    PlannedApplication("0360", "nid", reviews=Reviews.CHANGED),
    PlannedApplication("0787", "nd", reviews=Reviews.AGREE, prepared="accept"),
    PlannedApplication("0661", "ni", reviews=Reviews.AGREE, prepared="accept"),
    PlannedApplication("0846", "nds", reviews=Reviews.AGREE, prepared="waitlist"),
    PlannedApplication("0959", "ni", reviews=Reviews.AGREE, prepared="decline"),
    PlannedApplication("0955", "ni", reviews=Reviews.AGREE),
    PlannedApplication("0760", "nid", Fate.WITHDRAWN),
    PlannedApplication("0825", "n", refused_by=frozenset({"daycare_count"}), overridden=True),
    _refused("0563", "i", "daycare_count"),
    _refused("0851", "nv", "one_application"),
    _refused("0306", "ni", "round_open", moment=Moment.EARLY),
    _refused("0161", "nidsvb", "daycare_count", "young_children"),
)
"""The round that is over and being assessed."""

OPEN = (
    PlannedApplication("0101", "sv"),
    PlannedApplication("0751", "dv"),
    PlannedApplication("0561", "is"),
    PlannedApplication("0960", "ni"),
    PlannedApplication("0957", "iv"),
    PlannedApplication("0400", "nd"),
    PlannedApplication("0265", "nis"),
    PlannedApplication("0607", "nid"),
    PlannedApplication("0849", "nds"),
    PlannedApplication("0550", "ni"),
    PlannedApplication("0330", "ni"),
    PlannedApplication("0161", "nis"),
    PlannedApplication("0316", "ds"),
    PlannedApplication("0306", "ni"),
    PlannedApplication("0376", "vs"),
    PlannedApplication("0217", "ni", Fate.WITHDRAWN),
    _refused("0741", "i", "daycare_count"),
    _refused("0492", "ib", "young_children"),
    _refused("0147", "ni", "applicant", kind="mixed"),
    _refused("0773", "n", "applicant", "daycare_count", kind="daycare"),
)
"""The round that is open."""

ROLLING = (
    PlannedApplication("0161", "v", Fate.AGREED, kind="daycare", hours=20, order=True),
    PlannedApplication("0751", "s", Fate.AGREED, kind="daycare", hours=12),
    PlannedApplication("0773", "d", Fate.ACCEPTED, kind="daycare", hours=10),
    PlannedApplication("0561", "nis", kind="daycares", hours=16),
    PlannedApplication("0400", "d", hours=8),
    PlannedApplication("0957", "nv", kind="mixed", hours=20),
    PlannedApplication("0740", "b", kind="daycare", hours=6),
    PlannedApplication("0316", "v", Fate.DECLINED, kind="daycare", hours=20),
    PlannedApplication("0482", "d", Fate.WITHDRAWN, kind="daycare", hours=5),
    PlannedApplication("0825", "d", Fate.WAITLISTED, kind="daycare", hours=4),
    _refused("0330", "v", "hour_cap", kind="daycare", hours=24),
    _refused("0265", "s", "hours_stated", kind="daycare"),
)
"""Short courses, which take applications at any time."""

ROUNDS = {"decided": DECIDED, "assessed": ASSESSED, "open": OPEN}
