"""Capacity as JSON."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel

from scheduling.capacity import queries
from scheduling.courses.queries import READERS
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
async def show_capacity(work: Work, who: Annotated[Identity, allow(*READERS)]) -> CapacityOut:
    """The corps' hours by month, those that open courses bind, and what one more course of each programme costs.

    `as_of` is null until the corps has been counted for the first time.
    """
    forecast = await queries.newest_forecast(work)
    if forecast is None:
        return CapacityOut(as_of=None, months=[], costs=[])
    return CapacityOut.model_validate(forecast, from_attributes=True)
