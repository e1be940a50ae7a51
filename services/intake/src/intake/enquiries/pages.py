"""Enquiries as pages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from intake.enquiries import commands, queries
from intake.municipalities.texts import merged
from shared.errors import Problem, Refused, Text, require_found
from shared.identity import Identity, Role
from shared.inputs.fields import EmailAddress, Input, Prose
from shared.municipalities import municipalities
from shared.web.access import allow
from shared.web.forms import submitted
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()

READERS = queries.STAFF | {Role.APPLICANT}
Reader = Annotated[Identity, allow(*READERS)]
NOTHING: Mapping[str, Text] = MappingProxyType({})


class Question(Input):
    """What somebody wants to know, and where the answer is sent."""

    question: Prose
    email: EmailAddress | None = None


class Reply(Input):
    """What the coordinator says; `version` is what was before their eyes."""

    answer: Prose
    version: int = Field(ge=1)


@router.get("/enquiries")
async def enquiries_page(request: Request, work: Work, who: Reader) -> Response:
    """The questions that somebody may read, and for applicants the form in which they ask."""
    return await _enquiries_page(request, work, who)


@router.post("/enquiries")
async def ask(request: Request, work: Work, who: Annotated[Identity, allow(Role.APPLICANT)]) -> Response:
    """Ask, and show the question as it stands."""
    form = await submitted(request, Question)
    if form.value is None:
        return await _enquiries_page(request, work, who, form.sent, form.errors)
    try:
        enquiry = await commands.ask(work, who, form.value.question, form.value.email)
    except Refused as refused:
        return await _enquiries_page(request, work, who, form.sent, {"question": merged(refused)})
    return RedirectResponse(f"/enquiries/{enquiry.id}", 303)


@router.get("/enquiries/{id}")
async def enquiry_page(id: UUID, request: Request, work: Work, who: Reader) -> Response:
    """One question with its answer, or with the form for it."""
    return await _enquiry_page(id, request, work, who)


@router.post("/enquiries/{id}/answer")
async def give_answer(
    id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(Role.COORDINATOR)]
) -> Response:
    """Answer, and show the question as it stands."""
    form = await submitted(request, Reply)
    if form.value is None:
        if set(form.errors) != {"answer"}:
            raise Problem("invalid-request", 422)
        return await _enquiry_page(id, request, work, who, form.sent, form.errors)
    await commands.give_answer(work, id, form.value.version, who, form.value.answer)
    return RedirectResponse(f"/enquiries/{id}", 303)


async def _enquiries_page(
    request: Request,
    work: Work,
    who: Identity,
    sent: Mapping[str, object] = MappingProxyType({}),
    errors: Mapping[str, Text] = NOTHING,
) -> Response:
    return render_page(
        request,
        "enquiries.html",
        status=422 if errors else 200,
        enquiries=await queries.enquiries(work, queries.own_only(who)),
        municipalities=municipalities(),
        may_ask=Role.APPLICANT in who.roles,
        sent=sent,
        errors=errors,
    )


async def _enquiry_page(
    id: UUID,
    request: Request,
    work: Work,
    who: Identity,
    sent: Mapping[str, object] = MappingProxyType({}),
    errors: Mapping[str, Text] = NOTHING,
) -> Response:
    enquiry = require_found(await queries.enquiry_by_id(work, id, queries.own_only(who)), "enquiry")
    return render_page(
        request,
        "enquiry.html",
        status=422 if errors else 200,
        enquiry=enquiry,
        municipality=municipalities()[enquiry.municipality],
        may_answer=Role.COORDINATOR in who.roles and enquiry.answer is None,
        sent=sent,
        errors=errors,
    )
