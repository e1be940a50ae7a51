"""The state of e-mails and of the mail server, as pages show it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.dialects.postgresql import insert

from shared.work import UnitOfWork


class MailState(StrEnum):
    """What becomes of an e-mail."""

    WAITING = "waiting"
    """It is sent when it is due and the mail server answers."""
    FAILED = "failed"
    """It was refused permanently, or its attempts are used up; it waits until an operator has it tried again."""
    SENT = "sent"

    @classmethod
    def of(cls, sent_at: datetime | None, next_attempt_at: datetime | None) -> "MailState":
        """The state of a row of the outbox."""
        if sent_at is not None:
            return cls.SENT
        return cls.FAILED if next_attempt_at is None else cls.WAITING


@dataclass(frozen=True, slots=True)
class MailProgress:
    """How far an e-mail has come."""

    state: MailState
    sent_at: datetime | None


async def mail_progress(work: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, MailProgress]:
    """The state of these e-mails, by id; those whose rows retention has deleted are missing."""
    mail = work.tables.mail
    if not ids:
        return {}
    rows = await work.session.execute(
        select(mail.c.id, mail.c.sent_at, mail.c.next_attempt_at).where(mail.c.id.in_(ids))
    )
    return {row.id: MailProgress(MailState.of(row.sent_at, row.next_attempt_at), row.sent_at) for row in rows}


class ServerState(StrEnum):
    """Whether e-mails can leave."""

    UNSET = "unset"
    """The worker's settings name no mail server."""
    ANSWERS = "answers"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class ServerStanding:
    """How the mail server stood at `seen_at`, and since when; `reason` says why it is silent, without personal data."""

    state: ServerState
    reason: str | None
    since: datetime
    seen_at: datetime


async def note_standing(work: UnitOfWork, state: ServerState, reason: str | None = None) -> None:
    """Write the state that the mail server has now."""
    table = work.tables.mail_server
    found = insert(table).values(state=state, reason=reason, since=work.now, seen_at=work.now)
    was = case((table.c.state == found.excluded.state, table.c.since), else_=found.excluded.since)
    changed = {"state": found.excluded.state, "reason": reason, "since": was, "seen_at": work.now}
    await work.session.execute(found.on_conflict_do_update(index_elements=["singleton"], set_=changed))


async def mail_is_held_up(work: UnitOfWork) -> bool:
    """Whether e-mails have to wait because the mail server does not answer; pages then say that the e-mail comes
    later."""
    server = await server_standing(work)
    return server is not None and server.state is not ServerState.ANSWERS


async def server_standing(work: UnitOfWork) -> ServerStanding | None:
    """The state that was noted last, or None before a worker has run."""
    row = (await work.session.execute(select(work.tables.mail_server))).first()
    return None if row is None else ServerStanding(ServerState(row.state), row.reason, row.since, row.seen_at)
