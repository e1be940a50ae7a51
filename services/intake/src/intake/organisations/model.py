"""Who takes part: the daycares of the municipalities."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Ownership(StrEnum):
    """Who runs a daycare (ejerform)."""

    MUNICIPAL = "municipal"
    SELF_GOVERNING = "self_governing"
    PRIVATE = "private"


class DaycareKind(StrEnum):
    """What sort of daycare it is (dagtilbudstype)."""

    CHILDMINDING = "childminding"
    NURSERY = "nursery"
    INTEGRATED = "integrated"
    KINDERGARTEN = "kindergarten"


class Ending(StrEnum):
    """Why there is no daycare under its P-number any more."""

    MERGED = "merged"
    SPLIT = "split"
    MOVED = "moved"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a daycare lies; `postal_code` is four digits, as in Denmark and Greenland."""

    street: str
    postal_code: str
    city: str


@dataclass(frozen=True, slots=True)
class End:
    """The first day on which a daycare was no more, and the daycares that follow it. The numbers are never reused."""

    how: Ending
    on: date
    successors: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Daycare:
    """A daycare by its P-number (10 digits). Ages are the years of the youngest and oldest children it takes.

    `cvr` (8 digits) is the number of whoever runs it, which several daycares may share.
    """

    id: UUID
    p_number: str
    name: str
    kind: DaycareKind
    ownership: Ownership
    age_from: int
    age_to: int
    municipality: str
    cvr: str | None = None
    address: Address | None = None
    end: End | None = None
    version: int = 1
