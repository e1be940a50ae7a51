"""Rounds as JSON."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field
from uuid_utils.compat import uuid7

from intake.programmes.queries import programme_exists, programme_in_force
from intake.rounds import decisions, queries, store
from intake.rounds.model import Round, Zone
from shared.errors import Problem
from shared.identity import Identity, Role
from shared.web.access import allow, public
from shared.web.inputs import AsDay, Input, Slug
from shared.web.routes import Work, api_router

router = api_router(tags=["rounds"])

NearDay = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31)), AsDay]


class RoundIn(Input):
    programme: Slug
    opens_on: NearDay
    deadline: NearDay
    """The last day on which applications are taken, to its last second in `zone`."""
    zone: Zone = Zone.COPENHAGEN


class RoundOut(BaseModel):
    id: UUID
    programme: str
    opens_on: date
    deadline: date
    zone: Zone
    opens_at: datetime
    closes_at: datetime


@router.get("/rounds", dependencies=[public])
async def list_rounds(work: Work) -> list[RoundOut]:
    """Every round, the latest deadline first."""
    return [_out(each) for each in await queries.rounds(work)]


@router.get("/rounds/{id}", dependencies=[public])
async def show_round(id: UUID, work: Work) -> RoundOut:
    """One round."""
    round_ = await queries.round_by_id(work, id)
    if round_ is None:
        raise Problem("unknown-round", 404)
    return _out(round_)


@router.post("/rounds", status_code=201)
async def open_round(
    body: RoundIn, work: Work, who: Annotated[Identity, allow(Role.COORDINATOR, Role.ADMINISTRATOR)], response: Response
) -> RoundOut:
    """Announce a round for a programme that takes applications in rounds."""
    programme = await programme_in_force(work, body.programme, body.opens_on)
    if programme is None:
        known = await programme_exists(work, body.programme)
        raise Problem("programme-not-offered" if known else "unknown-programme", 422)
    round_ = Round(id=uuid7(), **body.model_dump())
    decision = decisions.open_round(round_, programme, work.now)
    store.add_round(work, decision.state)
    work.record(decision)
    response.headers["Location"] = f"/api/v1/rounds/{round_.id}"
    return _out(round_)


def _out(round_: Round) -> RoundOut:
    return RoundOut.model_validate(round_, from_attributes=True)
