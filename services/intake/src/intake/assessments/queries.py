"""Read-only views of the assessments: what is on a reviewer's desk, and how far each application has come."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from intake.applications.model import Application, ApplicationStatus
from intake.applications.queries import Outline, application_by_id, outlines
from intake.assessments import decisions
from intake.assessments.model import Assessment, Conflict, Panel, Reviewer, Sheet
from intake.assessments.reading import Reading, whole, without_names
from intake.assessments.results import REVIEWERS_NEEDED, Result, Total, total
from intake.assessments.store import assessments_of, load_panel
from intake.assessments.tables import AssessmentRow
from intake.assessments.texts import Wording, aliases
from intake.attachments.model import Attachment
from intake.attachments.queries import attachments
from intake.municipalities.queries import one_with
from intake.programmes.model import Programme
from intake.programmes.queries import programme_version, programmes
from shared.identity import Identity, Role
from shared.municipalities import municipalities
from shared.work import UnitOfWork

REVIEWERS = frozenset({Role.REVIEWER, Role.CASEWORKER})
"""Who assesses."""
STAFF = frozenset({Role.CASEWORKER, Role.COORDINATOR, Role.ADMINISTRATOR})
"""Who reads what reviewers say, once enough of them are in."""
READERS = REVIEWERS | STAFF


@dataclass(frozen=True, slots=True)
class AssessmentLine:
    """One application in a list, with everybody's work on it."""

    application: Outline
    programme: Programme
    panel: Panel

    @property
    def result(self) -> Result | None:
        return decisions.result_of_panel(self.programme.criteria, self.panel)

    @property
    def takers(self) -> int:
        """How many have taken it on, without those who have stepped back."""
        return sum(each.conflict is None for each in self.panel.assessments)


@dataclass(frozen=True, slots=True)
class Opened:
    """One application with everybody's work on it; not all of it is for everybody, see `Sight`."""

    application: Application
    programme: Programme
    panel: Panel


@dataclass(frozen=True, slots=True)
class Member:
    """One of those who assess an application. Sheets and total are there once enough are in.

    Why somebody has stepped back is for the staff alone.
    """

    name: str
    is_in: bool
    sheets: tuple[Sheet, ...]
    total: Total | None
    conflict: Conflict | None


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody may see of an application that is assessed.

    `reading` is its content, once they have taken it on; `panel` and `result` are everybody's work, once it can no
    longer colour their own. `municipality` is left out with the other names, and so are `unread` files: nobody can take
    the names out of those.
    """

    id: UUID
    programme: Programme
    status: ApplicationStatus
    submitted_at: datetime
    municipality: str | None
    own: Assessment | None
    may_take: bool
    reading: Reading | None
    attachments: tuple[Attachment, ...]
    unread: int
    panel: tuple[Member, ...] | None
    result: Result | None


async def reviewer_of(work: UnitOfWork, who: Identity) -> Reviewer:
    """Somebody as the decisions see them."""
    return Reviewer(who.subject, await one_with(work, who.municipality), sees_all=bool(STAFF & who.roles))


async def opened(work: UnitOfWork, application_id: UUID) -> Opened | None:
    """The application with everybody's work on it, if there is one that is assessed at all."""
    application = await application_by_id(work, application_id)
    if application is None:
        return None
    programme = await programme_version(work, application.programme, application.programme_version)
    if not programme.criteria:
        return None
    return Opened(application, programme, await load_panel(work, application_id))


async def sight(work: UnitOfWork, application_id: UUID, who: Identity, words: Wording) -> Sight | None:
    """What somebody may see of an application, if there is one. Raises `Refused` where it is not for them at all."""
    found = await opened(work, application_id)
    if found is None:
        return None
    reviewer = await reviewer_of(work, who)
    decisions.must_be_impartial(found.application, found.panel, reviewer)
    own = found.panel.of(reviewer.subject)
    others = decisions.may_see_others(found.panel, reviewer)
    result = decisions.result_of_panel(found.programme.criteria, found.panel)
    reads = own is not None or reviewer.sees_all
    reading = await _reading(work, found, reviewer, words)
    files = tuple(await attachments(work, application_id)) if reads else ()
    nameless = reading.municipality is None
    return Sight(
        id=application_id,
        programme=found.programme,
        status=found.application.status,
        submitted_at=found.application.submitted_at,
        municipality=reading.municipality,
        own=own,
        may_take=bool(REVIEWERS & who.roles)
        and decisions.may_take(found.application, found.programme, found.panel, reviewer),
        reading=reading if reads else None,
        attachments=() if nameless else files,
        unread=len(files) if nameless else 0,
        panel=_members(found, reviewer, words, result) if others else None,
        result=result if others else None,
    )


async def readable_attachment(
    work: UnitOfWork, application_id: UUID, id: UUID, who: Identity, words: Wording
) -> Attachment | None:
    """A file of the application, if there is such a one and somebody may read it. Raises like `sight`."""
    seen = await sight(work, application_id, who, words)
    return next((each for each in seen.attachments if each.id == id), None) if seen else None


def _members(found: Opened, reviewer: Reviewer, words: Wording, result: Result | None) -> tuple[Member, ...]:
    seen = found.panel.assessments if reviewer.sees_all else found.panel.counting
    return tuple(
        Member(
            name=words.name_of(each.reviewer),
            is_in=each.is_in,
            sheets=each.sheets if result else (),
            total=total(found.programme.criteria, each.scores) if result and each.is_in else None,
            conflict=each.conflict,
        )
        for each in seen
    )


async def _reading(work: UnitOfWork, found: Opened, reviewer: Reviewer, words: Wording) -> Reading:
    case, named = found.application.case, municipalities()
    if found.programme.redacted and not reviewer.sees_all:
        # what was written before a merger gives the name of then
        places = [named[code].name for code in sorted(await one_with(work, case.municipality))]
        return without_names(found.application, places, (words.name_of(case.applicant),), aliases(words.say))
    return whole(found.application, named[case.municipality].name)


async def lines_of(work: UnitOfWork, reviewer: Reviewer) -> list[AssessmentLine]:
    """What a reviewer has taken on, the newest first."""
    statement = select(AssessmentRow.application_id).where(AssessmentRow.reviewer == reviewer.subject)
    return await _lines(work, await outlines(work, (await work.session.scalars(statement)).all()))


async def open_lines(work: UnitOfWork) -> list[AssessmentLine]:
    """Every application that waits for a decision and is assessed: those with the fewest reviewers, then the oldest."""
    lines = await _lines(work, await outlines(work))
    return sorted(lines, key=lambda line: (line.takers, line.application.submitted_at, line.application.id))


async def lines_for(work: UnitOfWork, found: Sequence[Outline]) -> list[AssessmentLine]:
    """These applications, as far as they are assessed at all, with everybody's work on them."""
    return await _lines(work, found)


def waiting_for(reviewer: Reviewer, lines: Sequence[AssessmentLine]) -> list[AssessmentLine]:
    """Of the open lines, those that lack reviewers and that this one may take on."""
    return [line for line in lines if line.takers < REVIEWERS_NEEDED and _may_take(reviewer, line)]


def result_for(reviewer: Reviewer, line: AssessmentLine) -> Result | None:
    """What the reviewers of a line say together, where this one may know it."""
    return line.result if decisions.may_see_others(line.panel, reviewer) else None


def _may_take(reviewer: Reviewer, line: AssessmentLine) -> bool:
    own = line.application.municipality in reviewer.employers or line.application.is_of(reviewer.subject)
    return not own and line.panel.of(reviewer.subject) is None


async def _lines(work: UnitOfWork, found: Sequence[Outline]) -> list[AssessmentLine]:
    versions = {(each.slug, each.version): each for each in await programmes(work)}
    panels = await _panels(work, [each.id for each in found])
    lines = [AssessmentLine(each, versions[each.programme, each.programme_version], panels[each.id]) for each in found]
    return [line for line in lines if line.programme.criteria]


async def _panels(work: UnitOfWork, ids: Sequence[UUID]) -> defaultdict[UUID, Panel]:
    statement = select(AssessmentRow).where(col(AssessmentRow.application_id).in_(ids)).order_by(col(AssessmentRow.id))
    grouped: defaultdict[UUID, list[Assessment]] = defaultdict(list)
    for each in await assessments_of(work, (await work.session.scalars(statement)).all()):
        grouped[each.application_id].append(each)
    return defaultdict(Panel, {id: Panel(tuple(members)) for id, members in grouped.items()})


async def result_of(work: UnitOfWork, application_id: UUID) -> Result | None:
    """What enough reviewers say together of an application, if they have."""
    found = await opened(work, application_id)
    return None if found is None else decisions.result_of_panel(found.programme.criteria, found.panel)
