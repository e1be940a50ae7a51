"""Who takes part: the daycares of the municipalities."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Daycare:
    """A daycare by its P-number (10 digits). Ages are the years of the youngest and oldest children it takes."""

    id: UUID
    p_number: str
    name: str
    kind: DaycareKind
    ownership: Ownership
    age_from: int
    age_to: int
    municipality: str
