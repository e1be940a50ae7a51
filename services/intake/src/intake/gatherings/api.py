"""Gatherings as JSON."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from intake.gatherings import commands, queries
from intake.gatherings.inputs import CohortIn
from intake.gatherings.outputs import CohortOut, cohort_out
from shared.errors import require_found
from shared.identity import Identity
from shared.web.access import allow, public
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["gatherings"])

Arranger = Annotated[Identity, allow(*queries.ARRANGERS)]


@router.get("/gatherings", dependencies=[public])
async def list_gatherings(work: Work) -> list[CohortOut]:
    """Every gathering, the latest first."""
    return [cohort_out(each) for each in await queries.cohorts(work)]


@router.get("/gatherings/{id}", dependencies=[public])
async def show_gathering(id: UUID, work: Work, response: Response) -> CohortOut:
    """One gathering; its `ETag` is what changing it and calling it off must match."""
    cohort = require_found(await queries.cohort_by_id(work, id), "gathering")
    response.headers["ETag"] = etag(cohort.version)
    return cohort_out(cohort)


@router.post("/gatherings", status_code=201)
async def announce(body: CohortIn, work: Work, who: Arranger, response: Response) -> CohortOut:
    """Let people register for a gathering of a programme that takes registrations."""
    cohort = await commands.announce(work, body)
    response.headers["Location"] = f"/api/v1/gatherings/{cohort.id}"
    return cohort_out(cohort)


@router.post("/gatherings/{id}/cancellation")
async def call_off(id: UUID, seen: Seen, work: Work, who: Arranger, response: Response) -> CohortOut:
    """Call off the gathering as it stood at the version in `If-Match`; all who have registered are written to."""
    cohort = await commands.call_off(work, id, seen)
    response.headers["ETag"] = etag(cohort.version)
    return cohort_out(cohort)
