"""What somebody has to know today, as JSON."""

from datetime import date
from typing import Annotated

from fastapi import Request
from pydantic import BaseModel

from intake.today import queries
from intake.today.model import Corner
from shared.identity import Identity
from shared.web.access import allow
from shared.web.kernel import kernel_of
from shared.web.routes import Work, api_router

router = api_router(tags=["today"])


class ItemOut(BaseModel):
    corner: Corner
    texts: dict[str, str]
    names: dict[str, str] | None
    count: int | None
    municipality: str | None
    day: date | None
    path: str


@router.get("/today")
async def show_today(request: Request, work: Work, who: Annotated[Identity, allow(*queries.READERS)]) -> list[ItemOut]:
    """What is due, waits for one, waits for others or is stuck; `path` is the page on which it is dealt with."""
    catalogue = kernel_of(request).catalogue
    return [
        ItemOut(
            corner=each.corner,
            texts={**catalogue.in_every_language(each.what)},
            names=each.name.model_dump() if each.name else None,
            count=each.count,
            municipality=each.municipality,
            day=each.day,
            path=each.link,
        )
        for each in await queries.items(work, who)
    ]
