"""The pipeline as a projection: its tables follow from events alone, and can be rebuilt from them."""

from reporting.pipeline.folds import cases, courses
from reporting.pipeline.store import document_of, stretches_of
from reporting.pipeline.tables import CaseRow, CourseRow
from shared.data_mapper import Part
from shared.events.projections import Projection
from shared.events.shelves import Shelf

_STRETCHES = Part(["stretches"], lambda held: [document_of(held)], stretches_of)

PIPELINE = Projection("pipeline", Shelf(cases, CaseRow), Shelf(courses, CourseRow, stretches=_STRETCHES))
