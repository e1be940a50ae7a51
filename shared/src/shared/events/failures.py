"""Failed events: the table `parked` is the service's retry queue and its dead letters, in sight of its operators.

An event that failed is retried with backoff (`retrying`) until its attempts are used up. Then, or at once where a retry
could not help, it waits for an operator (`parked`). Later events of its subject wait behind it (`waiting`), so that the
order of a subject holds through failures.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from hashlib import sha256
from uuid import UUID

import structlog
from pydantic import ValidationError
from sqlalchemy import ARRAY, BindParameter, Select, Text, bindparam, func, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from shared.errors import NotHeardOf, Refused
from shared.events.envelope import Envelope, Malformed, decode, encode
from shared.events.many import one_of
from shared.events.memory import TooOld, is_too_old
from shared.events.supervision import JITTER, jittered
from shared.outages import is_outage
from shared.tables import KernelTables
from shared.work import UnitOfWork

log = structlog.get_logger(__name__)

SCHEDULE = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600))
"""The backoff: pauses before the retries that follow the immediate ones. After the last, the event waits for an
operator."""
Subject = tuple[str, str]
"""Source and subject of an event: the ordering key."""


class GivenUp(Exception):
    """The broker has dead-lettered the event: it was delivered again and again and never acknowledged."""


def longest_pause() -> timedelta:
    """The longest pause before a retry. A retry that is due later than this was noted by a clock that was ahead, and is
    due now."""
    return max(SCHEDULE) * (1 + JITTER)


class State(StrEnum):
    """Why an event is not handled now."""

    RETRYING = "retrying"
    PARKED = "parked"
    WAITING = "waiting"


def _texts(name: str) -> BindParameter[Sequence[str]]:
    return bindparam(name, type_=ARRAY(Text))


def is_permanent(error: Exception) -> bool:
    """Whether a retry would fail the same way: the event cannot be read, a decision refuses it, or it is too old."""
    return isinstance(error, Refused | Malformed | TooOld | ValueError)


async def park(work: UnitOfWork, tables: KernelTables, body: bytes, error: Exception, attempts: int) -> bool:
    """Keep a failed event with its reason; returns False for one that has had its effect or was given up, which is not
    kept.

    The caller commits, and may acknowledge the event after that. `attempts` is how often it was tried. Bytes that are
    no event, or one that the table refuses, are kept as bytes alone, under a digest of them, so that the same bytes are
    kept once however often they are delivered.
    """
    envelope = _readable(body)
    key = envelope.identity if envelope else _key_of(body)
    if await seen_among(work, tables, [key]):
        return False
    if envelope is None:
        await _keep(work, tables, _nameless(work, key, body, error, attempts))
    else:
        state = await _state_of(work, tables, envelope, error)
        values = {
            **_columns(envelope),
            "state": state,
            "retry_at": work.now + _pause(0) if state is State.RETRYING else None,
            **_failed(work, body, error, attempts),
        }
        try:
            async with work.session.begin_nested():
                await _keep(work, tables, values)
        except DBAPIError as fault:
            if is_outage(fault):
                raise
            log.warning("event cannot be parked as it is", event_id=envelope.id, error=type(fault.orig).__name__)
            await _keep(work, tables, _nameless(work, key, body, Malformed("it cannot be kept as it is"), attempts))
    log.error("event failed", event_id=envelope.id if envelope else None, key=str(key), reason=reason_of(error))
    return True


async def _state_of(work: UnitOfWork, tables: KernelTables, envelope: Envelope, error: Exception) -> State:
    """What the event waits for. The broker may give one up while it stands behind another that ends its process."""
    if is_permanent(error):
        return State.PARKED
    parked = tables.parked
    earlier = select(parked.c.id).where(
        ~parked.c.outgoing,
        parked.c.source == envelope.source,
        parked.c.subject == envelope.subject,
        parked.c.sequence < envelope.sequence,
    )
    return State.WAITING if await work.session.scalar(select(earlier.exists())) else State.RETRYING


async def _keep(work: UnitOfWork, tables: KernelTables, values: Mapping[str, object]) -> None:
    # After a crash between this commit and the acknowledgement the event is redelivered: its row stays as it is.
    await work.session.execute(insert(tables.parked).values(values).on_conflict_do_nothing())


def _nameless(work: UnitOfWork, key: UUID, body: bytes, error: Exception, attempts: int) -> dict[str, object]:
    return {"id": key, "identity": key, "state": State.PARKED, **_failed(work, body, error, attempts)}


def _failed(work: UnitOfWork, body: bytes, error: Exception, attempts: int) -> dict[str, object]:
    return {
        "reason": reason_of(error),
        "attempts": attempts,
        "first_failed_at": work.now,
        "last_failed_at": work.now,
        "body": body,
    }


def _key_of(body: bytes) -> UUID:
    return UUID(bytes=sha256(body).digest()[:16])


async def blocked_subjects(work: UnitOfWork, tables: KernelTables, envelopes: Sequence[Envelope]) -> set[Subject]:
    """Those subjects of the events that have something in `parked`, behind which the events must wait."""
    given = {(envelope.source, envelope.subject) for envelope in envelopes}
    parameters = {"sources": [source for source, _ in given], "subjects": [subject for _, subject in given]}
    found = await work.session.execute(_blocked(tables), parameters)
    return {(row.source, row.subject) for row in found}


@cache
def _blocked(tables: KernelTables) -> Select[tuple[str, str]]:
    """The statement, made once: to build it costs more than to run it."""
    parked = tables.parked
    given = func.unnest(_texts("sources"), _texts("subjects")).table_valued("source", "subject").render_derived("given")
    # A lateral query per subject with a limit: thousands of events may wait behind one, and need not be read.
    first = (
        select(parked.c.id)
        .where(~parked.c.outgoing, parked.c.source == given.c.source, parked.c.subject == given.c.subject)
        .limit(1)
        .lateral()
    )
    return select(given.c.source, given.c.subject).join(first, true())


async def wait_behind(
    work: UnitOfWork, tables: KernelTables, envelopes: Sequence[Envelope], since: datetime | None = None
) -> None:
    """Let events wait behind an earlier one of their subject; those that have had their effect already are left out.

    An event that happened before `since` is parked for an operator instead: it must not have its effect without being
    asked for.
    """
    seen = await seen_among(work, tables, [envelope.identity for envelope in envelopes])
    unseen = [envelope for envelope in envelopes if envelope.identity not in seen]
    waiting = [_waiting(each) for each in unseen if not is_too_old(each, since)]
    too_old = [_too_old(work, each) for each in unseen if is_too_old(each, since)]
    for rows in filter(None, (waiting, too_old)):
        await work.session.execute(insert(tables.parked).values(rows).on_conflict_do_nothing())


def _waiting(envelope: Envelope) -> dict[str, object]:
    return {"state": State.WAITING, "attempts": 0, "body": encode(envelope), **_columns(envelope)}


def _too_old(work: UnitOfWork, envelope: Envelope) -> dict[str, object]:
    return {"state": State.PARKED, **_failed(work, encode(envelope), TooOld(), 1), **_columns(envelope)}


async def set_apart(work: UnitOfWork, tables: KernelTables, envelopes: Sequence[Envelope]) -> list[UUID]:
    """Keep events of which one may end the process, each as if its try had begun; returns the identities of those to be
    tried now.

    The others have had their effect, wait behind an earlier event of their subject, or are in the table already. The
    caller commits before the first try: should one end the process, all of them stand in the table, later events of
    their subjects wait behind them however often the broker redelivers them, and `Retries` counts the tries that
    follow.
    """
    seen = await seen_among(work, tables, [each.identity for each in envelopes])
    unseen = [each for each in envelopes if each.identity not in seen]
    blocked = await blocked_subjects(work, tables, unseen)
    first: dict[Subject, Envelope] = {}
    for each in unseen:
        subject = (each.source, each.subject)
        if subject not in blocked:
            first.setdefault(subject, each)
    rows = [_interrupted(work, each) for each in first.values()]
    if rows:
        await work.session.execute(insert(tables.parked).values(rows).on_conflict_do_nothing())
    to_be_tried = {each.identity: None for each in first.values()}
    await wait_behind(work, tables, [each for each in unseen if each.identity not in to_be_tried])
    return list(to_be_tried)


def _interrupted(work: UnitOfWork, envelope: Envelope) -> dict[str, object]:
    return {
        "state": State.RETRYING,
        "reason": INTERRUPTED,
        "attempts": IMMEDIATE_ATTEMPTS,
        "first_failed_at": work.now,
        "last_failed_at": work.now,
        "retry_at": work.now + _pause(0),
        "body": encode(envelope),
        **_columns(envelope),
    }


async def seen_among(work: UnitOfWork, tables: KernelTables, identities: Sequence[UUID]) -> set[UUID]:
    """Those of the events that have been received: they have had their effect, or were given up."""
    seen = select(tables.received.c.identity).where(tables.received.c.identity == one_of(identities))
    return set(await work.session.scalars(seen))


async def given_up_among(work: UnitOfWork, tables: KernelTables, identities: Sequence[UUID]) -> set[UUID]:
    """Those of the events that operators have given up: they count as received, and have had no effect."""
    intervention = tables.intervention
    given_up = select(intervention.c.identity).where(
        intervention.c.action == "discard", intervention.c.identity == one_of(identities)
    )
    return set(await work.session.scalars(given_up))


async def edited_among(work: UnitOfWork, tables: KernelTables, identities: Sequence[UUID]) -> dict[UUID, bytes]:
    """The bodies of those events that operators have edited, as they were last tried, by identity."""
    deed, edit = tables.intervention, tables.intervention.alias("edit")
    was_edited = select(edit.c.id).where(edit.c.identity == deed.c.identity, edit.c.action == "edit").exists()
    tried = (
        select(deed.c.identity, deed.c.body)
        .where(deed.c.action == "retry", deed.c.identity == one_of(identities), was_edited)
        .order_by(deed.c.done_at, deed.c.id)
    )
    rows = await work.session.execute(tried)
    return {row.identity: row.body for row in rows}  # the last one counts


async def count_attempt(work: UnitOfWork, tables: KernelTables, id: UUID, attempts: int) -> None:
    """Count a try before it begins, after `attempts` earlier ones, and set when the next is due in case this one never
    ends.

    The caller commits this before the try, so that an event that ends its process is counted too. The last try leaves
    the event to an operator beforehand.
    """
    parked = tables.parked
    scheduled = max(0, attempts + 1 - IMMEDIATE_ATTEMPTS)
    is_last = scheduled >= len(SCHEDULE)
    await work.session.execute(
        update(parked)
        .where(parked.c.id == id)
        .values(
            state=State.PARKED if is_last else State.RETRYING,
            attempts=attempts + 1,
            reason=INTERRUPTED,
            first_failed_at=func.coalesce(parked.c.first_failed_at, work.now),
            last_failed_at=work.now,
            retry_at=None if is_last else work.now + _pause(scheduled),
        )
    )


async def note_failed_attempt(work: UnitOfWork, tables: KernelTables, id: UUID, error: Exception) -> None:
    """Note the reason why a counted try failed; where a retry would fail the same way, leave the event to an
    operator."""
    values: dict[str, object] = {"reason": reason_of(error), "last_failed_at": work.now}
    if is_permanent(error):
        values |= {"state": State.PARKED, "retry_at": None}
    await work.session.execute(update(tables.parked).where(tables.parked.c.id == id).values(values))


def type_of(body: bytes) -> str | None:
    """The CloudEvents type of the event, or None if the bytes are no event."""
    envelope = _readable(body)
    return envelope.type if envelope else None


def reason_of(error: Exception) -> str:
    """The reason of a failure, in one line without personal data: an exception's own text may quote the data that it
    failed on."""
    match error:
        case Refused():
            return f"Refused: {error.slug}"
        case NotHeardOf():
            return f"NotHeardOf: {error.what}"
        case Malformed():
            return f"Malformed: {error}"
        case ValidationError():
            return f"ValidationError: {_fields_of(error)}"
        case _:
            return type(error).__name__


def _fields_of(error: ValidationError) -> str:
    """Which fields are invalid, and how, as in `closes_at (missing)`; no values, and of many fields only the first."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    told = list(dict.fromkeys(f"{_path(fault['loc'])} ({fault['type']})".strip() for fault in faults))
    return ", ".join([*told[:FIELDS_TOLD], *(["…"] if len(told) > FIELDS_TOLD else [])])


def _path(location: tuple[int | str, ...]) -> str:
    """The path of a field; a place in a list is written `*`, as is any step that is not a field's name."""
    return ".".join(str(step) if FIELD_NAME.fullmatch(str(step)) else "*" for step in location)


FIELD_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
FIELDS_TOLD = 3
"""How many invalid fields a reason names; failures with the same reason are grouped."""
INTERRUPTED = "Interrupted"
"""The reason of an event whose last try has begun and not ended: it is being tried, or it ended its process."""
IMMEDIATE_ATTEMPTS = 3
"""How often an event is tried by the process that received it, before the schedule begins."""


def _pause(scheduled: int) -> timedelta:
    return jittered(SCHEDULE[scheduled])


def _columns(envelope: Envelope) -> dict[str, object]:
    return {
        "id": envelope.identity,
        "identity": envelope.identity,
        "event_id": envelope.id,
        "source": envelope.source,
        "subject": envelope.subject,
        "sequence": envelope.sequence,
        "type": envelope.type,
        "traceparent": envelope.traceparent,
    }


def _readable(body: bytes) -> Envelope | None:
    try:
        return decode(body)
    except Malformed:
        return None
