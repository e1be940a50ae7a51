"""The kernel's tables: transactional outbox, inbox, retry queue and more; every service has them in its own schema."""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
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
"""Every constraint gets a name, so that a migration can refer to it."""


@dataclass(frozen=True, slots=True)
class KernelTables:
    """The kernel's tables in one service's schema."""

    event: Table
    """The transactional outbox and event store: append-only, the source of truth, partitioned by month. The relay sets
    `dispatched_at` when the broker has confirmed an event; rows are not deleted then."""
    last_sequence: Table
    """The last sequence number of each subject; its row's lock orders transactions that publish about the subject at
    once."""
    timer: Table
    """Scheduled events, by a key under which they can be replaced or cancelled."""
    received: Table
    """The inbox: deduplication of received events, by source and id together (`Envelope.identity`), and the journal of
    their data; see `events/journal.py`.

    Rows from before sources were recorded do not name theirs: there is one for each service of Praksis, with the same
    `told_id`.
    """
    parked: Table
    """Failed events, incoming and outgoing, and events that wait behind one; see `events/failures.py`."""
    intervention: Table
    """The audit trail of parked events: what operators did, who, when and why; nothing is deleted from it."""
    generation: Table
    """The generations of the service's queues; see `events/recovery/generations.py`."""
    partition: Table
    """The queues of each generation, and when an old one was drained."""
    reconciliation: Table
    """One row: how far outbox, log and receipts have been compared, and what was found; see
    `events/recovery/reconciliation.py`."""
    lead: Table
    """One row: the relay's lease with its fencing token; see `events/lead.py`."""
    rebuild: Table
    """The progress of the last rebuild of each projection, and of the last replay."""
    answer: Table
    """First answers to requests, by idempotency key."""
    mail: Table
    """The outbox of e-mails, not yet in any language. A row with neither `next_attempt_at` nor `sent_at` waits for an
    operator."""
    enclosure: Table
    """The files attached to an e-mail, deleted with it."""
    mail_server: Table
    """One row: the state of the mail server, as the worker found it last."""
    allowance: Table
    """How much of each rate limit is used up; see `allowances.py`."""
    ended_session: Table
    """Revoked sessions, by their own id or their person's; see `sessions/ended.py`."""


def kernel_tables(metadata: MetaData) -> KernelTables:
    """Declare the kernel's tables in a service's metadata."""
    mail = _mail(metadata)
    return KernelTables(
        event=_event(metadata),
        last_sequence=_last_sequence(metadata),
        timer=_timer(metadata),
        received=_received(metadata),
        parked=_parked(metadata),
        intervention=_intervention(metadata),
        generation=_generation(metadata),
        partition=_partition(metadata),
        reconciliation=_reconciliation(metadata),
        lead=_lead(metadata),
        rebuild=_rebuild(metadata),
        answer=_answer(metadata),
        mail=mail,
        enclosure=_enclosure(metadata, mail),
        mail_server=_mail_server(metadata),
        ended_session=_ended_session(metadata),
        allowance=_allowance(metadata),
    )


def _event(metadata: MetaData) -> Table:
    table = Table(
        "event",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("time", DateTime(timezone=True), primary_key=True),
        Column("id", Uuid, nullable=False),
        Column("type", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("sequence", Integer, nullable=False),
        Column("correlation_id", Uuid, nullable=False),
        Column("causation_id", Text),
        Column("traceparent", Text),
        Column("data", JSONB, nullable=False),
        Column("dispatched_at", DateTime(timezone=True)),
        UniqueConstraint("id", "time"),
        UniqueConstraint("subject", "sequence", "time"),  # keys of a partitioned table must include its partition key
        postgresql_partition_by="range (time)",
    )
    Index("ix_event_undispatched", table.c.position, postgresql_where=text("dispatched_at is null"))
    return table


def _last_sequence(metadata: MetaData) -> Table:
    return Table(
        "last_sequence",
        metadata,
        Column("subject", Text, primary_key=True),
        Column("sequence", Integer, nullable=False),
    )


def _timer(metadata: MetaData) -> Table:
    return Table(
        "timer",
        metadata,
        Column("key", Text, primary_key=True),
        Column("due_at", DateTime(timezone=True), nullable=False, index=True),
        Column("type", Text, nullable=False),
        Column("correlation_id", Uuid, nullable=False),
        Column("causation_id", Text),
        Column("traceparent", Text),
        Column("data", JSONB, nullable=False),
    )


def _received(metadata: MetaData) -> Table:
    table = Table(
        "received",
        metadata,
        Column("identity", Uuid, primary_key=True),
        Column("told_id", Uuid),
        Column("received_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
        Column("position", BigInteger, Identity(), nullable=False),
        Column("source", Text),
        Column("subject", Text),
        Column("sequence", BigInteger),
        Column("type", Text),
        Column("data", Text),
    )
    Index("ix_received_position", table.c.position, unique=True)
    Index("ix_received_told_id", table.c.told_id, postgresql_where=text("told_id is not null"))
    Index("ix_received_received_at", table.c.received_at, postgresql_using="brin")
    return table


def _parked(metadata: MetaData) -> Table:
    table = Table(
        "parked",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("outgoing", Boolean, nullable=False, server_default=text("false")),
        Column("state", Text, nullable=False),
        Column("identity", Uuid, nullable=False),
        Column("event_id", Text),
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
        UniqueConstraint("identity", "outgoing"),
    )
    Index("ix_parked_subject", table.c.source, table.c.subject, table.c.sequence)
    return table


def _intervention(metadata: MetaData) -> Table:
    return Table(
        "intervention",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("identity", Uuid, nullable=False, index=True),
        Column("event_id", Text, index=True),
        Column("action", Text, nullable=False),
        Column("reason", Text),
        Column("operator", Text, nullable=False),
        Column("done_at", DateTime(timezone=True), nullable=False),
        Column("body", LargeBinary, nullable=False),
    )


def _generation(metadata: MetaData) -> Table:
    return Table(
        "generation",
        metadata,
        Column("number", Integer, primary_key=True),
        Column("partitions", Integer, nullable=False),
        Column("declared_at", DateTime(timezone=True)),
        Column("replay_from", Text),
        Column("replayed_at", DateTime(timezone=True)),
    )


def _partition(metadata: MetaData) -> Table:
    return Table(
        "partition",
        metadata,
        Column("generation", Integer, primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("drained_at", DateTime(timezone=True)),
        Column("tick", Uuid),
    )


def _reconciliation(metadata: MetaData) -> Table:
    return Table(
        "reconciliation",
        metadata,
        Column("singleton", Boolean, primary_key=True, server_default=text("true")),
        Column("log_offset", BigInteger, nullable=False),
        Column("log_entry", LargeBinary),
        Column("position", BigInteger, nullable=False),
        Column("compared_at", DateTime(timezone=True), nullable=False),
        Column("had_until", DateTime(timezone=True)),
        Column("unlogged", BigInteger, nullable=False, server_default=text("0")),
        Column("missed", BigInteger, nullable=False, server_default=text("0")),
    )


def _lead(metadata: MetaData) -> Table:
    return Table(
        "lead",
        metadata,
        Column("singleton", Boolean, primary_key=True, server_default=text("true")),
        Column("holder", Uuid, nullable=False),
        Column("number", BigInteger, nullable=False),
        Column("until", DateTime(timezone=True), nullable=False),
    )


def _rebuild(metadata: MetaData) -> Table:
    return Table(
        "rebuild",
        metadata,
        Column("projection", Text, primary_key=True),
        Column("started_at", DateTime(timezone=True), nullable=False),
        Column("finished_at", DateTime(timezone=True)),
        Column("events", BigInteger, nullable=False),
        Column("total", BigInteger),
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


def _mail(metadata: MetaData) -> Table:
    table = Table(
        "mail",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("address", Text, nullable=False),
        Column("language", Text, nullable=False),
        Column("subject", JSONB, nullable=False),
        Column("paragraphs", JSONB, nullable=False),
        Column("link", Text),
        Column("unsubscribe", Text),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("last_attempt_at", DateTime(timezone=True)),
        Column("next_attempt_at", DateTime(timezone=True)),
        Column("last_error", Text),
        Column("sent_at", DateTime(timezone=True)),
    )
    Index("ix_mail_unsent", table.c.next_attempt_at, table.c.id, postgresql_where=text("sent_at is null"))
    Index("ix_mail_sent_at", table.c.sent_at, postgresql_where=text("sent_at is not null"))
    return table


def _enclosure(metadata: MetaData, mail: Table) -> Table:
    return Table(
        "enclosure",
        metadata,
        Column(
            "mail_id", Uuid, ForeignKey(mail.c.id, name="fk_enclosure_mail_id", ondelete="cascade"), primary_key=True
        ),
        Column("position", Integer, primary_key=True),
        Column("name", Text, nullable=False),
        Column("media_type", Text, nullable=False),
        Column("content", LargeBinary, nullable=False),
    )


def _mail_server(metadata: MetaData) -> Table:
    return Table(
        "mail_server",
        metadata,
        Column("singleton", Boolean, primary_key=True, server_default=text("true")),
        Column("state", Text, nullable=False),
        Column("reason", Text),
        Column("since", DateTime(timezone=True), nullable=False),
        Column("seen_at", DateTime(timezone=True), nullable=False),
    )


def _ended_session(metadata: MetaData) -> Table:
    return Table(
        "ended_session",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("issued_until", DateTime(timezone=True), nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()"), index=True),
    )


def _allowance(metadata: MetaData) -> Table:
    table = Table(
        "allowance",
        metadata,
        Column("key", LargeBinary, primary_key=True),
        Column("clear_at", DateTime(timezone=True), nullable=False),
    )
    Index("ix_allowance_clear_at", table.c.clear_at)
    return table
