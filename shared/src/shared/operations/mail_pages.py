"""The outbox of e-mails, as a page for operators."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from shared.allowances import used
from shared.errors import Refused, Text
from shared.identity import Identity, Role
from shared.mail.standing import MailState, ServerState
from shared.operations import mails
from shared.operations.mails import MailStanding
from shared.strangers import EVERYBODY, of_everybody
from shared.web.access import allow
from shared.web.kernel import kernel_of, language_of
from shared.web.pages import render_page
from shared.web.returning import form_on
from shared.web.routes import Work, page_router

router = page_router("/operations")

OPERATORS = allow(Role.OPERATOR)
OUTBOX = "/operations/mail"
SERVER = {
    ServerState.UNSET: ("warning", Text("No mail server is set up")),
    ServerState.ANSWERS: ("success", Text("The mail server answers")),
    ServerState.SILENT: ("error", Text("The mail server does not answer")),
}

_VALUE = re.compile(r"\{\w+\}")


@router.get("/mail")
async def mail_page(request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> Response:
    """Whether e-mails can leave, which have failed, and which wait."""
    to_strangers = of_everybody(kernel_of(request).settings)
    return render_page(
        request,
        "mails.html",
        stranger_mails=await used(work, to_strangers, EVERYBODY),
        stranger_mails_most=to_strangers.most,
        outbox=await mails.outbox(work),
        servers=SERVER,
        failed=_named(request, await mails.mails(work, MailState.FAILED)),
        waiting=_named(request, await mails.mails(work, MailState.WAITING)),
        shown=mails.SHOWN,
    )


@router.post("/mails/{id}/retry", dependencies=[form_on(OUTBOX)])
async def retry(id: UUID, request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> Response:
    """Have an e-mail tried again, and show what is left; one that was sent meanwhile needs no more."""
    try:
        await mails.retry(work, id)
    except Refused as refused:
        if refused.slug != "mail-sent":
            raise
    return RedirectResponse(OUTBOX, 303)


@router.post("/failed-mails/retry", dependencies=[form_on(OUTBOX)])
async def retry_all(request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> Response:
    """Have every failed e-mail tried again, and show what is left."""
    await mails.retry_all(work)
    return RedirectResponse(OUTBOX, 303)


def _named(request: Request, found: list[MailStanding]) -> list[tuple[str, MailStanding]]:
    """Each e-mail with its subject in the operator's language, the values left out."""
    catalogue, language = kernel_of(request).catalogue, language_of(request)
    return [(_VALUE.sub("…", catalogue.translate(each.kind, language)), each) for each in found]
