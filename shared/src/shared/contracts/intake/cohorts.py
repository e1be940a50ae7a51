"""Facts about cohorts: gatherings that people register for."""

from typing import ClassVar

from shared.contracts.intake.base import IntakeEvent
from shared.contracts.kinds import Count, Day, OpaqueId, Slug, VersionNumber


class CohortAnnounced(IntakeEvent):
    """People can register for a gathering on a day: a learning day, a conference, a theme day, a training."""

    about: ClassVar[str] = "cohort_id"

    cohort_id: OpaqueId
    programme: Slug
    programme_version: VersionNumber
    starts_on: Day
    places: Count
    on: Day


class CohortChanged(IntakeEvent):
    """A gathering that has been announced is otherwise than it was; of several of these the highest version counts."""

    about: ClassVar[str] = "cohort_id"

    cohort_id: OpaqueId
    programme: Slug
    version: VersionNumber
    starts_on: Day
    places: Count
    on: Day


class CohortCancelled(IntakeEvent):
    """A gathering that had been announced does not take place."""

    about: ClassVar[str] = "cohort_id"

    cohort_id: OpaqueId
    programme: Slug
    on: Day
