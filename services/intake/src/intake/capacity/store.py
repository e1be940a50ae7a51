"""Writes the projection, through its tables alone, so that it can be rebuilt."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, update

from intake.capacity.model import Cost, Forecast, Month
from intake.capacity.tables import ForecastRow, OpenedCourseRow
from shared.contracts.scheduling.capacity import CapacityForecast
from shared.work import UnitOfWork


async def keep_newer(work: UnitOfWork, told: CapacityForecast) -> bool:
    """Keep a forecast unless a newer one is kept already; returns whether it was."""
    row = {"corps": told.corps, "as_of": told.as_of, "forecast": told.model_dump(mode="json")}
    statement = (
        insert(ForecastRow)
        .values(row)
        .on_conflict_do_update(index_elements=["corps"], set_=row, where=col(ForecastRow.as_of) <= told.as_of)
        .returning(col(ForecastRow.corps))
    )
    return await work.session.scalar(statement) is not None


async def note_opened(work: UnitOfWork, application_id: UUID) -> None:
    """Remember that an application has become a course, which no forecast knows yet."""
    row = {"application_id": application_id, "counted": False}
    await work.session.execute(insert(OpenedCourseRow).values(row).on_conflict_do_nothing())


async def note_counted(work: UnitOfWork) -> None:
    """Every course that has been heard of is known to the forecast that has come."""
    await work.session.execute(update(OpenedCourseRow).where(~col(OpenedCourseRow.counted)).values(counted=True))


def forecast_of(row: ForecastRow) -> Forecast:
    """The value that a row stands for."""
    told = CapacityForecast.model_validate(row.forecast)
    return Forecast(
        as_of=told.as_of,
        months=tuple(Month(each.month, each.available, each.bound) for each in told.months),
        costs=tuple(
            Cost(each.programme, each.programme_version, each.months, each.per_stated_hour) for each in told.costs
        ),
    )
