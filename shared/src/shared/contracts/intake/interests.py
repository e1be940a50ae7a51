"""Facts about interest lists and the places offered from them."""

from typing import ClassVar

from shared.contracts.intake.base import IntakeEvent
from shared.contracts.kinds import Day, OpaqueId, Slug


class InterestRegistered(IntakeEvent):
    """Somebody wants to be told of the next gathering of a programme, of one of its forms or on one of its topics."""

    about: ClassVar[str] = "interest_id"

    interest_id: OpaqueId
    programme: Slug
    form: Slug | None
    topic: Slug | None
    on: Day


class OfferAccepted(IntakeEvent):
    """Somebody from an interest list has said yes to the place that they were offered."""

    about: ClassVar[str] = "registration_id"

    registration_id: OpaqueId
    cohort_id: OpaqueId
    interest_id: OpaqueId
    on: Day


class OfferLapsed(IntakeEvent):
    """The time to answer an offer is over; where it has been answered before, this changes nothing."""

    about: ClassVar[str] = "registration_id"

    registration_id: OpaqueId
    cohort_id: OpaqueId
