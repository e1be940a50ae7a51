"""What intake knows of the corps as a projection: it follows from events alone, and can be rebuilt from them."""

from intake.capacity.folds import corps
from intake.capacity.store import document_of, told_in
from intake.capacity.tables import ForecastRow
from shared.data_mapper import Part
from shared.events.projections import Projection
from shared.events.shelves import Shelf

_FORECAST = Part(["forecast"], lambda told: [document_of(told)], told_in)
_COUNTED, _UNCOUNTED = (Part([name], lambda held: [sorted(held)], frozenset) for name in ("counted", "uncounted"))

CAPACITY = Projection("capacity", Shelf(corps, ForecastRow, forecast=_FORECAST, counted=_COUNTED, uncounted=_UNCOUNTED))
