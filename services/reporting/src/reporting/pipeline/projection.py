"""The pipeline as a projection: its tables follow from events alone, and can be rebuilt from the log."""

from sqlmodel import SQLModel

from reporting.pipeline.handlers import on
from reporting.pipeline.tables import CaseRow, StretchRow
from shared.events.projections import Projection

_ROWS: tuple[type[SQLModel], ...] = (CaseRow, StretchRow)

PIPELINE = Projection("pipeline", on, tuple(row.metadata.tables[f"reporting.{row.__tablename__}"] for row in _ROWS))
