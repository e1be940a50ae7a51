"""What somebody has asked for at an address, until whoever reads its e-mails says that it is so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

DAYS_TO_CONFIRM = 3
"""Whole days; what has not been confirmed by then is forgotten."""


class ConfirmationKind(StrEnum):
    """What becomes of it."""

    REGISTRATION = "registration"
    INTEREST = "interest"


@dataclass(frozen=True, slots=True)
class Pending:
    """What has been `said`, as it came in, `about` a gathering or a programme. It takes no place and is no fact yet."""

    kind: ConfirmationKind
    about: str
    mailbox: str
    language: Literal["da", "en"]
    said: Mapping[str, Any]
    asked_at: datetime

    @property
    def lapses_at(self) -> datetime:
        """The first moment at which it can no longer be confirmed."""
        return self.asked_at + timedelta(days=DAYS_TO_CONFIRM)
