"""The form in which a gathering is changed, with what is there filled in."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from intake.changes import commands
from intake.changes.inputs import ChangeForm, filled_in
from intake.gatherings.model import CohortStatus
from intake.gatherings.queries import OFFICE, cohort_by_id
from intake.gatherings.texts import ZONES
from shared.errors import Refused, require_found
from shared.identity import Identity
from shared.web.access import allow
from shared.web.forms import Submission, submitted
from shared.web.kernel import kernel_of
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()

Changer = Annotated[Identity, allow(*OFFICE)]
_FIELDS = {
    "gathering-ends-before-it-starts": "ends_on",
    "gathering-hours-reversed": "ends",
    "gathering-in-the-past": "{field}",
    "day-too-far-ahead": "ends_on",
    "registration-closes-too-late": "deadline",
    "registration-over-already": "deadline",
    "gathering-moves-without-reason": "reason",
    "places-taken": "places",
    "group-places-taken": "group.{group_id}.places",
    "group-has-people": "group.{group_id}.removed",
    "group-named-twice": "groups",
}
"""At which field a refusal is shown."""


@router.get("/gatherings/{id}/change")
async def change_page(id: UUID, request: Request, work: Work, who: Changer) -> Response:
    """What the gathering is, to be changed."""
    return await _change_page(id, request, work, None)


@router.post("/gatherings/{id}/change")
async def change(id: UUID, request: Request, work: Work, who: Changer) -> Response:
    """Change the gathering, and show it."""
    form = await submitted(request, ChangeForm)
    if form.value is None:
        return await _change_page(id, request, work, form)
    try:
        await commands.change_gathering(work, id, form.value.version, who, form.value.change())
    except Refused as refused:
        field = _FIELDS.get(refused.slug)
        if field is None:
            raise
        said = kernel_of(request).kinds.said_of(refused)
        errors = {field.format(**refused.parameters): said}
        return await _change_page(id, request, work, Submission(None, form.sent, errors))
    return RedirectResponse(f"/gatherings/{id}?changed=1", 303)


async def _change_page(id: UUID, request: Request, work: Work, form: Submission[ChangeForm] | None) -> Response:
    cohort = require_found(await cohort_by_id(work, id), "gathering")
    if not cohort.may_be_changed(work.now):
        raise Refused("gathering-over" if cohort.status is CohortStatus.ANNOUNCED else "gathering-settled")
    return render_page(
        request,
        "gathering_change.html",
        status=422 if form else 200,
        cohort=cohort,
        version=form.sent.get("version", cohort.version) if form else cohort.version,
        zones=ZONES,
        sent=form.sent if form else filled_in(cohort),
        errors=form.errors if form else {},
    )
