"""Enquiries as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel

from intake.enquiries import commands, queries
from intake.enquiries.model import Enquiry
from shared.errors import require_found
from shared.identity import Identity, Role
from shared.inputs.fields import EmailAddress, Input, Prose
from shared.web.access import allow
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["enquiries"])

Reader = Annotated[Identity, allow(Role.APPLICANT, *queries.STAFF)]


class EnquiryIn(Input):
    question: Prose
    email: EmailAddress | None = None


class AnswerIn(Input):
    answer: Prose


class EnquiryOut(BaseModel):
    id: UUID
    version: int
    municipality: str
    question: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None
    email: str | None


@router.get("/enquiries")
async def list_enquiries(work: Work, who: Reader) -> list[EnquiryOut]:
    """The questions that wait for an answer first; whoever asks sees their own."""
    return [_out(each) for each in await queries.enquiries(work, queries.own_only(who))]


@router.get("/enquiries/{id}")
async def show_enquiry(id: UUID, work: Work, who: Reader, response: Response) -> EnquiryOut:
    """One question; its `ETag` is what an answer must match."""
    enquiry = require_found(await queries.enquiry_by_id(work, id, queries.own_only(who)), "enquiry")
    response.headers["ETag"] = etag(enquiry.version)
    return _out(enquiry)


@router.post("/enquiries", status_code=201)
async def ask(
    body: EnquiryIn, work: Work, who: Annotated[Identity, allow(Role.APPLICANT)], response: Response
) -> EnquiryOut:
    """Ask the coordinator something before applying; the answer is sent to the address too, where one is given."""
    enquiry = await commands.ask(work, who, body.question, body.email)
    response.headers["Location"] = f"/api/v1/enquiries/{enquiry.id}"
    return _out(enquiry)


@router.post("/enquiries/{id}/answer")
async def give_answer(
    id: UUID,
    body: AnswerIn,
    seen: Seen,
    work: Work,
    who: Annotated[Identity, allow(Role.COORDINATOR)],
    response: Response,
) -> EnquiryOut:
    """Answer the question as it stood at the version in `If-Match`, once."""
    enquiry = await commands.give_answer(work, id, seen, who, body.answer)
    response.headers["ETag"] = etag(enquiry.version)
    return _out(enquiry)


def _out(enquiry: Enquiry) -> EnquiryOut:
    return EnquiryOut(
        id=enquiry.id,
        version=enquiry.version,
        municipality=enquiry.municipality,
        question=enquiry.question,
        asked_at=enquiry.asked_at,
        answer=enquiry.answer.text if enquiry.answer else None,
        answered_at=enquiry.answer.given_at if enquiry.answer else None,
        email=enquiry.reply_to.email if enquiry.reply_to else None,
    )
