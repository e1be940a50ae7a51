"""What moves when a municipality becomes part of another."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stock:
    """How much is still open in a municipality, kind by kind, as far as the staff may know of it.

    Drafts move too, and so do applications that are sealed; that there are any is nobody's to know yet.
    """

    daycares: int
    """That have not ended."""
    applications: int
    """That still count: submitted, waiting, accepted or agreed."""
    agreements: int
    """On those."""
    late_entries: int
    """Whose codes have not been used."""
    enquiries: int
    """That wait for an answer."""
