"""Assessments: rows ↔ values."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlmodel import col, select

from intake.assessments.model import Assessment, Conflict, Panel, Score, Sheet
from intake.assessments.tables import AssessmentRow, SheetRow
from shared.work import UnitOfWork

_scores: TypeAdapter[tuple[Score, ...]] = TypeAdapter(tuple[Score, ...])


async def load_panel(work: UnitOfWork, application_id: UUID) -> Panel:
    """Everybody's work on one application."""
    statement = select(AssessmentRow).where(AssessmentRow.application_id == application_id)
    as_they_are = statement.order_by(col(AssessmentRow.id)).execution_options(populate_existing=True)
    rows = await work.session.scalars(as_they_are)
    return Panel(tuple(await assessments_of(work, rows.all())))


async def wait_for_turn(work: UnitOfWork) -> None:
    """Let one reviewer at a time be dealt applications, so that two are not dealt the same ones."""
    await work.session.execute(text("select pg_advisory_xact_lock(hashtextextended('praksis.assessments', 0))"))


def add_assessment(work: UnitOfWork, assessment: Assessment) -> None:
    """Keep work that has just been taken on."""
    row = AssessmentRow(
        id=assessment.id,
        version=assessment.version,
        application_id=assessment.application_id,
        reviewer=assessment.reviewer,
        taken_at=assessment.taken_at,
        draft=[],
        conflict_reason=None,
        conflict_at=None,
    )
    _fill(row, assessment)
    work.session.add(row)


async def save_assessment(work: UnitOfWork, assessment: Assessment) -> Assessment:
    """Keep what has changed, under the next version; sheets that are kept already stay as they are."""
    row = await work.session.get_one(AssessmentRow, assessment.id)
    _fill(row, assessment)
    row.version += 1
    kept = await work.session.scalars(select(SheetRow.position).where(SheetRow.assessment_id == assessment.id))
    for position, sheet in list(enumerate(assessment.sheets, start=1))[len(kept.all()) :]:
        work.session.add(
            SheetRow(
                assessment_id=assessment.id,
                position=position,
                scores=_scores.dump_python(sheet.scores, mode="json"),
                handed_in_at=sheet.handed_in_at,
                reason=sheet.reason,
            )
        )
    await work.session.flush()
    return (await assessments_of(work, [row]))[0]


async def assessments_of(work: UnitOfWork, rows: Sequence[AssessmentRow]) -> list[Assessment]:
    """The values that rows stand for; one query however many there are."""
    sheets: defaultdict[UUID, list[Sheet]] = defaultdict(list)
    found = await work.session.scalars(
        select(SheetRow)
        .where(col(SheetRow.assessment_id).in_([row.id for row in rows]))
        .order_by(col(SheetRow.assessment_id), col(SheetRow.position))
    )
    for each in found:
        scores = _scores.validate_python(each.scores)
        sheets[each.assessment_id].append(Sheet(scores, each.handed_in_at, each.reason))
    return [_assessment_of(row, tuple(sheets[row.id])) for row in rows]


def _fill(row: AssessmentRow, assessment: Assessment) -> None:
    conflict = assessment.conflict
    row.draft = _scores.dump_python(assessment.draft, mode="json")
    row.conflict_reason = None if conflict is None else conflict.reason
    row.conflict_at = None if conflict is None else conflict.declared_at


def _assessment_of(row: AssessmentRow, sheets: tuple[Sheet, ...]) -> Assessment:
    return Assessment(
        id=row.id,
        application_id=row.application_id,
        reviewer=row.reviewer,
        taken_at=row.taken_at,
        draft=_scores.validate_python(row.draft),
        sheets=sheets,
        conflict=_conflict_of(row),
        version=row.version,
    )


def _conflict_of(row: AssessmentRow) -> Conflict | None:
    if row.conflict_reason is None or row.conflict_at is None:
        return None
    return Conflict(row.conflict_reason, row.conflict_at)
