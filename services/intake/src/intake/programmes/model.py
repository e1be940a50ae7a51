"""A programme: a dated, versioned definition, so that a case is judged by what was in force on its day."""

from dataclasses import dataclass, field
from datetime import date

from intake.programmes.offer import Criterion, Offer
from intake.programmes.rules import HourCap, Rule
from shared.contracts.intake.programmes import PlannedPhase
from shared.contracts.vocabulary import IntakeMode, Names, Skill


@dataclass(frozen=True, slots=True)
class Programme:
    """One version of a programme, in force from `valid_from` to `valid_until`, both days included.

    Where people register instead of applying, there is no course, and so neither duration nor phases.
    """

    slug: str
    version: int
    names: Names
    valid_from: date
    valid_until: date | None
    intake: IntakeMode
    duration_months: int | None
    team_size: int
    rules: tuple[Rule, ...]
    phases: tuple[PlannedPhase, ...]
    skills: tuple[Skill, ...]
    criteria: tuple[Criterion, ...] = ()
    offer: Offer = field(default_factory=Offer)
    redacted: bool = False
    """Whether reviewers read applications without the names of places and people."""
    sealed: bool = False
    """Whether the staff reads an application to a round only when its deadline has passed."""

    @property
    def hour_cap(self) -> int | None:
        """The most hours a course may take, where the programme sets a limit."""
        return next((rule.at_most for rule in self.rules if isinstance(rule, HourCap)), None)

    def in_force(self, day: date) -> bool:
        """Whether a case of this day is judged by this version."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
