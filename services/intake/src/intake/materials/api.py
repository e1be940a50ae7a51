"""What is sent before and after gatherings, as JSON."""

from base64 import b64decode
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict

from intake.gatherings.queries import ARRANGERS, OFFICE, cohort_by_id
from intake.materials import commands, queries
from intake.materials.inputs import MaterialIn
from intake.materials.model import Kind, Material
from shared.errors import Problem
from shared.identity import Identity
from shared.web.access import allow
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["materials"])


class FileOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    media_type: str


class MaterialOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    kind: Kind
    days: int
    text: str
    file: FileOut | None
    due_at: datetime
    sent_at: datetime | None


@router.get("/gatherings/{id}/materials")
async def list_materials(id: UUID, work: Work, who: Annotated[Identity, allow(*OFFICE)]) -> list[MaterialOut]:
    """What is sent before and then after a gathering."""
    if await cohort_by_id(work, id) is None:
        raise Problem("unknown-gathering", 404)
    return [_out(each) for each in await queries.materials(work, id)]


@router.post("/gatherings/{id}/materials/{kind}")
async def attach(
    id: UUID,
    kind: Kind,
    body: MaterialIn,
    seen: Seen,
    work: Work,
    who: Annotated[Identity, allow(*ARRANGERS)],
    response: Response,
) -> MaterialOut:
    """Have a text sent, in place of the one of the version in `If-Match`; that of none is "0"."""
    file = (body.file.name, b64decode(body.file.content)) if body.file else None
    material = await commands.attach(work, id, kind, seen, body.days, body.text, file)
    response.headers["ETag"] = etag(material.version)
    return _out(material)


def _out(material: Material) -> MaterialOut:
    return MaterialOut.model_validate(material, from_attributes=True)
