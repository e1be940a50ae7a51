"""Programmes and their rounds as a page that needs no sign-in."""

from fastapi import Request, Response

from intake.programmes.queries import programme_names, programmes
from intake.rounds import queries
from shared.office import office_date
from shared.web.access import public
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()


@router.get("/programmes", dependencies=[public])
async def programmes_page(request: Request, work: Work) -> Response:
    """What can be applied for today, what could be once, and the rounds."""
    today = office_date(work.now)
    every = await programmes(work)
    return render_page(
        request,
        "programmes.html",
        offered=[programme for programme in every if programme.in_force(today)],
        past=[programme for programme in every if not programme.in_force(today)],
        rounds=await queries.rounds(work),
        names=await programme_names(work),
        now=work.now,
    )
