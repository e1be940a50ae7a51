"""The pipeline and the ways as JSON."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from reporting.pipeline import queries
from shared.contracts.vocabulary import Names
from shared.events.recovery.receipts import receipts
from shared.identity import Identity
from shared.web.access import allow
from shared.web.routes import Work, api_router

router = api_router(tags=["pipeline"])

READERS = allow(*queries.READERS)


class PipelineLineOut(BaseModel):
    programme: str
    submitted: int
    refused: int
    waitlisted: int
    accepted: int
    declined: int
    withdrawn: int
    agreed: int
    running: int
    completed: int


class PipelineOut(BaseModel):
    """What had happened by `as_of` is counted, but for `failed` events; None as long as that is not known yet."""

    as_of: datetime | None
    failed: int
    programmes: list[PipelineLineOut]


class StretchOut(BaseModel):
    phase: str
    names: Names
    planned_start: date
    planned_end: date
    started_on: date | None
    completed_on: date | None


class WayOut(BaseModel):
    application_id: UUID
    course_id: UUID
    programme: str
    municipality: str
    submitted_on: date | None
    accepted_on: date | None
    agreed_on: date | None
    opened_on: date
    team_assigned_on: date | None
    completed_on: date | None
    stretches: list[StretchOut]


@router.get("/pipeline")
async def show_pipeline(work: Work, who: Annotated[Identity, READERS]) -> PipelineOut:
    """How many applications of each programme have come how far."""
    lines = await queries.pipeline(work)
    programmes = [PipelineLineOut.model_validate(line, from_attributes=True) for line in lines]
    had = await receipts(work)
    return PipelineOut(as_of=had.until, failed=had.failed, programmes=programmes)


@router.get("/ways")
async def list_ways(work: Work, who: Annotated[Identity, READERS]) -> list[WayOut]:
    """The way of every course with planned and real dates, the newest first."""
    return [WayOut.model_validate(way, from_attributes=True) for way in await queries.ways(work)]
