"""Assessments: rows ↔ values."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from intake.assessments.model import Assessment, Conflict, Panel, Score, Sheet
from intake.assessments.tables import AssessmentRow, SheetRow
from shared.data_mapper import ELSEWHERE, DataMapper, in_json, optional
from shared.work import UnitOfWork

_ASSESSMENTS = DataMapper(
    Assessment,
    AssessmentRow,
    draft=in_json("draft", tuple[Score, ...]),
    sheets=ELSEWHERE,
    conflict=optional(Conflict, "conflict_reason", "conflict_at"),
)
_SHEETS = DataMapper(
    Sheet, SheetRow, own={"assessment_id": None, "position": 0}, scores=in_json("scores", tuple[Score, ...])
)


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
    work.session.add(_ASSESSMENTS.row(assessment))


async def save_assessment(work: UnitOfWork, assessment: Assessment) -> Assessment:
    """Keep what has changed, under the next version; sheets that are kept already stay as they are."""
    row = await work.session.get_one(AssessmentRow, assessment.id)
    kept = await work.session.scalars(select(SheetRow.position).where(SheetRow.assessment_id == assessment.id))
    for position, sheet in list(enumerate(assessment.sheets, start=1))[len(kept.all()) :]:
        work.session.add(_SHEETS.row(sheet, assessment_id=assessment.id, position=position))
    return _ASSESSMENTS.update(row, assessment)


async def assessments_of(work: UnitOfWork, rows: Sequence[AssessmentRow]) -> list[Assessment]:
    """The values that rows stand for; one query however many there are."""
    sheets: defaultdict[UUID, list[Sheet]] = defaultdict(list)
    found = await work.session.scalars(
        select(SheetRow)
        .where(col(SheetRow.assessment_id).in_([row.id for row in rows]))
        .order_by(col(SheetRow.assessment_id), col(SheetRow.position))
    )
    for each in found:
        sheets[each.assessment_id].append(_SHEETS.value(each))
    return [_ASSESSMENTS.value(row, sheets=tuple(sheets[row.id])) for row in rows]
