"""Rounds as JSON."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from intake.rounds import commands, queries
from intake.rounds.model import Round, Zone
from shared.errors import require_found
from shared.identity import Identity, Role
from shared.inputs.fields import Input, NearDay, Slug, plain_text
from shared.web.access import allow, public
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["rounds"])

Openers = allow(Role.COORDINATOR, Role.ADMINISTRATOR)


class RoundIn(Input):
    programme: Slug
    opens_on: NearDay
    deadline: NearDay
    """The last day on which applications are taken, to its last second in `zone`."""
    zone: Zone = Zone.COPENHAGEN


class ExtensionIn(Input):
    deadline: NearDay
    reason: Annotated[str, plain_text(500)]


class LateEntryIn(Input):
    municipality: str = Field(description="four digits")


class LateEntryOut(BaseModel):
    code: str


class ExtensionOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    was: date
    deadline: date
    reason: str
    given_at: datetime


class RoundOut(BaseModel):
    id: UUID
    programme: str
    opens_on: date
    deadline: date
    zone: Zone
    opens_at: datetime
    closes_at: datetime
    version: int
    extensions: list[ExtensionOut]


@router.get("/rounds", dependencies=[public])
async def list_rounds(work: Work) -> list[RoundOut]:
    """Every round, the latest deadline first."""
    return [_out(each) for each in await queries.rounds(work)]


@router.get("/rounds/{id}", dependencies=[public])
async def show_round(id: UUID, work: Work, response: Response) -> RoundOut:
    """One round; its `ETag` is what an extension must match."""
    round_ = require_found(await queries.round_by_id(work, id), "round")
    response.headers["ETag"] = etag(round_.version)
    return _out(round_)


@router.post("/rounds", status_code=201)
async def open_round(body: RoundIn, work: Work, who: Annotated[Identity, Openers], response: Response) -> RoundOut:
    """Announce a round for a programme that takes applications in rounds."""
    round_ = await commands.open_round(work, body.programme, body.opens_on, body.deadline, body.zone)
    response.headers["Location"] = f"/api/v1/rounds/{round_.id}"
    return _out(round_)


@router.post("/rounds/{id}/extension")
async def extend_round(
    id: UUID, body: ExtensionIn, seen: Seen, work: Work, who: Annotated[Identity, Openers], response: Response
) -> RoundOut:
    """Give the round, as it stood at the version in `If-Match`, a later deadline, also after it has closed."""
    round_ = await commands.extend_round(work, id, seen, who, body.deadline, body.reason)
    response.headers["ETag"] = etag(round_.version)
    return _out(round_)


@router.post("/rounds/{id}/late-entries", status_code=201)
async def give_late_entry(id: UUID, body: LateEntryIn, work: Work, who: Annotated[Identity, Openers]) -> LateEntryOut:
    """Let a municipality apply once after the deadline, by a code that is told this once."""
    return LateEntryOut(code=await commands.give_late_entry(work, id, who, body.municipality))


def _out(round_: Round) -> RoundOut:
    return RoundOut.model_validate(round_, from_attributes=True)
