"""Read-only views of the letters: what waits for approval, and the journal of what has gone out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import col, func, select

from intake.applications.model import Contact
from intake.applications.queries import Outline, application_by_id, outlines, outlines_of_applicant
from intake.letters.model import Letter, LetterStatus, Way
from intake.letters.store import letter_of, load_document
from intake.letters.tables import LetterRow
from shared.identity import Identity, Role
from shared.mail.standing import MailProgress, MailState, mail_progress
from shared.work import UnitOfWork

STAFF = frozenset({Role.CASEWORKER, Role.COORDINATOR, Role.SECRETARY, Role.ADMINISTRATOR})
"""Who reads every letter; applicants read those that have gone out to them."""
SHOWN = 200
"""How many letters one answer holds at most."""


class Delivery(StrEnum):
    """Where an approved letter is."""

    EMAIL_WAITS = "email-waits"
    EMAIL_SENT = "email-sent"
    EMAIL_FAILED = "email-failed"
    TO_BE_POSTED = "to-be-posted"
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter in the journal, with the application that it is about. `delivered_at` is when it left the house."""

    letter: Letter
    application: Outline
    delivery: Delivery | None
    delivered_at: datetime | None


def own_only(who: Identity) -> str | None:
    """Whose letters somebody may read: nobody's in particular for staff, else their own."""
    return None if who.roles & STAFF else who.subject


async def journal(work: UnitOfWork, applicant: str | None, application_id: UUID | None = None) -> list[LetterLine]:
    """The letters, or those about one application: what waits for approval first, then the newest.

    An applicant sees what has gone out about their own applications.
    """
    statement = (
        select(LetterRow).order_by(col(LetterRow.status) != LetterStatus.DRAFT, col(LetterRow.id).desc()).limit(SHOWN)
    )
    if application_id is not None:
        statement = statement.where(LetterRow.application_id == application_id)
    if applicant is not None:
        own = [each.id for each in await outlines_of_applicant(work, applicant)]
        statement = statement.where(col(LetterRow.application_id).in_(own), LetterRow.status == LetterStatus.APPROVED)
    return await _lines(work, [letter_of(row) for row in await work.session.scalars(statement)])


async def to_approve(work: UnitOfWork) -> tuple[int, datetime | None]:
    """How many letters wait for approval, and when the oldest was composed."""
    waiting = select(func.count(), func.min(LetterRow.composed_at)).where(LetterRow.status == LetterStatus.DRAFT)
    count, oldest = (await work.session.execute(waiting)).one()
    return count, oldest


async def line_by_id(work: UnitOfWork, id: UUID, applicant: str | None) -> LetterLine | None:
    """The letter, if there is one that may be read."""
    row = await work.session.get(LetterRow, id)
    if row is None:
        return None
    line = next(iter(await _lines(work, [letter_of(row)])), None)
    if line is None:
        return None
    hidden = applicant is not None and (not line.application.is_of(applicant) or row.status != LetterStatus.APPROVED)
    return None if hidden else line


async def contact_of(work: UnitOfWork, letter: Letter) -> Contact | None:
    """To whom the letter goes, if its application says so."""
    application = await application_by_id(work, letter.application_id)
    return None if application is None else application.case.contact


async def document(work: UnitOfWork, letter: Letter) -> bytes | None:
    """The PDF as it went out; nothing of a letter that nobody has approved."""
    return await load_document(work, letter.id)


async def _lines(work: UnitOfWork, letters: Sequence[Letter]) -> list[LetterLine]:
    found = {each.id: each for each in await outlines(work, list({each.application_id for each in letters}))}
    progress = await mail_progress(work, [each.mail_id for each in letters if each.mail_id is not None])
    return [
        LetterLine(
            each, found[each.application_id], *_delivery(each, progress.get(each.mail_id) if each.mail_id else None)
        )
        for each in letters
        if each.application_id in found
    ]


def _delivery(letter: Letter, mail: MailProgress | None) -> tuple[Delivery | None, datetime | None]:
    """Where the letter is, and when it left; an e-mail that has been forgotten was sent."""
    if letter.status is not LetterStatus.APPROVED:
        return None, None
    if letter.way is Way.POST:
        return (Delivery.POSTED, letter.posted_at) if letter.posted_at else (Delivery.TO_BE_POSTED, None)
    if mail is None:
        return Delivery.EMAIL_SENT, None
    match mail.state:
        case MailState.SENT:
            return Delivery.EMAIL_SENT, mail.sent_at
        case MailState.WAITING:
            return Delivery.EMAIL_WAITS, None
        case MailState.FAILED:
            return Delivery.EMAIL_FAILED, None
