"""What is done to what is sent, the same from a page and through the API."""

from uuid import UUID

from uuid_utils.compat import uuid7

from intake.gatherings.model import Cohort
from intake.gatherings.queries import hold_cohort
from intake.materials import decisions, store
from intake.materials.model import File, Kind, Material
from shared.errors import require_found, require_version
from shared.work import UnitOfWork


async def attach(
    work: UnitOfWork, cohort_id: UUID, kind: Kind, seen: int, days: int, text: str, file: tuple[File, bytes] | None
) -> Material:
    """Have a text sent before or after a gathering, in place of the one of version `seen`; 0 where there was none.

    Raises `unknown-gathering`, `stale-version`, or what the decision refuses.
    """
    cohort = require_found(await hold_cohort(work, cohort_id), "gathering")
    before = next((each for each in await store.lock_materials(work, cohort_id) if each.kind is kind), None)
    require_version(seen, before.version if before else 0)
    decision = decisions.attach(cohort, before, uuid7(), kind, days, text, file[0] if file else None)
    await store.save_material(work, decision.state, file[1] if file else None)
    work.record(decision)
    return decision.state


async def take_back(work: UnitOfWork, cohort_id: UUID, kind: Kind, seen: int) -> None:
    """Let the text of version `seen` not be sent. Raises `stale-version`, or what the decision refuses."""
    before = next((each for each in await store.lock_materials(work, cohort_id) if each.kind is kind), None)
    require_version(seen, before.version if before else 0)
    if before is not None:
        decisions.take_back(before)
        await store.remove_material(work, before)


async def follow(work: UnitOfWork, cohort: Cohort) -> None:
    """Let what is sent for a held gathering be due by the days that it has now."""
    decision = decisions.follow(cohort, await store.lock_materials(work, cohort.id))
    for each in decision.state:
        await store.save_due(work, each)
    work.record(decision)
