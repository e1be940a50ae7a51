"""What the worker last found when it spoke to the mail server, for people to see who cannot reach it themselves."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import case, select
from sqlalchemy.dialects.postgresql import insert

from shared.work import UnitOfWork


class ServerState(StrEnum):
    """Whether e-mails can leave."""

    UNSET = "unset"
    """No mail server is named in the settings of the worker."""
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
    """Remember what has been found now."""
    table = work.tables.mail_server
    found = insert(table).values(state=state, reason=reason, since=work.now, seen_at=work.now)
    was = case((table.c.state == found.excluded.state, table.c.since), else_=found.excluded.since)
    changed = {"state": found.excluded.state, "reason": reason, "since": was, "seen_at": work.now}
    await work.session.execute(found.on_conflict_do_update(index_elements=["singleton"], set_=changed))


async def server_standing(work: UnitOfWork) -> ServerStanding | None:
    """What has been found last; nothing before a worker has run."""
    row = (await work.session.execute(select(work.tables.mail_server))).first()
    return None if row is None else ServerStanding(ServerState(row.state), row.reason, row.since, row.seen_at)
