"""The newest forecast: row ↔ the event that told it, which is its value here."""

from sqlalchemy import text

from scheduling.capacity.tables import ForecastRow
from shared.contracts.scheduling.capacity import CORPS, CapacityForecast
from shared.work import UnitOfWork


async def load_forecast(work: UnitOfWork) -> CapacityForecast | None:
    """What was told last, if anything has been."""
    row = await work.session.get(ForecastRow, CORPS)
    return None if row is None else CapacityForecast.model_validate(row.forecast)


async def lock_forecast(work: UnitOfWork) -> CapacityForecast | None:
    """What was told last, held until this work ends: who counts at the same time waits, and then sees this one's.

    The lock is not the row's, since the first two would find none.
    """
    await work.session.execute(text("select pg_advisory_xact_lock(hashtextextended('praksis.capacity', 0))"))
    return await load_forecast(work)


async def save_forecast(work: UnitOfWork, forecast: CapacityForecast) -> None:
    """Keep what is told now."""
    row = ForecastRow(corps=forecast.corps, as_of=forecast.as_of, forecast=forecast.model_dump(mode="json"))
    await work.session.merge(row)
