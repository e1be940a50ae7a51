"""The newest forecast, for pages and API."""

from scheduling.capacity.store import load_forecast
from shared.contracts.scheduling.capacity import CapacityForecast
from shared.work import UnitOfWork


async def newest_forecast(work: UnitOfWork) -> CapacityForecast | None:
    """What the corps can take on, if it has been counted yet."""
    return await load_forecast(work)
