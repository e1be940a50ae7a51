"""What a preparation writes into an empty schema, kept by the process and written again where a test begins with it.

The first test of a process prepares through the API and the commands, as people do; the others get the same rows, with
the same ids, in databases of their own.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from graphlib import TopologicalSorter
from io import BytesIO
from typing import Any, TypeVar, cast

import asyncpg

from shared.database import Database
from shared.office import office_date

Result = TypeVar("Result")


@dataclass(frozen=True)
class Rows:
    """The rows of each table as Postgres copies them, and how far each sequence has come."""

    schema: str
    tables: tuple[tuple[str, list[str], bytes], ...]
    sequences: tuple[tuple[str, int], ...]


_KEPT: dict[tuple[str, date], tuple[Rows, object]] = {}


async def prepared(database: Database, what: str, prepare: Callable[[], Awaitable[Result]]) -> Result:
    """What `prepare` returns, with its rows in the database. They are copied only into an empty schema, and only where
    the clock has not been moved; what is prepared on one day of the office is not taken on another: rounds open today.
    """
    now = database.clock.now()
    is_moved = abs(now - datetime.now(UTC)) > timedelta(minutes=1)
    if is_moved or not await _is_empty(database):
        return await prepare()
    key = (what, office_date(now))
    if key not in _KEPT:
        result = await prepare()
        _KEPT[key] = (await _read(database), result)
        return result
    rows, kept = _KEPT[key]
    await _write(database, rows)
    return cast(Result, kept)


_TABLES = """
select c.relname, array_agg(a.attname order by a.attnum) filter (where a.attgenerated = '')
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
and c.relname <> 'alembic_version' group by c.relname
"""
_NEEDS = """
select needing.relname, needed.relname from pg_constraint
join pg_class needing on needing.oid = conrelid join pg_class needed on needed.oid = confrelid
where connamespace = $1::regnamespace and contype = 'f' and conrelid <> confrelid
"""
_SEQUENCES = """
select quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value from pg_sequences
where schemaname = $1 and last_value is not null
"""


async def _is_empty(database: Database) -> bool:
    async with database.work() as work:
        connection = await _connection(work.session)
        names = [name for name, _ in await connection.fetch(_TABLES, database.service)]
        any_row = " or ".join(f'exists (select from "{database.service}"."{name}")' for name in names)
        return not await connection.fetchval(f"select {any_row}")


async def _read(database: Database) -> Rows:
    schema = database.service
    async with database.work() as work:
        connection = await _connection(work.session)
        columns = dict(await connection.fetch(_TABLES, schema))
        needs: dict[str, set[str]] = {name: set() for name in columns}
        for needing, needed in await connection.fetch(_NEEDS, schema):
            needs.setdefault(needing, set()).add(needed)
        tables = []
        for name in TopologicalSorter(needs).static_order():
            table = f'"{schema}"."{name}"'
            if name in columns and await connection.fetchval(f"select exists (select from {table})"):
                listed, copied = ", ".join(f'"{column}"' for column in columns[name]), BytesIO()
                # of a table in parts no rows are copied but by a query
                await connection.copy_from_query(f"select {listed} from {table}", output=copied, format="binary")
                tables.append((name, columns[name], copied.getvalue()))
        sequences = await connection.fetch(_SEQUENCES, schema)
        return Rows(schema, tuple(tables), tuple((name, value) for name, value in sequences))


async def _write(database: Database, rows: Rows) -> None:
    async with database.work() as work:
        connection = await _connection(work.session)
        async with connection.transaction():
            for name, columns, copied in rows.tables:
                await connection.copy_to_table(
                    name, schema_name=rows.schema, columns=columns, source=BytesIO(copied), format="binary"
                )
            for name, value in rows.sequences:
                await connection.execute("select setval($1::text::regclass, $2)", name, value)


async def _connection(session: Any) -> asyncpg.Connection:
    held = await (await session.connection()).get_raw_connection()
    return held.driver_connection
