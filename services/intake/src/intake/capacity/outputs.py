"""Capacity as it stands in answers of the API."""

from datetime import date, datetime

from pydantic import BaseModel

from intake.capacity.weighing import MonthlyCost, Weighing


class MonthlyCostOut(BaseModel):
    """A month, and what would be taken from it."""

    month: date
    available: int
    bound: int
    promised: int
    cost: int
    left: int
    lacks: int


class WeighingOut(BaseModel):
    """What something would cost the corps, month by month."""

    as_of: datetime | None
    fits: bool | None
    months: list[MonthlyCostOut]


def weighing_out(weighing: Weighing | None) -> WeighingOut:
    """The weighing, or that there is none yet."""
    if weighing is None:
        return WeighingOut(as_of=None, fits=None, months=[])
    fits = weighing.fits if weighing.is_known else None
    return WeighingOut(as_of=weighing.as_of, fits=fits, months=[_month_out(each) for each in weighing.months])


def _month_out(each: MonthlyCost) -> MonthlyCostOut:
    return MonthlyCostOut(
        month=each.month.first,
        available=each.month.available,
        bound=each.month.bound,
        promised=each.month.promised,
        cost=each.cost,
        left=each.left,
        lacks=each.lacks,
    )
