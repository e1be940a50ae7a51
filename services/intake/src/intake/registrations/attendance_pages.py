"""The list that is printed for the day, and what is noted on it afterwards."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from intake.gatherings.queries import ARRANGERS, OFFICE, cohort_by_id
from intake.programmes.texts import AUDIENCE
from intake.registrations import commands, queries
from intake.registrations.inputs import AttendanceIn, FollowUpsIn
from intake.registrations.model import Status
from shared.errors import Problem
from shared.identity import Identity
from shared.web.access import allow
from shared.web.forms import submitted
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()

Arranger = Annotated[Identity, allow(*ARRANGERS)]


class AttendanceForm(AttendanceIn):
    """The boxes that are ticked; `version` is what was before somebody's eyes."""

    version: int = Field(ge=0)


class FollowUpsForm(FollowUpsIn):
    """The same for plans."""

    version: int = Field(ge=0)


@router.get("/gatherings/{id}/attendance")
async def attendance_page(id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(*OFFICE)]) -> Response:
    """Everybody who has a place, to be printed and ticked."""
    cohort = await cohort_by_id(work, id)
    if cohort is None:
        raise Problem("unknown-gathering", 404)
    found = [each for each in await queries.registrations(work, id) if each.status is Status.CONFIRMED]
    return render_page(
        request,
        "attendance.html",
        cohort=cohort,
        registrations=found,
        groups={group.id: group.name for group in cohort.groups},
        audiences=AUDIENCE,
        version=await queries.version_of_roll(work, id),
        has_begun=work.now >= cohort.starts_at,
        may_record=bool(ARRANGERS & who.roles) and cohort.status.value != "cancelled",
    )


@router.post("/gatherings/{id}/attendance")
async def record_attendance(id: UUID, request: Request, work: Work, who: Arranger) -> Response:
    """Note who was there, and show it."""
    form = await submitted(request, AttendanceForm, several=frozenset({"present"}))
    if form.value is None:
        raise Problem("invalid-request", 422)
    await commands.record_attendance(work, id, form.value.version, form.value.present)
    return RedirectResponse(f"/gatherings/{id}/attendance", 303)


@router.post("/gatherings/{id}/follow-ups")
async def record_follow_ups(id: UUID, request: Request, work: Work, who: Arranger) -> Response:
    """Note whose plan has come in, and show it."""
    form = await submitted(request, FollowUpsForm, several=frozenset({"received"}))
    if form.value is None:
        raise Problem("invalid-request", 422)
    await commands.record_follow_ups(work, id, form.value.version, form.value.received)
    return RedirectResponse(f"/gatherings/{id}/attendance", 303)
