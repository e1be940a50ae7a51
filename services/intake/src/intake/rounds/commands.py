"""What is done to rounds, the same from a page and through the API: load, decide, save, publish."""

import secrets
from datetime import date
from uuid import UUID

from uuid_utils.compat import uuid7

from intake.moving import OpenIds
from intake.municipalities.locks import refuse_outside
from intake.programmes.queries import programme_offered
from intake.rounds import decisions, store
from intake.rounds.model import Extension, LateEntry, Round, Zone
from shared.errors import NotFound, require_seen
from shared.identity import Identity
from shared.work import UnitOfWork

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that look alike: codes are read out on the telephone."""
CODE_LENGTH = 12


async def open_round(work: UnitOfWork, programme: str, opens_on: date, deadline: date, zone: Zone) -> Round:
    """Announce a round. Raises `unknown-programme`, `programme-not-offered`, or what the decision refuses."""
    found = await programme_offered(work, programme, opens_on)
    wanted = Round(uuid7(), programme, opens_on, deadline, zone)
    opened = work.record(decisions.open_round(wanted, found, work.now))
    store.add_round(work, opened)
    return opened


async def extend_round(work: UnitOfWork, id: UUID, version: int, who: Identity, deadline: date, reason: str) -> Round:
    """Move the deadline of what stood at `version`. Raises `unknown-round`, `stale-version`, or what is refused."""
    round_ = require_seen(await store.lock_round(work, id), "round", version)
    extension = Extension(round_.deadline, deadline, reason, who.subject, work.now)
    return await store.save_extension(work, work.record(decisions.extend_round(round_, extension, work.now)))


async def give_late_entry(work: UnitOfWork, id: UUID, who: Identity, municipality: str) -> str:
    """A code by which a municipality may apply once after the deadline; it is told this once, and kept nowhere.

    Raises `unknown-round` or what `refuse_outside` raises.
    """
    if await store.lock_round(work, id) is None:
        raise NotFound("round")
    await refuse_outside(work, who, municipality)
    code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
    store.add_late_entry(work, LateEntry(uuid7(), id, municipality, who.subject, work.now), code)
    return "-".join(code[place : place + 4] for place in range(0, CODE_LENGTH, 4))


async def move_late_entries(work: UnitOfWork, unused: OpenIds, into: str) -> int:
    """Let these codes be those of the municipality that theirs has become part of; how many."""
    return await store.move_late_entries(work, unused, into)
