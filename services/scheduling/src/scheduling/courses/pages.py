"""Courses as pages."""

from collections import Counter
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from scheduling.consultants.queries import consultant_names
from scheduling.consultants.texts import SKILL
from scheduling.courses import commands, queries
from scheduling.courses.model import Course
from scheduling.courses.texts import INSTRUMENT
from scheduling.programmes.queries import programme_names
from shared.errors import require_found
from shared.identity import Identity, Role
from shared.inputs.fields import Input
from shared.municipalities import municipalities
from shared.office import office_date
from shared.web.access import allow, identity_of, public
from shared.web.forms import pressed
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()


class Change(Input):
    """The form behind a button; `version` is what somebody had before their eyes."""

    version: int = Field(ge=1)


@router.get("/", dependencies=[public])
async def front_page(request: Request, work: Work) -> Response:
    """The courses for those who run them; everybody else is told whom it is for."""
    who = identity_of(request)
    if who is None or not queries.READERS & who.roles:
        return render_page(request, "courses_closed.html")
    return render_page(
        request,
        "courses.html",
        courses=await queries.courses(work),
        programmes=await programme_names(work),
        municipalities=municipalities(),
    )


@router.get("/courses/{id}")
async def course_page(
    id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(*queries.READERS)]
) -> Response:
    """One course with its team, its phases and what they owe."""
    course = require_found(await queries.course_by_id(work, id), "course")
    names = await consultant_names(work)
    return render_page(
        request,
        "course.html",
        course=course,
        programmes=await programme_names(work),
        municipality=municipalities()[course.municipality].name,
        team=[names[consultant] for consultant in course.team],
        skills=[said for skill, said in SKILL.items() if skill in course.skills],
        left=_left(course),
        instruments=INSTRUMENT,
        today=office_date(work.now),
        may_complete=bool(queries.DOERS & who.roles),
        may_form_team=Role.COORDINATOR in who.roles,
    )


@router.post("/courses/{id}/phases/{phase}/completion")
async def complete_phase(
    id: UUID, phase: str, request: Request, work: Work, who: Annotated[Identity, allow(*queries.DOERS)]
) -> Response:
    """Complete the running phase, and show the course as it is then."""
    await commands.complete_phase(work, id, phase, await _version(request))
    return RedirectResponse(f"/courses/{id}", 303)


@router.post("/courses/{id}/team")
async def form_team(
    id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(Role.COORDINATOR)]
) -> Response:
    """Find a team for a course that has none."""
    await commands.form_team(work, id, await _version(request))
    return RedirectResponse(f"/courses/{id}", 303)


async def _version(request: Request) -> int:
    sent = await pressed(request, Change)
    return sent.version


def _left(course: Course) -> dict[str, Counter[str]]:
    """How many of each instrument are still missing, by phase."""
    return {phase.name: Counter(owed.instrument for owed in course.left_in(phase)) for phase in course.phases}
