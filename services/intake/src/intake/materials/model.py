"""What is sent to those who come: a template before (kortlægningsskabelon), a plan to fill in after (handleplan)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class MaterialKind(StrEnum):
    """When it is sent, and to whom."""

    BEFORE = "before"
    """To all who have places, also to those who get them after it has been sent."""
    AFTER = "after"
    """To those who were there, as soon as that has been noted."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that is offered for download. `media_type` is as in `application/pdf`."""

    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Material:
    """A text, perhaps with a file, that is sent `days` before the first day or after the last.

    `version` rises with every change.
    """

    id: UUID
    cohort_id: UUID
    kind: MaterialKind
    days: int
    text: str
    file: File | None
    due_at: datetime
    sent_at: datetime | None = None
    version: int = 1
