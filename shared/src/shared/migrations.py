"""Runs a service's Alembic migrations with the service's own role, inside the service's own schema."""

import asyncio

from alembic import context
from sqlalchemy import Connection, MetaData
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine


def run_migrations(metadata: MetaData, url: str) -> None:
    """What a service's `migrations/env.py` calls. `url` is `postgresql://…`."""
    asyncio.run(_run(metadata, url))


async def _run(metadata: MetaData, url: str) -> None:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    async with engine.connect() as connection:
        await connection.run_sync(_migrate, metadata)
        await connection.commit()
    await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData) -> None:
    schema = metadata.schema
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table_schema=schema,
        include_schemas=True,
        include_name=lambda name, kind, _: kind != "schema" or name == schema,
    )
    with context.begin_transaction():
        context.run_migrations()
