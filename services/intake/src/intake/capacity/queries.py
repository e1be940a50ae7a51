"""What others may read of the corps' capacity."""

from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from intake.capacity.model import Forecast
from intake.capacity.store import forecast_of, told_in
from intake.capacity.tables import ForecastRow
from shared.contracts.scheduling.capacity import CORPS
from shared.identity import Role
from shared.work import UnitOfWork

READERS = frozenset({Role.CASEWORKER, Role.COORDINATOR, Role.ADMINISTRATOR})
"""Who sees what the corps can take on."""


async def newest_forecast(work: UnitOfWork) -> Forecast | None:
    """The forecast that was told last, if any has been."""
    row = await work.session.scalar(select(ForecastRow).where(ForecastRow.corps == CORPS))
    told = None if row is None else told_in(row.forecast)
    return None if told is None else forecast_of(told)


def is_counted(application_id: Any) -> ColumnElement[bool]:
    """Whether the course of an application, given as a column, is in the newest forecast."""
    is_counted: ColumnElement[bool] = application_id.in_(select(func.unnest(col(ForecastRow.counted))))
    return is_counted
