"""What others hold of the cohorts while they decide on what rests on them."""

from uuid import UUID

from intake.gatherings.model import Cohort
from intake.gatherings.store import lock_cohort
from shared.work import UnitOfWork


async def hold_cohort(work: UnitOfWork, id: UUID) -> Cohort | None:
    """The cohort, held until this work ends: whoever gives away its places does so one after the other."""
    return await lock_cohort(work, id)
