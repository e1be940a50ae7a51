"""What is sent before and after gatherings, as pages."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Request, Response
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse

from intake.attachments.naming import bare_name
from intake.gatherings.queries import ARRANGERS, OFFICE, cohort_by_id
from intake.materials import commands, queries
from intake.materials.files import ENDS, LARGEST, NotTaken, taken
from intake.materials.inputs import MaterialForm
from intake.materials.model import File, Kind
from shared.errors import Problem, Text
from shared.identity import Identity
from shared.web.access import allow, public
from shared.web.forms import Submission, submitted
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()


@router.get("/gatherings/{id}/materials")
async def materials_page(id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(*OFFICE)]) -> Response:
    """What is sent, and the forms in which it is written."""
    return await _page(id, request, work, who, Submission(None))


@router.post("/gatherings/{id}/materials")
async def attach(id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(*ARRANGERS)]) -> Response:
    """Have a text sent, and show it."""
    upload = (await request.form()).get("file")
    form = await submitted(request, MaterialForm)
    file = await _file(upload)
    if form.value is None or isinstance(file, Text):
        wrong: Mapping[str, Text] = {"file": file} if isinstance(file, Text) else {}
        return await _page(id, request, work, who, Submission(None, form.sent, {**form.errors, **wrong}))
    sent = form.value
    await commands.attach(work, id, sent.kind, sent.version, sent.days, sent.text, file)
    return RedirectResponse(f"/gatherings/{id}/materials", 303)


@router.get("/materials/{id}", dependencies=[public])
async def download(id: UUID, work: Work) -> Response:
    """The file of a material, for those who have its address from their e-mail."""
    found = await queries.file_of(work, id)
    if found is None:
        raise Problem("not-found", 404)
    file, content = found
    disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    return Response(content, media_type=file.media_type, headers={"Content-Disposition": disposition})


async def _file(upload: object) -> tuple[File, bytes] | Text | None:
    """The file that was chosen, none, or what is wrong with it."""
    if not isinstance(upload, UploadFile) or not upload.filename:
        return None
    name, content = bare_name(upload.filename), await upload.read()
    try:
        return await taken(name, content), content
    except NotTaken as error:
        return error.said


async def _page(id: UUID, request: Request, work: Work, who: Identity, form: Submission[MaterialForm]) -> Response:
    cohort = await cohort_by_id(work, id)
    if cohort is None:
        raise Problem("unknown-gathering", 404)
    found = {each.kind: each for each in await queries.materials(work, id)}
    return render_page(
        request,
        "materials.html",
        status=422 if form.errors else 200,
        cohort=cohort,
        materials=[(kind, found.get(kind)) for kind in Kind],
        endings=[f".{each}" for each in ENDS],
        largest=LARGEST,
        may_write=bool(ARRANGERS & who.roles) and cohort.status.value != "cancelled",
        sent_kind=form.sent.get("kind"),
        sent=form.sent,
        errors=form.errors,
    )
