"""The list that is printed for the day, and what is noted on it afterwards."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from intake.gatherings.queries import ARRANGERS, OFFICE, cohort_by_id
from intake.programmes.texts import AUDIENCE
from intake.registrations import commands, queries
from intake.registrations.model import RegistrationStatus
from shared.alphabet import danish
from shared.errors import require_found
from shared.identity import Identity
from shared.inputs.fields import Input
from shared.web.access import allow
from shared.web.forms import pressed
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()

Arranger = Annotated[Identity, allow(*ARRANGERS)]


class SheetForm(Input):
    """The boxes that are ticked; `version` is what was before somebody's eyes, `plans` whether plans were asked for.

    There is one form for both, so that saving the one does not throw away what was ticked for the other.
    """

    version: int = Field(ge=0)
    present: Annotated[frozenset[UUID], Field(max_length=5_000)] = frozenset()
    received: Annotated[frozenset[UUID], Field(max_length=5_000)] = frozenset()
    plans: bool = False


@router.get("/gatherings/{id}/attendance")
async def attendance_page(id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(*OFFICE)]) -> Response:
    """Everybody who has a place, in order of their names, to be printed, and to be ticked from the day on."""
    cohort = require_found(await cohort_by_id(work, id), "gathering")
    found = [each for each in await queries.registrations(work, id) if each.status is RegistrationStatus.CONFIRMED]
    people = [(person, party) for party in found for person in party.attendees]
    has_begun = work.now >= cohort.starts_at
    may_record = bool(ARRANGERS & who.roles) and cohort.status.value != "cancelled"
    return render_page(
        request,
        "attendance.html",
        cohort=cohort,
        people=sorted(people, key=lambda each: danish(each[0].name)),
        registrations=found,
        sent={
            "present": [str(person.id) for each in found for person in each.attendees if person.attended],
            "received": [str(each.id) for each in found if each.follow_up_on],
        },
        groups={group.id: group.name for group in cohort.groups},
        audiences=AUDIENCE,
        version=await queries.version_of_roll(work, id),
        has_begun=has_begun,
        is_noted_here=may_record and has_begun,
    )


@router.post("/gatherings/{id}/attendance")
async def record(id: UUID, request: Request, work: Work, who: Arranger) -> Response:
    """Note who was there and whose plan has come in, and show it."""
    sent = await pressed(request, SheetForm, several=frozenset({"present", "received"}))
    await commands.record_sheet(work, id, sent.version, sent.present, sent.received if sent.plans else None)
    return RedirectResponse(f"/gatherings/{id}/attendance", 303)
