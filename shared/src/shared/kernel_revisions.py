"""Schema changes of the kernel's tables, which every service's migrations run in its own schema.

They import nothing from the kernel's other modules: later changes there must not change old migrations.
"""

import hmac
import json
from hashlib import sha256
from secrets import token_bytes
from uuid import UUID

from alembic import op
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import column, select, table, update


def log_by_month(schema: str) -> None:
    """Partitions the log by month; adds counters per subject, timers, partitions, and parked outgoing events."""
    _execute(_LOG_BY_MONTH, schema)


def mail(schema: str) -> None:
    """Adds the outbox of e-mails, their files, and the state of the mail server."""
    _execute(_MAIL, schema)


def mail_unsubscribe(schema: str) -> None:
    """Adds the address at which a mail program unsubscribes its reader."""
    _execute("alter table {schema}.mail add column unsubscribe text", schema)


def ended_sessions(schema: str) -> None:
    """Adds ended sessions, single ones or all of a person."""
    _execute(_ENDED_SESSIONS, schema)


def seal_answers(schema: str) -> None:
    """Encrypts stored answers with the idempotency keys of their requests."""
    answer = table("answer", column("caller"), column("key"), column("fingerprint"), column("body"), schema=schema)
    connection = op.get_bind()
    for caller, key, digest, body in connection.execute(select(answer)).all():
        sealed = _sealed(caller, key, digest, body)
        connection.execute(update(answer).where(answer.c.caller == caller, answer.c.key == key).values(sealed))


def _sealed(caller: str, key: str, digest: str, body: bytes | None) -> dict[str, str | bytes | None]:
    """Encrypts as `shared.web.sealing` did at the time of this revision."""

    def derived(purpose: str) -> bytes:
        return hmac.digest(key.encode(), f"{purpose}\n{caller}\n{digest}".encode(), "sha256")

    nonce = token_bytes(12)
    closed = None if body is None else nonce + AESGCM(derived("answer")).encrypt(nonce, bytes(body), None)
    return {"key": sha256(key.encode()).hexdigest(), "fingerprint": derived("fingerprint").hex(), "body": closed}


def forget_sent_mail(schema: str) -> None:
    """Deletes of sent e-mails everything but the fact and the kind of subject."""
    _execute(_FORGET_SENT_MAIL, schema)


def allowances(schema: str) -> None:
    """Adds the state of rate limits."""
    _execute(_ALLOWANCES, schema)


def reconciliation(schema: str) -> None:
    """Adds how far log and receipts have been compared, and the last tick of each queue."""
    _execute(_RECONCILIATION, schema)


def lead(schema: str) -> None:
    """Adds the relay's lease."""
    _execute(_LEAD, schema)


def identities(schema: str) -> None:
    """Makes source and id together the deduplication key, and an id any text."""
    _execute(_IDENTITIES.replace("{identity}", _IDENTITY), schema)
    deed = table("intervention", *map(column, ("id", "identity", "event_id", "body")), schema=schema)
    connection = op.get_bind()
    for id, event_id, body in connection.execute(select(deed.c.id, deed.c.event_id, deed.c.body)).all():
        identity = _digest(bytes(body)) if event_id is None else _digest(f"{_source(body)}\n{event_id}".encode())
        connection.execute(update(deed).where(deed.c.id == id).values(identity=identity))
    _execute(_IDENTITIES_OF_DEEDS, schema)


def had_until(schema: str) -> None:
    """Adds the moment until which the service is known to have received everything."""
    _execute("alter table {schema}.reconciliation add column had_until timestamptz", schema)


def journal(schema: str) -> None:
    """Adds data and order to received events (the journal); the data of earlier ones are filled in from the log
    later."""
    _execute(_JOURNAL, schema)


def _source(body: bytes) -> str:
    return str(json.loads(body)["source"]).removeprefix("/praksis/")


def _digest(of: bytes) -> UUID:
    return UUID(bytes=sha256(of).digest()[:16])


def _execute(statements: str, schema: str) -> None:
    for statement in statements.split(";\n"):
        op.execute(statement.replace("{schema}", schema))


_LOG_BY_MONTH = """
alter table {schema}.event rename to event_unparted;
alter table {schema}.event_unparted rename constraint pk_event to pk_event_unparted;
alter table {schema}.event_unparted rename constraint uq_event_id to uq_event_unparted_id;
alter table {schema}.event_unparted rename constraint uq_event_subject_sequence to uq_event_unparted_subject_sequence;
drop index {schema}.ix_event_undispatched;
create table {schema}.event (
    position bigint generated always as identity,
    time timestamptz not null,
    id uuid not null,
    type text not null,
    subject text not null,
    sequence integer not null,
    correlation_id uuid not null,
    causation_id uuid,
    traceparent text,
    data jsonb not null,
    dispatched_at timestamptz,
    constraint pk_event primary key (position, time),
    constraint uq_event_id_time unique (id, time),
    constraint uq_event_subject_sequence_time unique (subject, sequence, time)
) partition by range (time);
create table {schema}.event_default partition of {schema}.event default;
create index ix_event_undispatched on {schema}.event (position) where dispatched_at is null;
insert into {schema}.event (
    position, time, id, type, subject, sequence, correlation_id, causation_id, traceparent, data, dispatched_at
) overriding system value select
    position, time, id, type, subject, sequence, correlation_id, causation_id, traceparent, data, dispatched_at
from {schema}.event_unparted;
select setval(pg_get_serial_sequence('{schema}.event', 'position'), coalesce(max(position), 0) + 1, false)
from {schema}.event;
create table {schema}.last_sequence (
    subject text not null, sequence integer not null, constraint pk_last_sequence primary key (subject)
);
insert into {schema}.last_sequence select subject, max(sequence) from {schema}.event group by subject;
drop table {schema}.event_unparted;
create table {schema}.timer (
    key text not null,
    due_at timestamptz not null,
    type text not null,
    correlation_id uuid not null,
    causation_id uuid,
    traceparent text,
    data jsonb not null,
    constraint pk_timer primary key (key)
);
create index ix_timer_due_at on {schema}.timer (due_at);
create index ix_received_received_at on {schema}.received using brin (received_at);
alter table {schema}.parked add column outgoing boolean not null default false;
alter table {schema}.parked drop constraint uq_parked_event_id;
alter table {schema}.parked add constraint uq_parked_event_id_outgoing unique (event_id, outgoing);
create table {schema}.generation (
    number integer not null,
    partitions integer not null,
    declared_at timestamptz,
    replay_from text,
    replayed_at timestamptz,
    constraint pk_generation primary key (number)
);
create table {schema}.partition (
    generation integer not null,
    number integer not null,
    drained_at timestamptz,
    constraint pk_partition primary key (generation, number)
);
create table {schema}.rebuild (
    projection text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    events bigint not null,
    total bigint,
    constraint pk_rebuild primary key (projection)
)
"""

_MAIL = """
create table {schema}.mail (
    id uuid not null,
    address text not null,
    language text not null,
    subject jsonb not null,
    paragraphs jsonb not null,
    link text,
    created_at timestamptz not null,
    attempts integer not null,
    last_attempt_at timestamptz,
    next_attempt_at timestamptz,
    last_error text,
    sent_at timestamptz,
    constraint pk_mail primary key (id)
);
create index ix_mail_unsent on {schema}.mail (next_attempt_at, id) where sent_at is null;
create index ix_mail_sent_at on {schema}.mail (sent_at) where sent_at is not null;
create table {schema}.enclosure (
    mail_id uuid not null,
    position integer not null,
    name text not null,
    media_type text not null,
    content bytea not null,
    constraint pk_enclosure primary key (mail_id, position),
    constraint fk_enclosure_mail_id foreign key (mail_id) references {schema}.mail (id) on delete cascade
);
create table {schema}.mail_server (
    singleton boolean not null default true,
    state text not null,
    reason text,
    since timestamptz not null,
    seen_at timestamptz not null,
    constraint pk_mail_server primary key (singleton)
)
"""

_ENDED_SESSIONS = """
create table {schema}.ended_session (
    id uuid not null,
    issued_until timestamptz not null,
    recorded_at timestamptz not null default now(),
    constraint pk_ended_session primary key (id)
);
create index ix_ended_session_recorded_at on {schema}.ended_session (recorded_at)
"""

_FORGET_SENT_MAIL = """
delete from {schema}.enclosure where mail_id in (select id from {schema}.mail where sent_at is not null);
update {schema}.mail
set address = '', link = null, unsubscribe = null, paragraphs = '[]',
    subject = jsonb_build_object('message', subject -> 'message', 'values', '{}'::jsonb)
where sent_at is not null
"""

_ALLOWANCES = """
create table {schema}.allowance (
    key bytea not null,
    clear_at timestamptz not null,
    constraint pk_allowance primary key (key)
);
create index ix_allowance_clear_at on {schema}.allowance (clear_at)
"""

_RECONCILIATION = """
alter table {schema}.partition add column tick uuid;
create table {schema}.reconciliation (
    singleton boolean not null default true,
    log_offset bigint not null,
    log_entry bytea,
    position bigint not null,
    compared_at timestamptz not null,
    unlogged bigint not null default 0,
    missed bigint not null default 0,
    constraint pk_reconciliation primary key (singleton)
)
"""

_JOURNAL = """
alter table {schema}.received add column position bigint;
update {schema}.received as had set position = came.place
from (select identity, row_number() over (order by received_at, ctid) as place from {schema}.received) as came
where came.identity = had.identity;
alter table {schema}.received alter column position set not null;
alter table {schema}.received alter column position add generated by default as identity;
select setval(pg_get_serial_sequence('{schema}.received', 'position'), coalesce(max(position), 0) + 1, false)
from {schema}.received;
create unique index ix_received_position on {schema}.received (position);
alter table {schema}.received
add column source text, add column subject text, add column sequence bigint, add column type text, add column data text
"""
"""Rows of one transaction have the same time; they are ordered by where they were written."""

_LEAD = """
create table {schema}.lead (
    singleton boolean not null default true,
    holder uuid not null,
    number bigint not null,
    until timestamptz not null,
    constraint pk_lead primary key (singleton)
)
"""

_IDENTITY = (
    "encode(substring(sha256(convert_to(source || E'\\n' || event_id::text, 'UTF8')) from 1 for 16), 'hex')::uuid"
)
_IDENTITIES = """
alter table {schema}.event alter column causation_id type text using causation_id::text;
alter table {schema}.timer alter column causation_id type text using causation_id::text;
alter table {schema}.received rename to received_by_id;
alter table {schema}.received_by_id rename constraint pk_received to pk_received_by_id;
drop index {schema}.ix_received_received_at;
create table {schema}.received (
    identity uuid not null,
    told_id uuid,
    received_at timestamptz not null default now(),
    constraint pk_received primary key (identity)
);
insert into {schema}.received (identity, told_id, received_at)
select {identity}, event_id, received_at
from {schema}.received_by_id cross join (values ('intake'), ('scheduling'), ('reporting')) as service (source)
order by received_at;
drop table {schema}.received_by_id;
create index ix_received_told_id on {schema}.received (told_id) where told_id is not null;
create index ix_received_received_at on {schema}.received using brin (received_at);
alter table {schema}.parked drop constraint uq_parked_event_id_outgoing;
alter table {schema}.parked add column identity uuid;
delete from {schema}.parked as again using {schema}.parked as first
where again.event_id is null and first.event_id is null and again.body = first.body and again.id > first.id;
update {schema}.parked set identity = case when event_id is null
    then encode(substring(sha256(body) from 1 for 16), 'hex')::uuid else {identity} end;
update {schema}.parked set id = identity where not outgoing;
alter table {schema}.parked alter column identity set not null;
alter table {schema}.parked alter column event_id type text using event_id::text;
alter table {schema}.parked add constraint uq_parked_identity_outgoing unique (identity, outgoing);
alter table {schema}.intervention add column identity uuid;
alter table {schema}.intervention alter column event_id type text using event_id::text
"""
"""The source of events received earlier is not known: each gets a row for every service of Praksis that can have sent
it."""

_IDENTITIES_OF_DEEDS = """
alter table {schema}.intervention alter column identity set not null;
create index ix_intervention_identity on {schema}.intervention (identity);
insert into {schema}.received (identity, received_at)
select identity, done_at from {schema}.intervention where event_id is null and action = 'discard'
on conflict do nothing
"""
"""Bytes that were no event and were given up must not come back by a replay."""
