"""What accepting an application would cost, as JSON."""

from typing import Annotated
from uuid import UUID

from intake.applications import queries
from intake.capacity.outputs import WeighingOut, weighing_out
from shared.errors import require_found
from shared.identity import Identity
from shared.web.access import allow
from shared.web.routes import Work, api_router

router = api_router(tags=["capacity"])


@router.get("/applications/{id}/capacity")
async def show_cost(id: UUID, work: Work, who: Annotated[Identity, allow(*queries.STAFF)]) -> WeighingOut:
    """What a yes, said now, would cost the corps month by month, and whether it has the hours.

    `as_of` is null until the corps has been counted, and `fits` as long as that cannot be said.
    """
    application = require_found(await queries.application_by_id(work, id), "application")
    return weighing_out(await queries.cost_of_accepting(work, application))
