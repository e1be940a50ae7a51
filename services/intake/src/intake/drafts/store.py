"""Drafts: rows ↔ values."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, text, update
from sqlmodel import col, func, select

from intake.applications.model import Wish
from intake.drafts.model import Draft
from intake.drafts.tables import DraftRow, DraftWriterRow
from intake.moving import OpenIds, move
from shared.data_mapper import ELSEWHERE, DataMapper, Part, in_json
from shared.work import UnitOfWork

_DRAFTS = DataMapper(
    Draft,
    DraftRow,
    own={"link_hash": None},
    content=in_json("content", Wish),
    writers=ELSEWHERE,
    pages=Part(("pages",), lambda pages: [dict(pages)], dict),
)


def add_draft(work: UnitOfWork, draft: Draft) -> None:
    """Keep a new draft."""
    work.session.add(_DRAFTS.row(draft))


async def lock_draft(work: UnitOfWork, id: UUID) -> Draft | None:
    """The draft, held until this work ends, so that two who send it at once send it once."""
    held = select(DraftRow).where(DraftRow.id == id).with_for_update()
    # it may have been read in this work before it was held
    row = await work.session.scalar(held.execution_options(populate_existing=True))
    return None if row is None else (await drafts_of(work, [row]))[0]


async def lock_draft_by_link(work: UnitOfWork, token: str) -> Draft | None:
    """The draft that a link leads to, held until this work ends."""
    statement = select(DraftRow).where(DraftRow.link_hash == link_hash(token)).with_for_update()
    row = await work.session.scalar(statement)
    return None if row is None else (await drafts_of(work, [row]))[0]


async def lock_unsent(work: UnitOfWork, round_id: UUID) -> list[Draft]:
    """The drafts for a round that have not been sent, held until this work ends: none is sent meanwhile."""
    unsent = DraftRow.round_id == round_id, col(DraftRow.sent_at).is_(None)
    rows = await work.session.scalars(select(DraftRow).where(*unsent).order_by(col(DraftRow.id)).with_for_update())
    return await drafts_of(work, list(rows))


async def save_reminded(work: UnitOfWork, drafts: Sequence[Draft], deadline: date) -> None:
    """Keep that the contacts of locked drafts have been reminded of a deadline. To their writers nothing changes."""
    ids = [draft.id for draft in drafts]
    await work.session.execute(update(DraftRow).where(col(DraftRow.id).in_(ids)).values(reminded_of=deadline))


async def save_draft(work: UnitOfWork, draft: Draft) -> Draft:
    """Keep what has changed of a locked draft, under its next version."""
    row = await work.session.get_one(DraftRow, draft.id)
    return _DRAFTS.update(row, draft)


async def save_link(work: UnitOfWork, draft: Draft, token: str) -> None:
    """Let this link, and no earlier one, lead to a locked draft. Only a hash of it is kept."""
    row = await work.session.get_one(DraftRow, draft.id)
    row.link_hash = link_hash(token)


def add_writer(work: UnitOfWork, draft: Draft, subject: str) -> None:
    """Let one more write in a locked draft."""
    work.session.add(DraftWriterRow(draft_id=draft.id, subject=subject))


async def delete_draft(work: UnitOfWork, draft: Draft) -> None:
    """Forget a locked draft."""
    await work.session.execute(delete(DraftRow).where(col(DraftRow.id) == draft.id))


async def move_drafts(work: UnitOfWork, still_open: OpenIds, into: str) -> int:
    """Let these drafts be written for another municipality; how many they were."""
    return await move(work, DraftRow, still_open, municipality=into, version=col(DraftRow.version) + 1)


async def drafts_of(work: UnitOfWork, rows: list[DraftRow]) -> list[Draft]:
    """The values that rows stand for."""
    ids = [row.id for row in rows]
    statement = select(DraftWriterRow).where(col(DraftWriterRow.draft_id).in_(ids)).order_by(DraftWriterRow.subject)
    writers = list(await work.session.scalars(statement)) if rows else []
    return [
        _DRAFTS.value(row, writers=tuple(each.subject for each in writers if each.draft_id == row.id)) for row in rows
    ]


def link_hash(token: str) -> str:
    """What is kept of a link. The token is long and random, so a plain hash cannot be guessed back."""
    return sha256(token.encode()).hexdigest()


async def count_unsent(work: UnitOfWork, owner: str, municipality: str) -> tuple[int, int]:
    """How many drafts a person has begun, and how many there are for a municipality, of those that are not sent.

    Whoever else begins one for the municipality waits until this work ends.
    """
    lock = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")
    await work.session.execute(lock, {"key": f"praksis.drafts.{municipality}"})
    unsent = select(func.count()).select_from(DraftRow).where(col(DraftRow.sent_at).is_(None))
    of_person = unsent.where(col(DraftRow.owner) == owner).scalar_subquery()
    of_municipality = unsent.where(col(DraftRow.municipality) == municipality).scalar_subquery()
    begun, there = (await work.session.execute(select(of_person, of_municipality))).one()
    return begun, there
