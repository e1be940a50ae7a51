"""Questions about applications as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel

from intake.applications.queries import READERS, application_by_id, own_only
from intake.clarifications import commands, queries
from intake.clarifications.inputs import AnswerIn, ClarificationIn
from intake.clarifications.model import Clarification
from shared.errors import NotFound
from shared.identity import Identity, Role
from shared.web.access import allow
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["applications"])


class ClarificationOut(BaseModel):
    id: UUID
    version: int
    application_id: UUID
    question: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None


@router.get("/applications/{id}/clarifications")
async def list_clarifications(
    id: UUID, work: Work, who: Annotated[Identity, allow(*READERS)]
) -> list[ClarificationOut]:
    """What the office has asked about an application, the oldest first; the `version` is what an answer must match."""
    if await application_by_id(work, id, own_only(who)) is None:
        raise NotFound("application")
    return [_out(each) for each in await queries.clarifications(work, id)]


@router.post("/applications/{id}/clarifications", status_code=201)
async def ask(
    id: UUID, body: ClarificationIn, work: Work, who: Annotated[Identity, allow(Role.CASEWORKER)]
) -> ClarificationOut:
    """Ask the applicant something before deciding on the application; its contact is told by e-mail."""
    return _out(await commands.ask(work, id, who, body.question))


@router.post("/clarifications/{id}/answer")
async def give_answer(
    id: UUID,
    body: AnswerIn,
    seen: Seen,
    work: Work,
    who: Annotated[Identity, allow(Role.APPLICANT)],
    response: Response,
) -> ClarificationOut:
    """Answer the question as it stood at the version in `If-Match`, once, for those who applied."""
    clarification = await commands.give_answer(work, id, seen, who, body.answer)
    response.headers["ETag"] = etag(clarification.version)
    return _out(clarification)


def _out(clarification: Clarification) -> ClarificationOut:
    answer = clarification.answer
    return ClarificationOut(
        id=clarification.id,
        version=clarification.version,
        application_id=clarification.application_id,
        question=clarification.question,
        asked_at=clarification.asked_at,
        answer=answer.text if answer else None,
        answered_at=answer.given_at if answer else None,
    )
