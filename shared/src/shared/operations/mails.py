"""The outbox of e-mails as operators see it: what waits, what has failed and why, without addresses and texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update

from shared.errors import Refused, require_found
from shared.mail.standing import MailState, ServerStanding, server_standing
from shared.office import OFFICE, office_date
from shared.work import UnitOfWork

SHOWN = 200
"""Most e-mails in one answer."""


@dataclass(frozen=True, slots=True)
class MailStanding:
    """An e-mail without what is personal in it. `kind` is its subject with the values left out, in English."""

    id: UUID
    kind: str
    state: MailState
    created_at: datetime
    attempts: int
    last_attempt_at: datetime | None
    next_attempt_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Outbox:
    """The state of a service's e-mails. `server` is None before a worker has run."""

    server: ServerStanding | None
    waiting: int
    failed: int
    sent_today: int
    oldest_waiting_at: datetime | None


async def outbox(work: UnitOfWork) -> Outbox:
    """How many e-mails wait, have failed, and were sent since midnight at the office."""
    mail = work.tables.mail
    midnight = datetime.combine(office_date(work.now), time(), OFFICE)
    waits, failed = _is(work, MailState.WAITING), _is(work, MailState.FAILED)
    counted = select(
        func.count().filter(waits),
        func.count().filter(failed),
        func.count().filter(mail.c.sent_at >= midnight),
        func.min(mail.c.created_at).filter(waits),
    ).where(or_(mail.c.sent_at.is_(None), mail.c.sent_at >= midnight))
    row = (await work.session.execute(counted)).one()
    return Outbox(await server_standing(work), *row)


async def mails(work: UnitOfWork, state: MailState) -> list[MailStanding]:
    """The e-mails of a state, at most `SHOWN`: those that have waited longest first; of those that were sent, the
    latest first."""
    mail = work.tables.mail
    order = mail.c.sent_at.desc() if state == MailState.SENT else mail.c.created_at
    columns = [column for column in mail.c if column.name not in ("address", "paragraphs", "link")]
    found = select(*columns).where(_is(work, state)).order_by(order, mail.c.id).limit(SHOWN)
    return [_standing(row) for row in await work.session.execute(found)]


async def retry(work: UnitOfWork, id: UUID) -> None:
    """Have a failed e-mail tried again at once; one that waits keeps its time. Raises `unknown-mail` or `mail-sent`."""
    mail = work.tables.mail
    row = require_found(
        (await work.session.execute(select(mail).where(mail.c.id == id).with_for_update())).first(), "mail"
    )
    if row.sent_at is not None:
        raise Refused("mail-sent")
    await _try_again(work, mail.c.id == id)


async def retry_all(work: UnitOfWork) -> int:
    """Have every failed e-mail tried again at once; returns how many."""
    return len(await _try_again(work, and_(True)))


async def _try_again(work: UnitOfWork, which: ColumnElement[bool]) -> Sequence[UUID]:
    mail = work.tables.mail
    again = update(mail).where(which, _is(work, MailState.FAILED)).values(next_attempt_at=work.now)
    return (await work.session.scalars(again.returning(mail.c.id))).all()


def _is(work: UnitOfWork, state: MailState) -> ColumnElement[bool]:
    mail = work.tables.mail
    match state:
        case MailState.SENT:
            return mail.c.sent_at.is_not(None)
        case MailState.WAITING:
            return and_(mail.c.sent_at.is_(None), mail.c.next_attempt_at.is_not(None))
        case MailState.FAILED:
            return and_(mail.c.sent_at.is_(None), mail.c.next_attempt_at.is_(None))


def _standing(row: Row[Any]) -> MailStanding:
    return MailStanding(
        id=row.id,
        kind=str(row.subject.get("message", "–")),
        state=MailState.of(row.sent_at, row.next_attempt_at),
        created_at=row.created_at,
        attempts=row.attempts,
        last_attempt_at=row.last_attempt_at,
        next_attempt_at=row.next_attempt_at,
        error=row.last_error,
    )
