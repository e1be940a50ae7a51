"""The ranking of a round as a page."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from intake.applications.queries import STAFF
from intake.programmes.queries import programme_names
from intake.rankings import queries
from intake.rankings.inputs import Accept
from intake.rankings.texts import TIE
from intake.rounds.queries import round_by_id
from shared.errors import require_found
from shared.identity import Identity
from shared.municipalities import municipalities
from shared.web.access import allow
from shared.web.charts import column_chart
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()


@router.get("/rankings/{round_id}")
async def ranking_page(
    round_id: UUID,
    request: Request,
    work: Work,
    who: Annotated[Identity, allow(*STAFF)],
    accept: Accept = None,
    chosen: Annotated[bool, Query(description="Whether `accept` is a choice, also where it names nothing.")] = False,
) -> Response:
    """A round's applications, the best first; where the corps' capacity ends; and what those ticked would cost."""
    round_ = require_found(await round_by_id(work, round_id), "round")
    board = await queries.board(work, round_id, who, accept or [] if chosen else accept)
    months = [(each.month, each.cost) for each in board.together.months] if board.together else []
    return render_page(
        request,
        "ranking.html",
        round=round_,
        name=(await programme_names(work))[round_.programme],
        board=board,
        municipalities=municipalities(),
        ties=TIE,
        is_open=work.now < round_.closes_at,
        chart=column_chart([(month.first, (month.taken, cost), month.available) for month, cost in months]),
    )
