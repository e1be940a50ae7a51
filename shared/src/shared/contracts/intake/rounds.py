"""Facts about rounds of applications."""

from typing import ClassVar

from shared.contracts.intake.base import IntakeEvent
from shared.contracts.kinds import Moment, OpaqueId, Slug


class RoundOpened(IntakeEvent):
    """Applications to a programme are taken until, and not at, `closes_at`."""

    about: ClassVar[str] = "round_id"

    round_id: OpaqueId
    programme: Slug
    opens_at: Moment
    closes_at: Moment


class RoundExtended(IntakeEvent):
    """The deadline of a round is later than was announced: applications are taken until, and not at, `closes_at`.

    A round that had been closed is open again.
    """

    about: ClassVar[str] = "round_id"

    round_id: OpaqueId
    programme: Slug
    closes_at: Moment


class DeadlineApproached(IntakeEvent):
    """The deadline of a round is a week away, or less where it was announced or moved later than that.

    Applications are taken until, and not at, `closes_at`.
    """

    about: ClassVar[str] = "round_id"

    round_id: OpaqueId
    programme: Slug
    closes_at: Moment


class RoundClosed(IntakeEvent):
    """The deadline of a round has passed: no more applications are taken."""

    about: ClassVar[str] = "round_id"

    round_id: OpaqueId
    programme: Slug
