"""What is sent before and after gatherings, as JSON."""

from base64 import b64decode
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict

from intake.gatherings.queries import ARRANGERS, OFFICE, cohort_by_id
from intake.materials import commands, queries
from intake.materials.files import NotTaken, taken
from intake.materials.inputs import FileIn, MaterialIn
from intake.materials.model import File, Material, MaterialKind
from shared.errors import NotFound
from shared.identity import Identity
from shared.isolation.busy import too_busy
from shared.web.access import allow
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["materials"])


class MaterialOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    kind: MaterialKind
    days: int
    text: str
    file: File | None
    due_at: datetime
    sent_at: datetime | None


@router.get("/gatherings/{id}/materials")
async def list_materials(id: UUID, work: Work, who: Annotated[Identity, allow(*OFFICE)]) -> list[MaterialOut]:
    """What is sent before and then after a gathering."""
    if await cohort_by_id(work, id) is None:
        raise NotFound("gathering")
    return [_out(each) for each in await queries.materials(work, id)]


@router.post("/gatherings/{id}/materials/{kind}")
async def attach(
    id: UUID,
    kind: MaterialKind,
    body: MaterialIn,
    seen: Seen,
    work: Work,
    who: Annotated[Identity, allow(*ARRANGERS)],
    response: Response,
) -> MaterialOut:
    """Have a text sent, in place of the one of the version in `If-Match`; that of none is "0"."""
    file = await _file(body.file, who) if body.file else None
    material = await commands.attach(work, id, kind, seen, body.days, body.text, file)
    response.headers["ETag"] = etag(material.version)
    return _out(material)


async def _file(sent: FileIn, who: Identity) -> tuple[File, bytes]:
    content = b64decode(sent.content)
    try:
        return await taken(sent.name, content, who.subject), content
    except NotTaken as error:
        if error.is_busy:
            raise too_busy() from None
        wrong = {"type": "value_error", "loc": ("body", "file"), "ctx": {"error": error}}
        raise RequestValidationError([wrong]) from None


def _out(material: Material) -> MaterialOut:
    return MaterialOut.model_validate(material, from_attributes=True)
