"""Capacity as a page."""

from typing import Annotated

from fastapi import Request, Response

from scheduling.capacity import queries
from scheduling.consultants.queries import READERS as CORPS_READERS
from scheduling.consultants.queries import corps
from scheduling.courses.queries import READERS
from scheduling.programmes.queries import programme_names
from shared.identity import Identity
from shared.web.access import allow
from shared.web.charts import column_chart
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()


@router.get("/capacity")
async def capacity_page(request: Request, work: Work, who: Annotated[Identity, allow(*READERS)]) -> Response:
    """The corps' hours month by month, as a chart and as figures, and what one more course would cost."""
    forecast = await queries.newest_forecast(work)
    months = forecast.months if forecast else ()
    return render_page(
        request,
        "capacity.html",
        forecast=forecast,
        chart=column_chart([(each.month, (each.bound,), each.available) for each in months]),
        programmes=await programme_names(work),
        consultants=await corps(work),
        sees_corps=bool(CORPS_READERS & who.roles),
    )
