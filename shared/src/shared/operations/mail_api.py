"""The outbox of e-mails, as JSON API for operators."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel

from shared.allowances import used
from shared.identity import Identity, Role
from shared.mail.standing import MailState, ServerStanding
from shared.operations import mails
from shared.operations.documents import RetriedOut
from shared.strangers import EVERYBODY, of_everybody
from shared.web.access import allow
from shared.web.kernel import kernel_of
from shared.web.routes import Work, api_router

router = api_router("/operations", tags=["operations"])

OPERATORS = allow(Role.OPERATOR)


class OutboxOut(BaseModel):
    """How the e-mails of this service stand; `mail_server` is null until a worker has run.

    Strangers may have e-mails sent to addresses that nobody has proven, at most `stranger_mails_most` within an hour;
    `stranger_mails` of these are used up.
    """

    mail_server: ServerStanding | None
    waiting: int
    failed: int
    sent_today: int
    oldest_waiting_at: datetime | None
    stranger_mails: int
    stranger_mails_most: int


@router.get("/mail")
async def show_outbox(request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> OutboxOut:
    """Whether e-mails can leave, and how many wait, have failed, and were sent today."""
    found = await mails.outbox(work)
    to_strangers = of_everybody(kernel_of(request).settings)
    return OutboxOut(
        mail_server=found.server,
        waiting=found.waiting,
        failed=found.failed,
        sent_today=found.sent_today,
        oldest_waiting_at=found.oldest_waiting_at,
        stranger_mails=await used(work, to_strangers, EVERYBODY),
        stranger_mails_most=to_strangers.most,
    )


@router.get("/mails")
async def list_mails(state: MailState, work: Work, who: Annotated[Identity, OPERATORS]) -> list[mails.MailStanding]:
    """The e-mails of a state, at most 200: the longest waiting first, of those that were sent the latest."""
    return await mails.mails(work, state)


@router.post("/mails/{id}/retry", status_code=202)
async def retry_mail(id: UUID, work: Work, who: Annotated[Identity, OPERATORS]) -> None:
    """Let the worker try a failed e-mail again at once; one that waits keeps its time."""
    await mails.retry(work, id)


@router.post("/failed-mails/retry", status_code=202)
async def retry_failed_mails(work: Work, who: Annotated[Identity, OPERATORS]) -> RetriedOut:
    """Let the worker try every failed e-mail again at once."""
    return RetriedOut(retried=await mails.retry_all(work))
