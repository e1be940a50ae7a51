"""Takes from the broker's log what a service has received and its journal does not tell of."""

from collections.abc import Collection, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from aio_pika.abc import AbstractConnection

from shared.database import Database
from shared.events import journal
from shared.events.envelope import Envelope, Malformed, decode
from shared.events.failures import edited_among
from shared.events.journal import Noted
from shared.events.log_stream import FIRST, GROUP, Entry, read_log_on
from shared.events.memory import is_too_old
from shared.events.receipt_check import not_had
from shared.work import UnitOfWork


async def fill(database: Database, broker: AbstractConnection) -> None:
    """Complete the journal with what was received before there was one, as far as the log has it."""
    async with database.work() as work:
        lacking = await journal.lacking_in(work)
    async for entries in read_log_on(broker, FIRST):
        found = [each for entry in entries if (each := _readable(entry)) and each.identity in lacking]
        if found:
            async with database.work() as work:
                await journal.complete(work, await _as_tried(work, found))
                await work.commit()


async def forgotten(
    database: Database, broker: AbstractConnection, types: Collection[str], since: datetime
) -> list[Noted]:
    """What happened before this moment, has been had and forgotten, and stands in the log all the same.

    The log is read as long as it tells of such times. What is so old and has not been had, is parked.
    """
    found: dict[UUID, Noted] = {}  # the log may tell of an event twice
    young = 0
    async with aclosing(read_log_on(broker, FIRST)) as log:
        async for entries in log:
            told = [each for entry in entries if (each := _readable(entry))]
            old = [each for each in told if is_too_old(each, since)]
            wanted = [each for each in old if each.type in types]
            async with database.work() as work:
                gone = await not_had(work, database.tables, [each.identity for each in wanted])
                tried = await _as_tried(work, [each for each in wanted if each.identity in gone])
            for each in tried:
                found.setdefault(each.identity, Noted(each.source, each.subject, each.sequence, each.type, each.data))
            young = 0 if old else young + len(entries)
            if young >= GROUP:
                break
    return list(found.values())


async def _as_tried(work: UnitOfWork, envelopes: Sequence[Envelope]) -> list[Envelope]:
    """The events as they were tried in the end."""
    edited = await edited_among(work, work.tables, [each.identity for each in envelopes])
    return [
        replace(each, data=decode(edited[identity]).data) if (identity := each.identity) in edited else each
        for each in envelopes
    ]


def _readable(entry: Entry) -> Envelope | None:
    """The event, if it is one: else it has had no effect on anybody."""
    try:
        return decode(entry.body)
    except Malformed:
        return None
