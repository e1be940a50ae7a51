"""Facts about registrations for gatherings."""

from typing import ClassVar

from shared.contracts.intake.base import IntakeEvent
from shared.contracts.kinds import Count, Day, MunicipalityCode, OpaqueId, Slug


class RegistrationConfirmed(IntakeEvent):
    """So many people have places at a gathering, at once or after they had waited."""

    about: ClassVar[str] = "registration_id"

    registration_id: OpaqueId
    cohort_id: OpaqueId
    programme: Slug
    municipality: MunicipalityCode | None
    people: Count
    on: Day


class RegistrationCancelled(IntakeEvent):
    """People who had places at a gathering do not come; those who waited may have moved up."""

    about: ClassVar[str] = "registration_id"

    registration_id: OpaqueId
    cohort_id: OpaqueId
    programme: Slug
    municipality: MunicipalityCode | None
    people: Count
    on: Day


class AttendanceRecorded(IntakeEvent):
    """So many of those who had places at a gathering were there; what is told later of the same one replaces it."""

    about: ClassVar[str] = "cohort_id"

    cohort_id: OpaqueId
    programme: Slug
    present: Count
    absent: Count
    on: Day
