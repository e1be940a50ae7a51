"""What the office and a municipality agree on before a course opens (samarbejdsaftale)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class Party(StrEnum):
    """Who must sign."""

    APPLICANT = "applicant"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Signature:
    """That somebody has signed for a party. `by` is their id; the name stays in intake."""

    party: Party
    by: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What may be changed until everybody has signed: the first day of the course, and hours of advice."""

    starts_on: date
    hours: int | Decimal | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement on one accepted application. What else it says – the daycares – stands in the application.

    `version` rises with every change, so that nobody signs what has changed meanwhile.
    """

    id: UUID
    application_id: UUID
    municipality: str
    programme: str
    terms: Terms
    drafted_at: datetime
    drafted_by: str
    signatures: tuple[Signature, ...] = ()
    remind_at: datetime | None = None
    """When the applicant is reminded to sign; nothing once they have signed or been reminded."""
    version: int = 1

    @property
    def missing(self) -> tuple[Party, ...]:
        """The parties that have not signed."""
        signed = {signature.party for signature in self.signatures}
        return tuple(party for party in Party if party not in signed)

    @property
    def is_signed(self) -> bool:
        """Whether both parties have signed, so that nothing changes any more."""
        return not self.missing

    def has_missed_its_start(self, today: date) -> bool:
        """Whether the first day of the course passed before both had signed, so that nobody can sign."""
        return not self.is_signed and self.terms.starts_on < today
