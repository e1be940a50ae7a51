"""Mergers of municipalities as JSON."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel

from intake.mergers import commands, queries
from intake.mergers.inputs import MergerIn
from intake.mergers.model import Stock
from shared.identity import Identity
from shared.inputs.fields import Flag
from shared.web.access import allow
from shared.web.routes import Work, api_router

router = api_router(tags=["municipalities"])


class NotedIn(MergerIn):
    preview: Flag = False
    """Whether only to say what would move."""


class MergerOut(BaseModel):
    municipality: str
    into: str
    on: date
    stored: bool
    """Whether the merger is noted now; a preview stores nothing."""
    moved: Stock
    """How much was open and has moved, or would."""


@router.post("/municipality-mergers")
async def note_merger(body: NotedIn, work: Work, who: Annotated[Identity, allow(*queries.STAFF)]) -> MergerOut:
    """Note that a municipality is part of another: all that is still open in it moves there, in one go."""
    deed = commands.preview if body.preview else commands.merge
    moved = await deed(work, who, body)
    return MergerOut(municipality=body.municipality, into=body.into, on=body.on, stored=not body.preview, moved=moved)
