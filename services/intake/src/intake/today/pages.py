"""The first page: what somebody has to know today."""

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from intake.today import queries
from intake.today.model import Corner
from intake.today.texts import CORNER
from shared.identity import Role
from shared.municipalities import municipalities
from shared.web.access import identity_of, public
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()


@router.get("/", dependencies=[public])
async def first_page(request: Request, work: Work) -> Response:
    """What is due, waits or is stuck; for those without such a page, the programmes."""
    who = identity_of(request)
    if who is None or not queries.READERS & who.roles:
        return RedirectResponse("/programmes", 303)
    items = await queries.items(work, who)
    return render_page(
        request,
        "today.html",
        today=work.now,
        corners=[(corner, CORNER[corner], [each for each in items if each.corner is corner]) for corner in Corner],
        municipalities=municipalities(),
        may_apply=Role.APPLICANT in who.roles,
    )
