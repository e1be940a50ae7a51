"""Letters as JSON; their PDF is at `/letters/{id}/document`."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel

from intake.letters import commands, queries
from intake.letters.inputs import LetterText, Reason
from intake.letters.model import Language, Letter, LetterKind, LetterStatus, Way, Words
from intake.letters.queries import Delivery, LetterLine
from shared.errors import require_found
from shared.identity import Identity, Role
from shared.inputs.fields import Input, PlainText
from shared.web.access import allow
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["letters"])

Reader = Annotated[Identity, allow(Role.APPLICANT, *queries.STAFF)]
Caseworker = Annotated[Identity, allow(Role.CASEWORKER)]
Poster = Annotated[Identity, allow(Role.CASEWORKER, Role.SECRETARY)]


class WordsIn(Input):
    theme: PlainText
    text: LetterText


class DiscardIn(Input):
    reason: Reason


class LetterLineOut(BaseModel):
    id: UUID
    application_id: UUID
    kind: LetterKind
    language: Language
    theme: str
    status: LetterStatus
    decided_on: date
    composed_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    delivery: Delivery | None
    delivered_at: datetime | None


class LetterOut(LetterLineOut):
    version: int
    way: Way | None
    text: str
    discarded_by: str | None
    discarded_at: datetime | None
    discard_reason: str | None


@router.get("/letters")
async def list_letters(work: Work, who: Reader, application_id: UUID | None = None) -> list[LetterLineOut]:
    """The letters, or those about one application: what waits for approval first, then the newest; at most 200.

    Applicants see what has gone out about their own applications.
    """
    lines = await queries.journal(work, queries.own_only(who), application_id)
    return [LetterLineOut.model_validate(_values(each)) for each in lines]


@router.get("/letters/{id}")
async def show_letter(id: UUID, work: Work, who: Reader, response: Response) -> LetterOut:
    """One letter; its `ETag` is what a change must match."""
    return await _shown(id, work, queries.own_only(who), response)


@router.post("/letters/{id}/words")
async def reword_letter(
    id: UUID, body: WordsIn, seen: Seen, work: Work, who: Caseworker, response: Response
) -> LetterOut:
    """Put the draft as it stood at `If-Match` into other words."""
    await commands.reword_letter(work, id, seen, Words(body.theme, body.text))
    return await _shown(id, work, None, response)


@router.post("/letters/{id}/approval")
async def approve_letter(id: UUID, seen: Seen, work: Work, who: Caseworker, response: Response) -> LetterOut:
    """Approve the draft as it stood at `If-Match`; it leaves by e-mail where the application names an address."""
    await commands.approve_letter(work, id, seen, who)
    return await _shown(id, work, None, response)


@router.post("/letters/{id}/discard")
async def discard_letter(
    id: UUID, body: DiscardIn, seen: Seen, work: Work, who: Caseworker, response: Response
) -> LetterOut:
    """Let the draft of a refusal by the rules, as it stood at `If-Match`, rest: it need not go out."""
    await commands.discard_letter(work, id, seen, who, body.reason)
    return await _shown(id, work, None, response)


@router.post("/letters/{id}/posting")
async def note_posted(id: UUID, seen: Seen, work: Work, who: Poster, response: Response) -> LetterOut:
    """Note that the approved letter as it stood at `If-Match` has been put into the post."""
    await commands.note_posted(work, id, seen, who)
    return await _shown(id, work, None, response)


async def _shown(id: UUID, work: Work, applicant: str | None, response: Response) -> LetterOut:
    await work.session.flush()
    line = require_found(await queries.line_by_id(work, id, applicant), "letter")
    letter: Letter = line.letter
    response.headers["ETag"] = etag(letter.version)
    more = {"version": letter.version, "way": letter.way, "text": letter.words.text}
    return LetterOut.model_validate(_values(line) | more | _discard_values(letter))


def _values(line: LetterLine) -> dict[str, object]:
    letter = line.letter
    same = (
        "id",
        "application_id",
        "kind",
        "language",
        "status",
        "decided_on",
        "composed_at",
        "approved_by",
        "approved_at",
    )
    return {name: getattr(letter, name) for name in same} | {
        "theme": letter.words.theme,
        "delivery": line.delivery,
        "delivered_at": line.delivered_at,
    }


def _discard_values(letter: Letter) -> dict[str, object]:
    discard = letter.discard
    return {
        "discarded_by": discard.by if discard else None,
        "discarded_at": discard.at if discard else None,
        "discard_reason": discard.reason if discard else None,
    }
