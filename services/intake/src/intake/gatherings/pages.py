"""Announcing gatherings and calling them off, as pages; what everybody sees of them is with the registrations."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from intake.gatherings import commands, queries
from intake.gatherings.inputs import CohortIn, GroupLines
from intake.gatherings.texts import ZONES
from intake.programmes.model import Programme
from intake.programmes.queries import programmes
from intake.programmes.texts import AUDIENCE
from intake.rounds.model import Zone
from shared.contracts.vocabulary import IntakeMode
from shared.errors import Refused
from shared.identity import Identity
from shared.inputs.fields import Input
from shared.office import office_date
from shared.web.access import allow
from shared.web.forms import Submission, pressed, submitted
from shared.web.kernel import kernel_of
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()

Arranger = Annotated[Identity, allow(*queries.ARRANGERS)]
_FIELDS = {
    "unknown-programme": "programme",
    "programme-not-offered": "programme",
    "programme-takes-applications": "programme",
    "gathering-ends-before-it-starts": "ends_on",
    "registration-closes-too-late": "deadline",
    "registration-over-already": "deadline",
    "audience-not-offered": "audiences",
    "group-named-twice": "groups",
    "gathering-hours-reversed": "ends",
    "day-too-far-ahead": "ends_on",
}
"""At which field a refusal is shown."""


class CohortForm(CohortIn):
    """A gathering as it is announced on the page, its groups as lines."""

    groups: GroupLines = ()


class CallOffForm(Input):
    """The form behind the button; `version` is what was before somebody's eyes."""

    version: int = Field(ge=1)


@router.get("/announce-gathering")
async def announcement_page(request: Request, work: Work, who: Arranger) -> Response:
    """The form in which a gathering is announced."""
    return await _announcement_page(request, work, Submission(None, {"zone": Zone.COPENHAGEN}))


@router.post("/announce-gathering")
async def announce(request: Request, work: Work, who: Arranger) -> Response:
    """Announce a gathering, and show it."""
    form = await submitted(request, CohortForm, several=frozenset({"audiences"}))
    if form.value is None:
        return await _announcement_page(request, work, form, 422)
    try:
        cohort = await commands.announce(work, form.value)
    except Refused as refused:
        field = _FIELDS.get(refused.slug, str(refused.parameters.get("kind", "")))
        if not field:
            raise
        said = kernel_of(request).kinds.said_of(refused)
        return await _announcement_page(request, work, Submission(None, form.sent, {field: said}), 422)
    return RedirectResponse(f"/gatherings/{cohort.id}", 303)


@router.post("/gatherings/{id}/cancellation")
async def call_off(id: UUID, request: Request, work: Work, who: Arranger) -> Response:
    """Call off a gathering, and show it."""
    sent = await pressed(request, CallOffForm)
    await commands.call_off(work, id, sent.version)
    return RedirectResponse(f"/gatherings/{id}", 303)


async def _announcement_page(request: Request, work: Work, form: Submission[CohortForm], status: int = 200) -> Response:
    today = office_date(work.now)
    offered = {each.slug: each for each in reversed(await programmes(work)) if _takes_registrations(each)}
    return render_page(
        request,
        "gathering_new.html",
        status=status,
        programmes=[each for each in offered.values() if each.valid_until is None or each.valid_until >= today],
        audiences=AUDIENCE,
        zones=ZONES,
        sent=form.sent,
        errors=form.errors,
    )


def _takes_registrations(programme: Programme) -> bool:
    return programme.intake is IntakeMode.REGISTRATION
