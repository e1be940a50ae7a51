"""The journal: every event that a service has received, with its data, in the order in which it had its effect here.

It is the table `received`, the same that deduplication asks, and is written in the transaction of the effects: so it
holds exactly the events that the service's tables follow from, and projections are rebuilt from it. An event that an
operator has given up has a row without data. So has an event that was received before the journal existed, until a
rebuild fills it in (`recovery/filling.py`).
"""

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Select, Text, TextClause, Uuid, bindparam, func, select, text

from shared.events.envelope import Envelope
from shared.events.failures import Subject
from shared.tables import KernelTables
from shared.work import UnitOfWork

PAGE = 5000
"""Events that are read with one query."""


@dataclass(frozen=True, slots=True)
class Noted:
    """An event as it had its effect here: if an operator edited it, with the edited data."""

    source: str
    subject: str
    sequence: int
    type: str
    data: Mapping[str, Any]

    @property
    def of(self) -> Subject:
        """Source and subject: events with the same are ordered."""
        return self.source, self.subject


async def note(work: UnitOfWork, envelopes: Sequence[Envelope], identities: Sequence[UUID]) -> set[UUID]:
    """Insert the events that have not been received before, and return their identities (deduplication by primary key).
    `identities` are those of `envelopes`, in the same order."""
    return set(await work.session.scalars(_noting(work.tables), _columns(envelopes, identities)))


async def end_of(work: UnitOfWork) -> int:
    """The last position of the journal. While no transaction can append (`rebuilding._hold_still`), no lower position
    is missing."""
    return int(await work.session.scalar(select(func.max(work.tables.received.c.position))) or 0)


async def count(work: UnitOfWork, types: Collection[str]) -> int:
    """How many events of these types the journal has, with their data."""
    received = work.tables.received
    counted = select(func.count()).where(received.c.type.in_(types), received.c.data.is_not(None))
    return int(await work.session.scalar(counted) or 0)


async def read(work: UnitOfWork, types: Collection[str], after: int, until: int) -> AsyncIterator[list[Noted]]:
    """The events of these types after a position, up to and with another, in order, in pages."""
    statement = _page(work.tables, tuple(types))
    while page := (await work.session.execute(statement, {"after": after, "until": until})).all():
        yield [Noted(row.source, row.subject, row.sequence, row.type, json.loads(row.data)) for row in page]
        after = page[-1].position


async def complete(work: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    """Fill in the data of these events where the journal lacks them."""
    await work.session.execute(_completing(work.tables), _columns(envelopes, [each.identity for each in envelopes]))


async def lacking_in(work: UnitOfWork, after: int = 0) -> set[UUID]:
    """The identities of events after a position that have had their effect and whose data the journal lacks.

    Rows from before sources were recorded share their `told_id` with others of the same event; it is enough if one has
    the data.
    """
    received, done = work.tables.received.fullname, work.tables.intervention.fullname
    statement = text(
        f"select identity from {received} as had where data is null and position > :after"  # noqa: S608 (our own names)
        f" and not exists (select from {received} as same where same.told_id = had.told_id and same.data is not null)"
        f" and not exists (select from {done} as deed where deed.action = 'discard'"
        " and (deed.identity = had.identity or deed.event_id = had.told_id::text))"
    )
    return set(await work.session.scalars(statement, {"after": after}))


def _columns(envelopes: Sequence[Envelope], identities: Sequence[UUID]) -> dict[str, Sequence[Any]]:
    # as text, and in ASCII: a source may send what JSONB does not store, such as a NUL
    return {
        "identities": identities,
        "sources": [each.source for each in envelopes],
        "subjects": [each.subject for each in envelopes],
        "sequences": [each.sequence for each in envelopes],
        "types": [each.type for each in envelopes],
        "data": [json.dumps(each.data, separators=(",", ":")) for each in envelopes],
    }


_GIVEN = """unnest(:identities, :sources, :subjects, :sequences, :types, :data)
    with ordinality as given (identity, source, subject, sequence, type, data, place)"""


def _with_columns(statement: str) -> TextClause:
    kinds = {"identities": Uuid, "sequences": BigInteger}
    names = ("identities", "sources", "subjects", "sequences", "types", "data")
    return text(statement).bindparams(*(bindparam(name, type_=ARRAY(kinds.get(name, Text))) for name in names))


@cache
def _noting(tables: KernelTables) -> TextClause:
    """The statement, made once: to build it costs more than to run it."""
    return _with_columns(
        f"""
        insert into {tables.received.fullname} (identity, source, subject, sequence, type, data)
        select identity, source, subject, sequence, type, data from {_GIVEN} order by place
        on conflict (identity) do nothing returning identity
        """  # noqa: S608 (our own names)
    )


@cache
def _completing(tables: KernelTables) -> TextClause:
    return _with_columns(
        f"""
        update {tables.received.fullname} as had set
            source = given.source, subject = given.subject, sequence = given.sequence, type = given.type,
            data = given.data
        from {_GIVEN} where had.identity = given.identity and had.data is null
        """  # noqa: S608 (our own names)
    )


@cache
def _page(tables: KernelTables, types: tuple[str, ...]) -> Select[Any]:
    received = tables.received.c
    columns = (received.position, received.source, received.subject, received.sequence, received.type, received.data)
    within = (received.position > bindparam("after"), received.position <= bindparam("until"))
    wanted = (received.type.in_(types), received.data.is_not(None))
    return select(*columns).where(*within, *wanted).order_by(received.position).limit(PAGE)
