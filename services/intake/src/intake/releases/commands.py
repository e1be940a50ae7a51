"""What is done on the desk of a round, the same from a page and through the API.

The desk is held before its applications, and these in the order of their ids, so that no two wait for each other.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from uuid_utils.compat import uuid7

from intake.applications.commands import accept_application, decline_application, waitlist_application
from intake.applications.locks import hold_application
from intake.applications.model import Application
from intake.applications.queries import application_by_id
from intake.releases import decisions, store
from intake.releases.model import Outcome, Prepared, Release, Standing
from intake.rounds.queries import round_by_id
from shared.errors import NotFound, Refused, require_version
from shared.identity import Identity
from shared.work import UnitOfWork


async def prepare(
    work: UnitOfWork,
    round_id: UUID,
    version: int,
    who: Identity,
    applications: Mapping[UUID, int],
    outcome: Outcome,
    reason: str | None,
) -> int:
    """Prepare one decision on each of these applications, seen at these versions, in the place of what was prepared.

    All or none; the desk's next version is returned. Raises `unknown-round`, `unknown-application`, `stale-version` for
    the desk or an application, or what the decision refuses.
    """
    await _lock_desk(work, round_id, version)
    wanted = [
        Prepared(uuid7(), round_id, id, seen, outcome, reason, who.subject, work.now)
        for id, seen in sorted(applications.items())
    ]
    prepared = [decisions.prepare(await _seen(work, each), each) for each in wanted]
    await store.remove_prepared(work, list(applications))
    for each in prepared:
        store.add_prepared(work, work.record(each))
    return await store.save_desk(work, round_id)


async def take_back(work: UnitOfWork, round_id: UUID, version: int, applications: Sequence[UUID]) -> int:
    """Forget what has been prepared for these applications. Raises `unknown-round` or `stale-version`."""
    await _lock_desk(work, round_id, version)
    known = {each.application_id for each in await store.load_prepared(work, round_id)}
    await store.remove_prepared(work, [each for each in applications if each in known])
    return await store.save_desk(work, round_id)


async def release(work: UnitOfWork, round_id: UUID, version: int, who: Identity) -> Release:
    """Make and tell every prepared decision of a round that still fits its application; the others stay prepared.

    One transaction: either everybody is told or nobody. Whoever presses twice has seen an older version the second
    time. Raises `unknown-round`, `stale-version`, or `Refused("nothing-to-release")`.
    """
    await _lock_desk(work, round_id, version)
    told = [each for each in await store.load_prepared(work, round_id) if await _hold_if_ready(work, each)]
    if not told:
        raise Refused("nothing-to-release")
    for each in told:
        await _decide(work, each)
    released = Release(uuid7(), round_id, who.subject, work.now, len(told))
    await store.add_release(work, released, told)
    await store.save_desk(work, round_id)
    return released


async def _lock_desk(work: UnitOfWork, round_id: UUID, version: int) -> None:
    if await round_by_id(work, round_id) is None:
        raise NotFound("round")
    require_version(version, await store.lock_desk(work, round_id))


async def _seen(work: UnitOfWork, prepared: Prepared) -> Application:
    await hold_application(work, prepared.application_id)
    application = await application_by_id(work, prepared.application_id)
    if application is None or application.round_id != prepared.round_id:
        raise NotFound("application")
    require_version(prepared.application_version, application.version)
    return application


async def _hold_if_ready(work: UnitOfWork, prepared: Prepared) -> bool:
    """Whether what is prepared can be released as it is, which it can until this work ends: its application is held."""
    await hold_application(work, prepared.application_id)
    application = await application_by_id(work, prepared.application_id)
    if application is None:
        return False
    return decisions.standing(prepared, application.status, application.version) is Standing.READY


async def _decide(work: UnitOfWork, prepared: Prepared) -> None:
    """The decision is of whoever prepared it."""
    id, version, by = prepared.application_id, prepared.application_version, prepared.prepared_by
    match prepared.outcome:
        case Outcome.ACCEPT:
            await accept_application(work, id, version, by, prepared.reason)
        case Outcome.DECLINE:
            await decline_application(work, id, version, by, prepared.reason or "")
        case Outcome.WAITLIST:
            await waitlist_application(work, id, version, by, prepared.reason or "")
