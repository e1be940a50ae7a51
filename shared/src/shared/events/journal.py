"""Every event that a service has received, with what it said, in the order in which it had its effect here.

It is one table with the memory of what has been received (`received`), and is appended in the transaction of the
effects: so it tells exactly what the service's tables follow from. What was given up stands there without a word of
what it said, and so does what was received before there was a journal, until a rebuild asks for it (`filling.py`).
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
"""Events that are read at once."""


@dataclass(frozen=True, slots=True)
class Noted:
    """An event as it had its effect here: what an operator has edited is as it was tried."""

    source: str
    subject: str
    sequence: int
    type: str
    data: Mapping[str, Any]

    @property
    def of(self) -> Subject:
        """What has an order of its own."""
        return self.source, self.subject


async def note(work: UnitOfWork, envelopes: Sequence[Envelope], identities: Sequence[UUID]) -> set[UUID]:
    """Append those of the events, given with their identities, that have not been received before; returns theirs."""
    return set(await work.session.scalars(_noting(work.tables), _columns(envelopes, identities)))


async def end_of(work: UnitOfWork) -> int:
    """How far the journal has come. Where nobody can append meanwhile, nothing is left out up to there."""
    return int(await work.session.scalar(select(func.max(work.tables.received.c.position))) or 0)


async def count(work: UnitOfWork, types: Collection[str]) -> int:
    """How many events of these types the journal has."""
    received = work.tables.received
    counted = select(func.count()).where(received.c.type.in_(types), received.c.data.is_not(None))
    return int(await work.session.scalar(counted) or 0)


async def read(work: UnitOfWork, types: Collection[str], after: int, until: int) -> AsyncIterator[list[Noted]]:
    """The events of these types behind a position, up to another, in their order."""
    statement = _page(work.tables, tuple(types))
    while page := (await work.session.execute(statement, {"after": after, "until": until})).all():
        yield [Noted(row.source, row.subject, row.sequence, row.type, json.loads(row.data)) for row in page]
        after = page[-1].position


async def complete(work: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    """Write down what these said, where it is not known."""
    await work.session.execute(_completing(work.tables), _columns(envelopes, [each.identity for each in envelopes]))


async def lacking_in(work: UnitOfWork, after: int = 0) -> set[UUID]:
    """What has had its effect behind a position and of which the journal does not say what it said.

    Of what was received before its source was remembered, one of the rows that share an id says it for all.
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
    # as text, and in ASCII: what a source may say must never be what Postgres does not keep
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
    """Made once: to make it costs more than to run it."""
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
