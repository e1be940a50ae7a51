"""The facts that intake publishes."""

from enum import StrEnum
from typing import ClassVar

from shared.contracts.base import Event, Fact
from shared.contracts.kinds import Count, Day, Moment, MunicipalityCode, OpaqueId, PublicName, Slug, VersionNumber


class IntakeEvent(Event):
    """Any fact of intake."""

    producer: ClassVar[str] = "intake"


class IntakeMode(StrEnum):
    """How one gets into a programme."""

    ROUNDS = "rounds"
    ROLLING = "rolling"
    REGISTRATION = "registration"


class Scope(StrEnum):
    """Whether an instrument is owed once by the course or once by each of its daycares."""

    COURSE = "course"
    DAYCARE = "daycare"


class Instrument(StrEnum):
    """A measurement that a phase may owe."""

    OBSERVATION = "observation"
    LEADERSHIP_SURVEY = "leadership_survey"


class Skill(StrEnum):
    """What a consultant can and a course may need; the first four are the themes of the 2017 call."""

    LEARNING_ENVIRONMENTS = "learning_environments"
    PARENTS = "parents"
    INTERDISCIPLINARY_WORK = "interdisciplinary_work"
    LEADERSHIP = "leadership"
    CHILDMINDING = "childminding"


class Requirement(Fact):
    """An instrument that a phase owes before it can be completed."""

    instrument: Instrument
    per: Scope


class Names(Fact):
    """What a thing is called on the screens."""

    da: PublicName
    en: PublicName


class PlannedPhase(Fact):
    """A phase of a programme, about `months` long.

    `hours_per_month` is what a course binds in each of them, all its consultants taken together; none where nobody has
    estimated it.
    """

    name: Slug
    names: Names
    months: Count
    owes: tuple[Requirement, ...] = ()
    hours_per_month: Count | None = None


class ProgrammePublished(IntakeEvent):
    """A version of a programme is in force from a date; a case is judged by the version of its own day."""

    about: ClassVar[str] = "programme"

    programme: Slug
    version: VersionNumber
    names: Names
    intake: IntakeMode
    valid_from: Day
    valid_until: Day | None
    team_size: Count
    hour_cap: Count | None
    phases: tuple[PlannedPhase, ...]
    skills: tuple[Skill, ...]


class MunicipalityMerged(IntakeEvent):
    """A municipality is part of another from a day on; what was open in it, intake has moved there.

    What has been told of an application before stays true of that day.
    """

    about: ClassVar[str] = "municipality"

    municipality: MunicipalityCode
    into: MunicipalityCode
    on: Day


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


class AttendanceRecorded(IntakeEvent):
    """So many of those who had places at a gathering were there; what is told later of the same one replaces it."""

    about: ClassVar[str] = "cohort_id"

    cohort_id: OpaqueId
    programme: Slug
    present: Count
    absent: Count
    on: Day


class MaterialDue(IntakeEvent):
    """The day has come on which a text is sent to those who come to a gathering, or were there."""

    about: ClassVar[str] = "material_id"

    material_id: OpaqueId
    cohort_id: OpaqueId


class NewsletterGroupDue(IntakeEvent):
    """The next group of readers is to be sent a newsletter."""

    about: ClassVar[str] = "issue_id"

    issue_id: OpaqueId


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


class IntakeSessionsEnded(IntakeEvent):
    """Somebody was signed out: the session of this id has ended, or every one of the person of this id."""

    about: ClassVar[str] = "ended_id"
    contract_name: ClassVar[str] = "SessionsEnded"

    ended_id: OpaqueId
    issued_until: Moment
    """Of a person, the sessions that began later go on."""
