"""The pages of failed events: list, single event, retry, give up."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from starlette.responses import RedirectResponse

from shared.errors import Problem, Text
from shared.events.failures import State
from shared.identity import Identity, Role
from shared.inputs.fields import Input, PlainText, Slug
from shared.operations import commands, edit_pages, groups, queries
from shared.operations.outcomes import FAILURES, gone_page, history_of, lead_on
from shared.operations.selection import query_of, selection, those_of
from shared.operations.texts import STATE, meaning_of
from shared.operations.views import Alike, Selection, Standing
from shared.web.access import allow
from shared.web.forms import submitted
from shared.web.pages import render_page
from shared.web.returning import form_on
from shared.web.routes import Work, page_router
from shared.work import UnitOfWork

router = page_router("/operations")
router.include_router(edit_pages.router)

OPERATORS = allow(Role.OPERATOR)
BODY_SHOWN = 65_536
"""Most characters of an event's body that a page shows."""
FILTERS: tuple[tuple[Standing | None, Text], ...] = (
    (None, Text("All")),
    (State.PARKED, STATE[State.PARKED]),
    (State.RETRYING, STATE[State.RETRYING]),
)


class Discard(Input):
    """The form behind the button that gives an event up."""

    reason: PlainText


class Retry(Input):
    """The button that has an event tried again."""


class Group(Input):
    """The form behind the button that has a group tried again."""

    outgoing: bool
    type: Slug | None = None
    reason: Slug


@router.get("/failures")
async def failures_page(
    request: Request,
    work: Work,
    who: Annotated[Identity, OPERATORS],
    wanted: Annotated[Selection, Depends(selection)],
) -> Response:
    """What has failed and is not settled, in groups and one by one."""
    found = await queries.failure_groups(work)
    page = await queries.failures(work, wanted)
    return render_page(
        request,
        "failures.html",
        groups=[(group, query_of(those_of(group.alike))) for group in found],
        failures=page.failures,
        states=STATE,
        shown=queries.SHOWN,
        of_group=wanted.reason is not None,
        filters=[
            (name, query_of(replace(wanted, state=state, after=None)), state == wanted.state) for state, name in FILTERS
        ],
        next=query_of(replace(wanted, after=page.next)) if page.next else None,
    )


@router.get("/failures/{id}")
async def failure_page(id: UUID, request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> Response:
    """One failure with what arrived, what has been done about it, and what can be."""
    return await _failure_page(request, work, id)


@router.post("/failures/{id}/retry")
async def retry(id: UUID, request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> Response:
    """Have the event handled or sent again, and show what is left; a reason to give it up is never thrown away."""
    form = await submitted(request, Retry, elsewhere=frozenset({"reason"}))
    if form.value is None:
        return await _failure_page(request, work, id, status=422, sent=form.sent, errors=form.errors)
    return await lead_on(commands.retry(work, id, who.subject), request, work, id)


@router.post("/failures/{id}/discard")
async def discard(id: UUID, request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> Response:
    """Give the event up, and show what is left; without a reason the form comes back."""
    form = await submitted(request, Discard)
    if form.value is None:
        return await _failure_page(request, work, id, status=422, sent=form.sent, errors=form.errors)
    return await lead_on(commands.discard(work, id, who.subject, form.value.reason), request, work, id)


@router.post("/failure-groups/retry", dependencies=[form_on("/operations/failures")])
async def retry_group(request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> Response:
    """Have everything that failed alike handled or sent again, and show what is left."""
    form = await submitted(request, Group)
    if form.value is None:
        raise Problem("invalid-request", 422)
    alike = Alike(form.value.outgoing, form.value.type, form.value.reason)
    await groups.retry_group(work, alike, who.subject)
    return RedirectResponse(FAILURES, 303)


async def _failure_page(
    request: Request,
    work: UnitOfWork,
    id: UUID,
    *,
    status: int = 200,
    sent: Mapping[str, object] = MappingProxyType({}),
    errors: Mapping[str, Text] = MappingProxyType({}),
) -> Response:
    failure = await queries.failure_by_id(work, id)
    if failure is None:
        return await gone_page(request, work, id)
    body = failure.body.decode(errors="replace")
    return render_page(
        request,
        "failure.html",
        status=status,
        failure=failure,
        states=STATE,
        meaning=meaning_of(failure.reason, outgoing=failure.outgoing),
        body=body[:BODY_SHOWN],
        is_cut=len(body) > BODY_SHOWN,
        shown=BODY_SHOWN,
        history=await history_of(request, work, failure.identity),
        sent=sent,
        errors=errors,
    )
