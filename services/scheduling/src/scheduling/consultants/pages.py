"""Consultants as pages."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from scheduling.consultants import commands, queries
from scheduling.consultants.inputs import HoursPerMonth
from scheduling.consultants.model import MOST_HOURS
from scheduling.consultants.texts import SKILL
from shared.errors import require_found
from shared.identity import Identity
from shared.inputs.fields import Input
from shared.web.access import allow
from shared.web.forms import Submission, refuse_untyped, submitted
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()


class HoursForm(Input):
    """Hours for courses in a month; `version` is what was before somebody's eyes."""

    hours_per_month: HoursPerMonth
    version: int = Field(ge=1)


@router.get("/consultants/{id}")
async def consultant_page(
    id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(*queries.READERS)]
) -> Response:
    """One consultant: skills, running courses, and the hours that they have for courses."""
    return await _page(id, request, work, who, Submission(None))


@router.post("/consultants/{id}/hours")
async def change_hours(
    id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(*queries.LEADERS)]
) -> Response:
    """Give the consultant other hours, and show them as they stand then."""
    form = await submitted(request, HoursForm)
    if form.value is None:
        refuse_untyped(form, "version")
        return await _page(id, request, work, who, form)
    await commands.change_hours(work, id, form.value.version, form.value.hours_per_month)
    return RedirectResponse(f"/consultants/{id}", 303)


async def _page(id: UUID, request: Request, work: Work, who: Identity, form: Submission[HoursForm]) -> Response:
    consultant = require_found(await queries.consultant_by_id(work, id), "consultant")
    return render_page(
        request,
        "consultant.html",
        status=422 if form.errors else 200,
        consultant=consultant,
        skills=[said for skill, said in SKILL.items() if skill in consultant.skills],
        most=MOST_HOURS,
        may_change=bool(queries.LEADERS & who.roles),
        sent=form.sent or {"hours_per_month": consultant.hours_per_month},
        errors=form.errors,
    )
