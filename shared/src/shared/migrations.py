"""Runs a service's Alembic migrations with the service's own role, in the service's own schema."""

import asyncio
import os
from pathlib import Path

import asyncpg
from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from shared.starting import refuse
from shared.weaknesses import fault_of_database


def run_migrations(metadata: MetaData, url: str | None) -> None:
    """Called by a service's `migrations/env.py`. `url` is `postgresql://…`, unless `upgrade` was given another."""
    given = context.config.attributes.get("url")
    asyncio.run(_run(metadata, given or _from_environment(metadata.schema or "", url)))


def _from_environment(service: str, url: str | None) -> str:
    """The URL as Alembic's own command finds it; ends the process with a sentence if there is no valid one."""
    in_production = os.environ.get("PRAKSIS_ENVIRONMENT", "production") == "production"
    fault = fault_of_database(url, in_production=in_production) if url else "is not set"
    if url is None or fault is not None:
        refuse(f"{service.upper()}_DATABASE_URL: {fault}.")
    return url


async def _run(metadata: MetaData, url: str) -> None:
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(url))
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
        include_name=lambda name, kind, _: _is_ours(name, kind, schema),
    )
    with context.begin_transaction():
        context.run_migrations()


def _is_ours(name: str | None, kind: str, schema: str | None) -> bool:
    """Whether a table belongs to the metadata; the monthly parts of the log are left out, since they come and go."""
    if kind == "schema":
        return name == schema
    return not (kind == "table" and (name or "").startswith("event_"))


def upgrade(service: str, url: str, checkout: Path = Path(), revision: str = "head") -> None:
    """Migrate a service's schema to its newest or another revision. `checkout` is the folder that holds `services/`."""
    config = Config(checkout / "services" / service / "alembic.ini")
    config.attributes["url"] = url
    command.upgrade(config, revision)
