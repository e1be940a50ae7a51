"""Events that could not be handled, as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel

from shared.errors import Problem
from shared.events.failures import State
from shared.identity import Identity, Role
from shared.operations import commands, queries
from shared.web.access import allow
from shared.web.inputs import Input, PlainText
from shared.web.kernel import kernel_of
from shared.web.routes import Work, api_router

router = api_router("/operations", tags=["operations"])

OPERATORS = allow(Role.OPERATOR)


class FailureOut(BaseModel):
    """An event that failed; `waiting` counts the later ones of its subject that wait behind it."""

    id: UUID
    event_id: UUID | None
    state: State
    type: str | None
    source: str | None
    subject: str | None
    reason: str
    attempts: int
    first_failed_at: datetime
    last_failed_at: datetime
    retry_at: datetime | None
    trace_id: str | None
    waiting: int


class FailureWithBodyOut(FailureOut):
    """The same with what arrived."""

    body: str


class DiscardIn(Input):
    """Why an event is given up."""

    reason: PlainText


@router.get("/failures")
async def list_failures(request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> list[FailureOut]:
    """What has failed and is not settled, the oldest first."""
    found = await queries.failures(work, kernel_of(request).database.tables)
    return [FailureOut.model_validate(failure, from_attributes=True) for failure in found]


@router.get("/failures/{id}")
async def show_failure(
    id: UUID, request: Request, work: Work, who: Annotated[Identity, OPERATORS]
) -> FailureWithBodyOut:
    """One failure with what arrived."""
    found = await queries.failure_by_id(work, kernel_of(request).database.tables, id)
    if found is None:
        raise Problem("unknown-failure", 404)
    return FailureWithBodyOut.model_validate(found, from_attributes=True)


@router.post("/failures/{id}/retry", status_code=202)
async def retry_failure(id: UUID, request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> None:
    """Let the worker try the event again at once."""
    await commands.retry(work, kernel_of(request).database.tables, id, who.subject)


@router.post("/failures/{id}/discard", status_code=200)
async def discard_failure(
    id: UUID, body: DiscardIn, request: Request, work: Work, who: Annotated[Identity, OPERATORS]
) -> None:
    """Give the event up for good; what waits behind it goes on."""
    await commands.discard(work, kernel_of(request).database.tables, id, who.subject, body.reason)
