"""The ranking of a round as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from intake.applications.queries import STAFF
from intake.capacity.outputs import WeighingOut, weighing_out
from intake.rankings import queries
from intake.rankings.inputs import Accept
from intake.rankings.model import Place, Tie
from intake.rounds.queries import round_by_id
from shared.errors import NotFound
from shared.identity import Identity
from shared.web.access import allow
from shared.web.routes import Work, api_router

router = api_router(tags=["rankings"])


class PointsOut(BaseModel):
    points: int
    highest: int


class PlaceOut(BaseModel):
    place: int
    application_id: UUID
    municipality: str
    programme_version: int
    submitted_at: datetime
    together: PointsOut | None
    tie: Tie | None
    fits: bool | None
    cumulated: WeighingOut


class RankingOut(BaseModel):
    blind: bool
    fitting: int
    places: list[PlaceOut]
    chosen: list[UUID]
    chosen_together: WeighingOut


@router.get("/rankings/{round_id}")
async def show_ranking(
    round_id: UUID, work: Work, who: Annotated[Identity, allow(*STAFF)], accept: Accept = None
) -> RankingOut:
    """The applications of a round that wait for a decision, the best first, held against the corps' capacity.

    `cumulated` is what an application and all above it would cost together. Without `accept`, those that fit are
    chosen. `blind` says that the caller has still to assess one of them, and so sees them in the order they came in.
    """
    if await round_by_id(work, round_id) is None:
        raise NotFound("round")
    board = await queries.board(work, round_id, who, accept)
    return RankingOut(
        blind=board.is_blind,
        fitting=board.ranking.fitting,
        places=[_place_out(place, board) for place in board.ranking.places],
        chosen=[place.candidate.id for place in board.ranking.places if place.candidate.id in board.chosen],
        chosen_together=weighing_out(board.together),
    )


def _place_out(place: Place, board: queries.Board) -> PlaceOut:
    id = place.candidate.id
    line = board.lines.get(id)
    together = line.result.together if line and line.result else None
    weighing = weighing_out(place.weighing)
    return PlaceOut(
        place=place.number,
        application_id=id,
        municipality=board.applications[id].municipality,
        programme_version=board.applications[id].programme_version,
        submitted_at=place.candidate.submitted_at,
        together=PointsOut(points=together.points, highest=together.highest) if together else None,
        tie=place.tie,
        fits=weighing.fits,
        cumulated=weighing,
    )
