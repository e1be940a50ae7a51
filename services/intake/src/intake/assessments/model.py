"""What reviewers say of an application, each by themselves (bedømmelse)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody who assesses. `employers` are all that are one with the municipality that employs them, if one does.

    Whoever `sees_all` reads what others have said as soon as enough of them are in.
    """

    subject: str
    employers: frozenset[str] = frozenset()
    sees_all: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """What a reviewer gives one criterion, from 0 to the highest of its scale, and why; a draft may lack the points."""

    criterion: str
    points: int | None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The scores as they were handed in, one per criterion. `reason` says why they replaced those before."""

    scores: tuple[Score, ...]
    handed_in_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why somebody may not assess an application (inhabilitet), in their own words."""

    reason: str
    declared_at: datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """One reviewer's own work on one application: a draft, then the sheets handed in, the oldest first.

    `version` rises with every change, so that nothing is written over from another window.
    """

    id: UUID
    application_id: UUID
    reviewer: str
    taken_at: datetime
    draft: tuple[Score, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    conflict: Conflict | None = None
    version: int = 1

    @property
    def is_in(self) -> bool:
        """Whether there is a sheet that counts."""
        return bool(self.sheets) and self.conflict is None

    @property
    def scores(self) -> tuple[Score, ...]:
        """What the reviewer has before them: the last sheet, or else the draft."""
        return self.sheets[-1].scores if self.sheets else self.draft


@dataclass(frozen=True, slots=True)
class Panel:
    """Everybody's work on one application."""

    assessments: tuple[Assessment, ...] = ()

    @property
    def counting(self) -> tuple[Assessment, ...]:
        """The work that is in and counts, in the order in which it was taken on."""
        return tuple(each for each in self.assessments if each.is_in)

    def of(self, reviewer: str) -> Assessment | None:
        """The work of one reviewer."""
        return next((each for each in self.assessments if each.reviewer == reviewer), None)

    def with_(self, changed: Assessment) -> "Panel":
        """The panel after one reviewer's work has changed."""
        return Panel(tuple(changed if each.id == changed.id else each for each in self.assessments))
