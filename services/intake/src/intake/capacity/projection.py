"""What intake knows of the corps as a projection: it follows from events alone, and can be rebuilt from the log."""

from sqlmodel import SQLModel

from intake.capacity.handlers import on
from intake.capacity.tables import ForecastRow, OpenedCourseRow
from shared.events.projections import Projection

_ROWS: tuple[type[SQLModel], ...] = (ForecastRow, OpenedCourseRow)

CAPACITY = Projection("capacity", on, tuple(row.metadata.tables[f"intake.{row.__tablename__}"] for row in _ROWS))
