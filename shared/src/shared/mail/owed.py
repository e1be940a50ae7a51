"""Reads and updates the outbox of e-mails: which are due, and what became of them.

A due e-mail is taken in two steps, like a retried event: its attempt and the time of the next one are written in a
commit of their own; then its row is locked while it is sent. So if the process ends in between, the e-mail is tried
again later.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from shared.errors import Text
from shared.events.failures import INTERRUPTED
from shared.events.supervision import JITTER, jittered
from shared.identity import Language
from shared.mail.outbox import Enclosure
from shared.mail.sentences import as_json, from_json
from shared.work import UnitOfWork

SCHEDULE = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440, 1440))
"""The backoff: pauses between attempts, about five days in all. After the last, the e-mail waits for an operator."""


@dataclass(frozen=True, slots=True)
class Owed:
    """An e-mail as it stands in the outbox."""

    id: UUID
    address: str
    language: Language
    subject: Text
    paragraphs: tuple[Text, ...]
    link: str | None
    created_at: datetime
    enclosures: tuple[Enclosure, ...]
    unsubscribe: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send an e-mail; `number` counts from 1."""

    mail_id: UUID
    number: int


async def anything_due(work: UnitOfWork) -> bool:
    """Whether an e-mail is due now."""
    mail = work.tables.mail
    found = await work.session.scalar(select(mail.c.id).where(_is_due(work)).limit(1))
    return found is not None


async def begin_next(work: UnitOfWork) -> Attempt | None:
    """Count an attempt at the e-mail that has been due longest and that no other sender has locked, and return it; the
    caller commits.

    If the attempt never ends, the next one comes on the schedule; after the last one, the e-mail waits for an operator.
    """
    mail = work.tables.mail
    due = select(mail.c.id, mail.c.attempts).where(_is_due(work)).order_by(mail.c.next_attempt_at, mail.c.id)
    row = (await work.session.execute(due.limit(1).with_for_update(skip_locked=True))).first()
    if row is None:
        return None
    is_last = row.attempts >= len(SCHEDULE)
    attempt = Attempt(row.id, row.attempts + 1)
    begun = {
        "attempts": attempt.number,
        "last_attempt_at": work.now,
        "last_error": INTERRUPTED,
        "next_attempt_at": None if is_last else work.now + jittered(SCHEDULE[row.attempts]),
    }
    await work.session.execute(update(mail).where(mail.c.id == row.id).values(begun))
    return attempt


async def lock_owed(work: UnitOfWork, attempt: Attempt) -> Owed | None:
    """The e-mail of a counted attempt, locked until the work ends; None if it was sent or tried again meanwhile.

    Another sender that looks for its next e-mail may hold the row's lock for a moment, as it found the e-mail due
    before this attempt was counted: that is waited for. Raises `LookupError`, `TypeError` or `ValueError` for a row
    that cannot be read.
    """
    mail, enclosure = work.tables.mail, work.tables.enclosure
    is_ours = and_(mail.c.id == attempt.mail_id, mail.c.attempts == attempt.number, mail.c.sent_at.is_(None))
    row = (await work.session.execute(select(mail).where(is_ours).with_for_update())).first()
    if row is None:
        return None
    files = select(enclosure).where(enclosure.c.mail_id == row.id).order_by(enclosure.c.position)
    return Owed(
        id=row.id,
        address=row.address,
        language=row.language,
        subject=from_json(row.subject),
        paragraphs=tuple(from_json(each) for each in row.paragraphs),
        link=row.link,
        created_at=row.created_at,
        enclosures=tuple(
            Enclosure(each.name, each.media_type, each.content) for each in await work.session.execute(files)
        ),
        unsubscribe=row.unsubscribe,
    )


async def mark_sent(work: UnitOfWork, mail: Owed) -> None:
    """Mark the e-mail as sent, and delete its address, text and files: only the fact and the kind of subject are
    kept."""
    enclosure = work.tables.enclosure
    await work.session.execute(delete(enclosure).where(enclosure.c.mail_id == mail.id))
    forgotten: dict[str, Any] = {"address": "", "paragraphs": [], "link": None, "unsubscribe": None}
    kind = {"subject": as_json(Text(mail.subject.message))}
    sent = {"sent_at": work.now, "next_attempt_at": None, "last_error": None}
    await _set(work, mail.id, sent | kind | forgotten)


async def mark_failed(work: UnitOfWork, mail_id: UUID, reason: str, *, permanent: bool) -> None:
    """Note that the counted attempt failed. The next one comes on the schedule; a `permanent` failure waits for an
    operator.

    `reason` is a word of our own and perhaps an SMTP code, without an address.
    """
    rests: dict[str, Any] = {"next_attempt_at": None} if permanent else {}
    await _set(work, mail_id, {"last_error": reason} | rests)


def _is_due(work: UnitOfWork) -> ColumnElement[bool]:
    mail = work.tables.mail
    ahead = work.now + max(SCHEDULE) * (1 + JITTER)  # due later than any pause: the clock was set back
    has_come = or_(mail.c.next_attempt_at <= work.now, mail.c.next_attempt_at > ahead)
    return and_(mail.c.sent_at.is_(None), has_come)


async def _set(work: UnitOfWork, mail_id: UUID, values: dict[str, Any]) -> None:
    await work.session.execute(update(work.tables.mail).where(work.tables.mail.c.id == mail_id).values(values))
