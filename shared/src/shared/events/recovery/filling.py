"""Reads from the broker's log the events that a service has received and whose data its journal lacks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from aio_pika.abc import AbstractConnection

from shared.database import Database
from shared.events import journal
from shared.events.envelope import Envelope, Malformed, decode
from shared.events.failures import edited_among, given_up_among, seen_among
from shared.events.journal import Noted
from shared.events.memory import is_too_old
from shared.events.recovery.log_stream import FIRST, Entry, read_log_on
from shared.events.recovery.receipt_check import not_had
from shared.work import UnitOfWork


async def fill(database: Database, broker: AbstractConnection) -> None:
    """Complete the journal with the data of events that were received before it existed, as far as the log has them."""
    async with database.work() as work:
        lacking = await journal.lacking_in(work)
    async for entries in read_log_on(broker, FIRST):
        found = [each for entry in entries if (each := _readable(entry)) and each.identity in lacking]
        if found:
            async with database.work() as work:
                await journal.complete(work, await _as_tried(work, found))
                await work.commit()


@dataclass(frozen=True, slots=True)
class Old:
    """The events in the log from before a moment, divided by what the service's records say of them."""

    forgotten: tuple[Noted, ...] = ()
    """Events that have been received and whose records have been deleted."""
    remembered: tuple[UUID, ...] = ()
    """Identities of those that were recorded as received when the log was read."""


async def old_in_log(database: Database, broker: AbstractConnection, types: Collection[str], since: datetime) -> Old:
    """The events of these types in the log that happened before `since`.

    All of the log is read, since one that was filled again has old events behind new ones. An old event without a
    record that is neither parked nor was given up counts as received and forgotten.
    """
    forgotten: dict[UUID, Noted] = {}  # the log may have an event twice
    remembered: set[UUID] = set()
    async for entries in read_log_on(broker, FIRST):
        told = [each for entry in entries if (each := _readable(entry)) and is_too_old(each, since)]
        wanted = {each.identity: each for each in told if each.type in types}
        if not wanted:
            continue
        async with database.work() as work:
            identities = list(wanted)
            # First, so that `_require_remembered` notices records that are deleted later.
            remembered |= await seen_among(work, database.tables, identities)
            gone = await not_had(work, database.tables, identities)
            gone -= await given_up_among(work, database.tables, identities)
            tried = await _as_tried(work, [wanted[identity] for identity in identities if identity in gone])
        for each in tried:
            forgotten.setdefault(each.identity, Noted(each.source, each.subject, each.sequence, each.type, each.data))
    return Old(tuple(forgotten.values()), tuple(remembered))


async def _as_tried(work: UnitOfWork, envelopes: Sequence[Envelope]) -> list[Envelope]:
    """The events with the data with which they were last tried: an operator may have edited them."""
    edited = await edited_among(work, work.tables, [each.identity for each in envelopes])
    return [
        replace(each, data=decode(edited[identity]).data) if (identity := each.identity) in edited else each
        for each in envelopes
    ]


def _readable(entry: Entry) -> Envelope | None:
    """The event, or None for bytes that are no event: those have had no effect in any service."""
    try:
        return decode(entry.body)
    except Malformed:
        return None
