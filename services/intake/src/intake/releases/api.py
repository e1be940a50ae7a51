"""Prepared decisions and their release as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field

from intake.applications.model import ApplicationStatus
from intake.releases import commands, queries
from intake.releases.inputs import Reason
from intake.releases.model import Outcome, Standing
from intake.releases.queries import DeskLine
from shared.errors import require_found
from shared.identity import Identity, Role
from shared.inputs.fields import Input
from shared.web.access import allow
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["releases"])

Reader = Annotated[Identity, allow(*queries.STAFF)]
Caseworker = Annotated[Identity, allow(Role.CASEWORKER)]


class SeenApplication(Input):
    id: UUID
    version: int = Field(strict=True, ge=1)


class PreparationIn(Input):
    applications: tuple[SeenApplication, ...] = Field(min_length=1, max_length=500)
    outcome: Outcome
    reason: Reason | None = None


class TakingBackIn(Input):
    applications: tuple[UUID, ...] = Field(min_length=1, max_length=500)


class PreparedOut(BaseModel):
    outcome: Outcome
    reason: str | None
    prepared_at: datetime
    standing: Standing


class DeskLineOut(BaseModel):
    application_id: UUID
    version: int
    municipality: str
    status: ApplicationStatus
    prepared: PreparedOut | None


class ReleaseOut(BaseModel):
    id: UUID
    released_at: datetime
    decisions: int


class DeskOut(BaseModel):
    round_id: UUID
    version: int
    applications: list[DeskLineOut]
    ready: int = Field(description="so many decisions a release would tell")
    left_out: int = Field(description="so many are prepared on applications that have changed since")
    releases: list[ReleaseOut]


@router.get("/releases/{id}")
async def show_desk(id: UUID, work: Work, who: Reader, response: Response) -> DeskOut:
    """What is prepared in the round `id`; its `ETag` is what every change must match."""
    desk = require_found(await queries.desk(work, id, who), "round")
    response.headers["ETag"] = etag(desk.version)
    return DeskOut(
        round_id=id,
        version=desk.version,
        applications=[_line_out(line) for line in desk.lines],
        ready=len(desk.ready),
        left_out=len(desk.left_out),
        releases=[ReleaseOut.model_validate(each, from_attributes=True) for each in desk.releases],
    )


@router.post("/releases/{id}/preparations", status_code=204)
async def prepare(id: UUID, body: PreparationIn, seen: Seen, work: Work, who: Caseworker, response: Response) -> None:
    """Prepare one outcome for applications of the round, in the place of what was prepared for them; all or none."""
    wanted = {each.id: each.version for each in body.applications}
    version = await commands.prepare(work, id, seen, who, wanted, body.outcome, body.reason)
    response.headers["ETag"] = etag(version)


@router.post("/releases/{id}/taking-back", status_code=204)
async def take_back(id: UUID, body: TakingBackIn, seen: Seen, work: Work, who: Caseworker, response: Response) -> None:
    """Forget what is prepared for these applications."""
    response.headers["ETag"] = etag(await commands.take_back(work, id, seen, body.applications))


@router.post("/releases/{id}/release")
async def release(id: UUID, seen: Seen, work: Work, who: Caseworker, response: Response) -> ReleaseOut:
    """Make and tell what is prepared in the round, as it was seen at the version in `If-Match`."""
    released = await commands.release(work, id, seen, who)
    response.headers["ETag"] = etag(seen + 1)
    return ReleaseOut.model_validate(released, from_attributes=True)


def _line_out(line: DeskLine) -> DeskLineOut:
    prepared, standing = line.prepared, line.standing
    return DeskLineOut(
        application_id=line.application.id,
        version=line.application.version,
        municipality=line.application.municipality,
        status=line.application.status,
        prepared=None
        if prepared is None or standing is None
        else PreparedOut(
            outcome=prepared.outcome, reason=prepared.reason, prepared_at=prepared.prepared_at, standing=standing
        ),
    )
