"""Rounds: rows ↔ values."""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from sqlmodel import col, select

from intake.moving import OpenIds, move
from intake.rounds.model import Extension, LateEntry, Round
from intake.rounds.tables import ExtensionRow, LateEntryRow, RoundRow
from shared.data_mapper import ELSEWHERE, DataMapper
from shared.work import UnitOfWork

_ROUNDS = DataMapper(Round, RoundRow, extensions=ELSEWHERE)
_LATE_ENTRIES = DataMapper(LateEntry, LateEntryRow, own={"code_hash": None})


def add_round(work: UnitOfWork, round_: Round) -> None:
    """Keep a new round."""
    work.session.add(_ROUNDS.row(round_))


async def lock_round(work: UnitOfWork, id: UUID) -> Round | None:
    """The round, held until this work ends."""
    row = await work.session.scalar(select(RoundRow).where(RoundRow.id == id).with_for_update())
    return None if row is None else (await rounds_of(work, [row]))[0]


async def save_extension(work: UnitOfWork, round_: Round) -> Round:
    """Keep the last extension of a locked round, and its deadline, under the round's next version."""
    row = await work.session.get_one(RoundRow, round_.id)
    given = round_.extensions[-1]
    work.session.add(
        ExtensionRow(
            round_id=round_.id,
            position=len(round_.extensions),
            was=given.was,
            deadline=given.deadline,
            reason=given.reason,
            given_by=given.given_by,
            given_at=given.given_at,
        )
    )
    return _ROUNDS.update(row, round_)


def add_late_entry(work: UnitOfWork, entry: LateEntry, code: str) -> None:
    """Keep a late entry under its code, of which only a hash is kept."""
    work.session.add(_LATE_ENTRIES.row(entry, code_hash=code_hash(code)))


async def move_late_entries(work: UnitOfWork, still_open: OpenIds, into: str) -> int:
    """Let these late entries be another municipality's; how many they were."""
    return await move(work, LateEntryRow, still_open, municipality=into)


def code_hash(code: str) -> str:
    """What is kept of a code. How it is written – in capitals, with spaces or dashes – does not matter."""
    return sha256("".join(each for each in code.upper() if each.isalnum()).encode()).hexdigest()


async def rounds_of(work: UnitOfWork, rows: Sequence[RoundRow]) -> list[Round]:
    """The values that rows stand for; two queries however many there are."""
    extensions: defaultdict[UUID, list[Extension]] = defaultdict(list)
    found = await work.session.scalars(
        select(ExtensionRow)
        .where(col(ExtensionRow.round_id).in_([row.id for row in rows]))
        .order_by(col(ExtensionRow.round_id), col(ExtensionRow.position))
    )
    for each in found:
        extensions[each.round_id].append(Extension(each.was, each.deadline, each.reason, each.given_by, each.given_at))
    return [_ROUNDS.value(row, extensions=tuple(extensions[row.id])) for row in rows]
