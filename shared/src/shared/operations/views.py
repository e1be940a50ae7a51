"""Values that the operators' pages and API show: failures, groups and interventions."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

from shared.events.failures import State

Standing = Literal[State.RETRYING, State.PARKED]
"""The states of a failed event; one that waits behind it has not failed itself."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Action(StrEnum):
    """What an operator can do about a failure."""

    RETRY = "retry"
    EDIT = "edit"
    DISCARD = "discard"


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed event, with how many later ones of its subject wait behind it.

    `outgoing` is an event of this service that could not be sent. Bytes that are no event have a reason, but neither an
    `event_id` nor a type nor a subject.
    """

    id: UUID
    outgoing: bool
    identity: UUID
    event_id: str | None
    state: State
    type: str | None
    source: str | None
    subject: str | None
    reason: str
    attempts: int
    first_failed_at: datetime
    last_failed_at: datetime
    retry_at: datetime | None
    trace_id: str | None
    waiting: int


@dataclass(frozen=True, slots=True)
class FailureInFull(Failure):
    """A failure with the body that arrived. `version` is 1 plus the number of edits."""

    version: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Alike:
    """What failures of one group have in common."""

    outgoing: bool
    type: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Failures that are alike: how many, since when, and how many events wait behind them."""

    alike: Alike
    failures: int
    waiting: int
    first_failed_at: datetime
    last_failed_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A position in the list of failures (cursor): after this failure, which may be gone."""

    first_failed_at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{(self.first_failed_at - _EPOCH) // timedelta(microseconds=1)}.{self.id}"

    @classmethod
    def read(cls, written: str) -> "Place":
        """Parse the place that `str` has written."""
        microseconds, _, id = written.partition(".")
        return cls(_EPOCH + timedelta(microseconds=int(microseconds)), UUID(id))


@dataclass(frozen=True, slots=True)
class Selection:
    """Filters of failures, all of which must hold. The type "" selects bytes that are no event."""

    state: Standing | None = None
    outgoing: bool | None = None
    type: str | None = None
    reason: str | None = None
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class FailurePage:
    """A page of failures, and the position of the next page, if there is one."""

    failures: list[Failure]
    next: Place | None


@dataclass(frozen=True, slots=True)
class Intervention:
    """What an operator has done about an event, with the body as it was before."""

    id: UUID
    event_id: str | None
    action: Action
    reason: str | None
    operator: str
    done_at: datetime
    body: str
