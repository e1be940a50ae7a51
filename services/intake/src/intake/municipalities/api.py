"""Municipalities as JSON."""

from datetime import date

from pydantic import BaseModel

from intake.municipalities import queries
from shared.municipalities import municipalities
from shared.web.access import public
from shared.web.routes import Work, api_router

router = api_router(tags=["municipalities"])


class MunicipalityOut(BaseModel):
    code: str
    name: str
    latitude: float
    longitude: float
    merged_into: str | None
    """The code of the one that it has become part of, which may have become part of another in its turn."""
    merged_on: date | None


@router.get("/municipalities", dependencies=[public])
async def list_municipalities(work: Work) -> list[MunicipalityOut]:
    """The municipalities, each where its town hall is, to about a kilometre; those that have merged cannot apply."""
    merged = await queries.mergers(work)
    found = []
    for each in municipalities().values():
        merger = merged.get(each.code)
        found.append(
            MunicipalityOut(
                code=each.code,
                name=each.name,
                latitude=each.latitude,
                longitude=each.longitude,
                merged_into=merger.into if merger else None,
                merged_on=merger.on if merger else None,
            )
        )
    return found
