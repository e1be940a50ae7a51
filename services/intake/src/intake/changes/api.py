"""Changing gatherings through the API, and how they have been changed."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict

from intake.changes import commands
from intake.gatherings.inputs import ChangeIn
from intake.gatherings.model import Change
from intake.gatherings.outputs import CohortOut, DetailsOut, cohort_out
from intake.gatherings.queries import OFFICE, changes, cohort_by_id
from shared.errors import require_found
from shared.identity import Identity
from shared.web.access import allow
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["gatherings"])

Changer = Annotated[Identity, allow(*OFFICE)]


class ChangeOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    version: int
    """The one to which the gathering came by it."""
    before: DetailsOut
    after: DetailsOut
    reason: str | None
    made_at: datetime


@router.put("/gatherings/{id}")
async def change_gathering(
    id: UUID, body: ChangeIn, seen: Seen, work: Work, who: Changer, response: Response
) -> CohortOut:
    """Let the gathering, as it stood at the version in `If-Match`, be what is said.

    Those who have registered are written to where its days, hours, zone, venue or their workshop change; `reason` is
    wanted for the first four.
    """
    cohort = await commands.change_gathering(work, id, seen, who, body)
    response.headers["ETag"] = etag(cohort.version)
    return cohort_out(cohort)


@router.get("/gatherings/{id}/changes")
async def list_changes(id: UUID, work: Work, who: Changer) -> list[ChangeOut]:
    """What has been changed of a gathering since it was announced, the last change first."""
    cohort = require_found(await cohort_by_id(work, id), "gathering")
    return [_out(each) for each in await changes(work, cohort)]


def _out(change: Change) -> ChangeOut:
    return ChangeOut(
        version=change.after.version,
        before=DetailsOut.model_validate(change.before),
        after=DetailsOut.model_validate(change.after),
        reason=change.reason,
        made_at=change.made_at,
    )
