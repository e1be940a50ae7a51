"""Facts about applications."""

from enum import StrEnum
from typing import ClassVar

from shared.contracts.intake.base import IntakeEvent
from shared.contracts.kinds import Count, Day, MunicipalityCode, OpaqueId, Slug, VersionNumber
from shared.contracts.vocabulary import Skill


class ApplicationSubmitted(IntakeEvent):
    """An application met every rule, or was let in all the same after a refusal, and waits for a decision."""

    about: ClassVar[str] = "application_id"

    application_id: OpaqueId
    programme: Slug
    programme_version: VersionNumber
    round_id: OpaqueId | None
    municipality: MunicipalityCode
    daycares: tuple[OpaqueId, ...]
    on: Day


class ApplicationRefused(IntakeEvent):
    """An application was turned away by a rule, before anybody looked at it."""

    about: ClassVar[str] = "application_id"

    application_id: OpaqueId
    programme: Slug
    programme_version: VersionNumber
    municipality: MunicipalityCode
    rules: tuple[Slug, ...]
    on: Day


class RefusalOverridden(IntakeEvent):
    """Every rule that had turned an application away was set aside; an `ApplicationSubmitted` follows."""

    about: ClassVar[str] = "application_id"

    application_id: OpaqueId
    programme: Slug
    programme_version: VersionNumber
    municipality: MunicipalityCode
    rules: tuple[Slug, ...]
    on: Day


class ApplicationAssessed(IntakeEvent):
    """Enough reviewers have assessed an application, each by themselves; of several of these the last one counts.

    `points` is what they gave together, weighted, and `highest` the most that they could have given.
    """

    about: ClassVar[str] = "application_id"

    application_id: OpaqueId
    programme: Slug
    programme_version: VersionNumber
    round_id: OpaqueId | None
    municipality: MunicipalityCode
    reviewers: Count
    points: Count
    highest: Count
    on: Day


class ApplicationDeclined(IntakeEvent):
    """A caseworker said no, for a reason that stays with intake."""

    about: ClassVar[str] = "application_id"

    application_id: OpaqueId
    programme: Slug
    programme_version: VersionNumber
    municipality: MunicipalityCode
    on: Day


class ApplicationWaitlisted(IntakeEvent):
    """An application is good enough, but there is no room for it yet."""

    about: ClassVar[str] = "application_id"

    application_id: OpaqueId
    programme: Slug
    programme_version: VersionNumber
    municipality: MunicipalityCode
    on: Day


class ApplicationWithdrawn(IntakeEvent):
    """The applicant does not want it any more; nothing is decided on it from then on."""

    about: ClassVar[str] = "application_id"

    application_id: OpaqueId
    programme: Slug
    programme_version: VersionNumber
    municipality: MunicipalityCode
    on: Day


class Opening(StrEnum):
    """What opens the course of an accepted application."""

    ACCEPTANCE = "acceptance"
    AGREEMENT = "agreement"


class ApplicationAccepted(IntakeEvent):
    """A caseworker said yes.

    What was accepted before there were agreements says nothing of `course_opens_by`: the acceptance itself opened its
    course, and tells what the course needs to know. Since then an `AgreementSigned` follows, which tells that anew.
    """

    about: ClassVar[str] = "application_id"

    application_id: OpaqueId
    programme: Slug
    programme_version: VersionNumber
    municipality: MunicipalityCode
    daycares: tuple[OpaqueId, ...]
    skills: tuple[Skill, ...]
    hours: Count | None
    on: Day
    course_opens_by: Opening = Opening.ACCEPTANCE
