"""The pages on which an operator edits the data of a failed event."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field

from shared.errors import Stale, Text
from shared.identity import Identity, Role
from shared.inputs.fields import Input, PlainText
from shared.inputs.validation import described_errors
from shared.operations import commands, editing, queries
from shared.operations.editing import Fault, Unfit
from shared.operations.outcomes import FAILURES, gone_page, lead_on
from shared.operations.views import FailureInFull
from shared.web.access import allow
from shared.web.forms import submitted
from shared.web.kernel import kernel_of, language_of
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()

OPERATORS = allow(Role.OPERATOR)


class Edit(Input):
    """The form for editing an event's data; `version` is the version that the operator has seen."""

    data: str
    reason: PlainText
    version: int = Field(ge=1)


@router.get("/failures/{id}/edit")
async def edit_page(id: UUID, request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> Response:
    """The form in which the data of an event are edited."""
    failure = await queries.failure_by_id(work, id)
    if failure is None:
        return await gone_page(request, work, id)
    commands.require_editable(failure.outgoing, failure.event_id)
    return _edit_page(request, failure, {"data": editing.written(failure.body)})


@router.post("/failures/{id}/edit")
async def edit(id: UUID, request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> Response:
    """Give the event other data, and show it as it is then; where they do not fit, the form comes back."""
    failure = await queries.failure_by_id(work, id)
    if failure is None:
        return await gone_page(request, work, id)
    form = await submitted(request, Edit)
    if form.value is None:
        return _edit_page(request, failure, form.sent, form.errors, status=422)
    sent = form.value
    try:
        deed = commands.edit(work, id, who.subject, sent.version, editing.read(sent.data), sent.reason)
        return await lead_on(deed, request, work, id, f"{FAILURES}/{id}")
    except Unfit as unfit:
        return _edit_page(request, failure, form.sent, faults=unfit.within("data"), status=422)
    except Stale:
        return _edit_page(request, failure, form.sent, stale=True, status=412)


def _edit_page(
    request: Request,
    failure: FailureInFull,
    sent: Mapping[str, object],
    errors: Mapping[str, Text] = MappingProxyType({}),
    *,
    faults: Sequence[Fault] = (),
    stale: bool = False,
    status: int = 200,
) -> Response:
    """The form. If another operator has edited the event meanwhile, it shows both, and is based on the present
    version."""
    return render_page(
        request,
        "failure_edit.html",
        status=status,
        failure=failure,
        sent=sent,
        errors=errors,
        faults=described_errors(faults, kernel_of(request).catalogue, language_of(request)),
        now=editing.written(failure.body) if stale else None,
        limit=editing.LARGEST,
    )
