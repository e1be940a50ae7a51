"""Facts about programmes."""

from typing import ClassVar

from shared.contracts.base import Fact
from shared.contracts.intake.base import IntakeEvent
from shared.contracts.kinds import Count, Day, Slug, VersionNumber
from shared.contracts.vocabulary import IntakeMode, Names, Requirement, Skill


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
