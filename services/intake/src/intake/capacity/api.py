"""The newest forecast as JSON."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel

from intake.capacity import queries
from shared.identity import Identity
from shared.web.access import allow
from shared.web.routes import Work, api_router

router = api_router(tags=["capacity"])


class MonthOut(BaseModel):
    month: date
    available: int
    bound: int


class CostOut(BaseModel):
    programme: str
    programme_version: int
    months: list[int]
    per_stated_hour: int


class CapacityOut(BaseModel):
    as_of: datetime | None
    months: list[MonthOut]
    costs: list[CostOut]


@router.get("/capacity")
async def show_capacity(work: Work, who: Annotated[Identity, allow(*queries.READERS)]) -> CapacityOut:
    """The corps' hours by month as scheduling told them last, and what one more course of each programme costs.

    `as_of` is null until it has told of them for the first time.
    """
    forecast = await queries.newest_forecast(work)
    if forecast is None:
        return CapacityOut(as_of=None, months=[], costs=[])
    return CapacityOut(
        as_of=forecast.as_of,
        months=[MonthOut(month=each.first, available=each.available, bound=each.bound) for each in forecast.months],
        costs=[CostOut.model_validate(each, from_attributes=True) for each in forecast.costs],
    )
