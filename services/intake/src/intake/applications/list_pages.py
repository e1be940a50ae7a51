"""The list of applications, with what helps to find one."""

from typing import Annotated

from fastapi import Request, Response

from intake.applications import queries
from intake.applications.search import Sought, find_applications, search_of
from intake.applications.texts import KINDS, STATUS
from intake.programmes.queries import programme_names
from shared.identity import Identity
from shared.municipalities import municipalities
from shared.web.access import allow
from shared.web.forms import asked
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()


@router.get("/applications")
async def applications_page(
    request: Request, work: Work, who: Annotated[Identity, allow(*queries.READERS)]
) -> Response:
    """The applications that somebody may see and that fit what they look for."""
    form = asked(request, Sought)
    sought = form.value or Sought()
    own = queries.own_only(who)
    return render_page(
        request,
        "applications.html",
        status=422 if form.errors else 200,
        found=await find_applications(work, await search_of(work, sought, own), sought.page),
        sent=form.sent,
        errors=form.errors,
        is_narrowed=bool(form.sent.keys() - {"page"}),
        sealed=await queries.sealed_applications(work) if own is None else 0,
        sees_all=own is None,
        programmes=await programme_names(work),
        municipalities=municipalities(),
        statuses=STATUS,
        kinds=KINDS,
    )
