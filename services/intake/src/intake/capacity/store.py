"""The rows of the projection as values."""

from collections.abc import Mapping
from typing import Any

from intake.capacity.model import Cost, Forecast, Month
from shared.contracts.scheduling.capacity import CapacityForecast


def told_in(document: Mapping[str, Any] | None) -> CapacityForecast | None:
    """What scheduling has told, as its row holds it, if it has told anything."""
    return None if document is None else CapacityForecast.model_validate(document)


def document_of(told: CapacityForecast | None) -> dict[str, Any] | None:
    """The same as its row is to hold it."""
    return None if told is None else told.model_dump(mode="json")


def forecast_of(told: CapacityForecast) -> Forecast:
    """What is counted with."""
    return Forecast(
        as_of=told.as_of,
        months=tuple(Month(each.month, each.available, each.bound) for each in told.months),
        costs=tuple(
            Cost(each.programme, each.programme_version, each.months, each.per_stated_hour) for each in told.costs
        ),
    )
