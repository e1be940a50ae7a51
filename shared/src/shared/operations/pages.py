"""Events that could not be handled, as pages."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from shared.errors import Problem
from shared.identity import Identity, Role
from shared.operations import commands, queries
from shared.operations.texts import STATE
from shared.web.access import allow
from shared.web.forms import submitted
from shared.web.inputs import Input, PlainText
from shared.web.kernel import kernel_of
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router("/operations")

OPERATORS = allow(Role.OPERATOR)


class Discard(Input):
    """The form behind the button that gives an event up."""

    reason: PlainText


@router.get("/failures")
async def failures_page(request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> Response:
    """What has failed and is not settled."""
    found = await queries.failures(work, kernel_of(request).database.tables)
    return render_page(request, "failures.html", failures=found, states=STATE, shown=queries.SHOWN)


@router.get("/failures/{id}")
async def failure_page(id: UUID, request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> Response:
    """One failure with what arrived, and what can be done about it."""
    failure = await queries.failure_by_id(work, kernel_of(request).database.tables, id)
    if failure is None:
        raise Problem("unknown-failure", 404)
    return render_page(request, "failure.html", failure=failure, states=STATE, sent={}, errors={})


@router.post("/failures/{id}/retry")
async def retry(id: UUID, request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> Response:
    """Let the worker try the event again, and show what is left."""
    await commands.retry(work, kernel_of(request).database.tables, id, who.subject)
    return RedirectResponse("/operations/failures", 303)


@router.post("/failures/{id}/discard")
async def discard(id: UUID, request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> Response:
    """Give the event up, and show what is left; without a reason the form comes back."""
    tables = kernel_of(request).database.tables
    form = await submitted(request, Discard)
    if form.value is None:
        failure = await queries.failure_by_id(work, tables, id)
        if failure is None:
            raise Problem("unknown-failure", 404)
        return render_page(
            request, "failure.html", status=422, failure=failure, states=STATE, sent=form.sent, errors=form.errors
        )
    await commands.discard(work, tables, id, who.subject, form.value.reason)
    return RedirectResponse("/operations/failures", 303)
