"""Facts about agreements, and the daycares named in them."""

from typing import ClassVar

from shared.contracts.intake.base import IntakeEvent
from shared.contracts.kinds import Count, Day, MunicipalityCode, OpaqueId, Slug, VersionNumber
from shared.contracts.vocabulary import Skill


class DaycareSubstituted(IntakeEvent):
    """After the award a daycare has `joined` in the place of one that has `left`.

    `skills` are those that the course needs from then on. Where there is an `agreement_id`, the agreement is signed, so
    that there is a course; without one, the agreement that is signed later names the daycare that has joined.
    """

    about: ClassVar[str] = "application_id"

    application_id: OpaqueId
    programme: Slug
    programme_version: VersionNumber
    agreement_id: OpaqueId | None
    left: OpaqueId
    joined: OpaqueId
    skills: tuple[Skill, ...]
    on: Day


class SignatureAwaited(IntakeEvent):
    """An agreement was to be signed by the applicant two weeks ago; where that has happened, this changes nothing."""

    about: ClassVar[str] = "agreement_id"

    agreement_id: OpaqueId
    application_id: OpaqueId


class AgreementSigned(IntakeEvent):
    """Both parties have signed what an accepted application is to become: the course may open, and starts on a day."""

    about: ClassVar[str] = "agreement_id"

    agreement_id: OpaqueId
    application_id: OpaqueId
    programme: Slug
    programme_version: VersionNumber
    municipality: MunicipalityCode
    daycares: tuple[OpaqueId, ...]
    skills: tuple[Skill, ...]
    hours: Count | None
    starts_on: Day
    on: Day
