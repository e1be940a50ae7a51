"""Changing a gathering that has been announced, the same from a page and through the API: all of it in one commit."""

from uuid import UUID

from intake.gatherings import commands as gatherings
from intake.gatherings.inputs import ChangeIn
from intake.gatherings.locks import hold_cohort
from intake.gatherings.model import Cohort
from intake.materials import commands as materials
from intake.registrations import enrolment_commands as registrations
from intake.registrations.queries import taken
from shared.errors import require_found
from shared.identity import Identity
from shared.work import UnitOfWork


async def change_gathering(work: UnitOfWork, id: UUID, version: int, who: Identity, said: ChangeIn) -> Cohort:
    """Let the gathering of this version be what is said; who waits moves up, and timers follow the new dates.

    It is held from the start, so that nobody registers between the counting of places and the change. Raises
    `unknown-gathering`, `stale-version`, or what the decision refuses.
    """
    cohort = require_found(await hold_cohort(work, id), "gathering")
    change = await gatherings.change(work, id, version, who, said, await taken(work, cohort))
    if change.after != change.before:
        await registrations.follow(work, change)
        await materials.follow(work, change.after)
    return change.after
