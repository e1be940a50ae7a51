"""The kernel's tables, which every service has in its own schema."""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name, so that a migration can speak of it."""


@dataclass(frozen=True, slots=True)
class KernelTables:
    """The kernel's tables in one service's schema."""

    event: Table
    """The log: append-only, the source of truth; `dispatched_at` marks what the broker has confirmed."""
    received: Table
    """The inbox's memory of what has had its effect."""
    parked: Table
    """What could not be handled yet, and what waits behind it; see `events/failures.py`."""
    intervention: Table
    """What operators have done about parked events, by whom, when and why; nothing is deleted from it."""
    answer: Table
    """First answers by idempotency key."""


def kernel_tables(metadata: MetaData) -> KernelTables:
    """Declare the kernel's tables on a service's metadata."""
    return KernelTables(
        event=_event(metadata),
        received=_received(metadata),
        parked=_parked(metadata),
        intervention=_intervention(metadata),
        answer=_answer(metadata),
    )


def _event(metadata: MetaData) -> Table:
    table = Table(
        "event",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("id", Uuid, nullable=False, unique=True),
        Column("type", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("sequence", Integer, nullable=False),
        Column("time", DateTime(timezone=True), nullable=False),
        Column("correlation_id", Uuid, nullable=False),
        Column("causation_id", Uuid),
        Column("traceparent", Text),
        Column("data", JSONB, nullable=False),
        Column("dispatched_at", DateTime(timezone=True)),
        UniqueConstraint("subject", "sequence"),
    )
    Index("ix_event_undispatched", table.c.position, postgresql_where=text("dispatched_at is null"))
    return table


def _received(metadata: MetaData) -> Table:
    return Table(
        "received",
        metadata,
        Column("event_id", Uuid, primary_key=True),
        Column("received_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    )


def _parked(metadata: MetaData) -> Table:
    table = Table(
        "parked",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("state", Text, nullable=False),
        Column("event_id", Uuid, unique=True),
        Column("source", Text),
        Column("subject", Text),
        Column("sequence", BigInteger),
        Column("type", Text),
        Column("traceparent", Text),
        Column("reason", Text),
        Column("attempts", Integer, nullable=False),
        Column("first_failed_at", DateTime(timezone=True)),
        Column("last_failed_at", DateTime(timezone=True)),
        Column("retry_at", DateTime(timezone=True)),
        Column("body", LargeBinary, nullable=False),
    )
    Index("ix_parked_subject", table.c.source, table.c.subject, table.c.sequence)
    return table


def _intervention(metadata: MetaData) -> Table:
    return Table(
        "intervention",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("event_id", Uuid, index=True),
        Column("action", Text, nullable=False),
        Column("reason", Text),
        Column("operator", Text, nullable=False),
        Column("done_at", DateTime(timezone=True), nullable=False),
        Column("body", LargeBinary, nullable=False),
    )


def _answer(metadata: MetaData) -> Table:
    return Table(
        "answer",
        metadata,
        Column("caller", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", Text, nullable=False),
        Column("status", Integer),
        Column("headers", JSONB),
        Column("body", LargeBinary),
        Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    )
