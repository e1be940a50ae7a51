"""Interest lists: rows ↔ values."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from intake.interests.model import Interest, WantedGathering
from intake.interests.tables import InterestLinkRow, InterestRow
from shared.data_mapper import DataMapper, nested
from shared.tokens import token_hash
from shared.work import UnitOfWork

_INTERESTS = DataMapper(Interest, InterestRow, wanted=nested(WantedGathering, "programme", "form", "topic"))


async def hold_list(work: UnitOfWork, programme: str) -> None:
    """Let nobody else be put on the list of a programme until this work ends, so that a form sent twice counts once."""
    lock = text("select pg_advisory_xact_lock(hashtextextended('praksis.interests.' || :programme, 0))")
    await work.session.execute(lock, {"programme": programme})


async def load_list(work: UnitOfWork, programme: str) -> list[Interest]:
    """Who is on the list of a programme, in the order in which they came."""
    rows = await work.session.scalars(
        select(InterestRow)
        .where(InterestRow.programme == programme, col(InterestRow.left_at).is_(None))
        .order_by(col(InterestRow.registered_at), col(InterestRow.id))
    )
    return [interest_of(row) for row in rows]


async def add_interest(work: UnitOfWork, interest: Interest) -> None:
    """Keep somebody who is new on a list."""
    work.session.add(_INTERESTS.row(interest))
    await work.session.flush()


def add_link(work: UnitOfWork, interest_id: UUID, token: str, made_at: datetime) -> None:
    """Keep a link to a place on the list; of its token, only a hash."""
    work.session.add(InterestLinkRow(token_hash=token_hash(token), interest_id=interest_id, made_at=made_at))


async def save_leaving(work: UnitOfWork, id: UUID, at: datetime) -> None:
    """Keep that somebody is no longer on the list; who had left stays as they were."""
    row = await work.session.get(InterestRow, id, with_for_update=True)
    if row is not None and row.left_at is None:
        row.left_at = at


def interest_of(row: InterestRow) -> Interest:
    """The value a row stands for."""
    return _INTERESTS.value(row)
