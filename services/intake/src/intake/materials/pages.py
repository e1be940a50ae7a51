"""What is sent before and after gatherings, as pages."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from intake.gatherings.queries import ARRANGERS, OFFICE, cohort_by_id
from intake.materials import commands, queries
from intake.materials.files import ENDS, LARGEST
from intake.materials.forms import Piece, piece_in
from intake.materials.model import MaterialKind
from shared.errors import Problem, Text, require_found
from shared.identity import Identity
from shared.web.access import allow, public
from shared.web.forms import written_in
from shared.web.pages import render_page
from shared.web.returning import typed_in
from shared.web.routes import Work, page_router
from shared.web.sent_form import form_of

router = page_router()


@router.get("/gatherings/{id}/materials")
async def materials_page(id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(*OFFICE)]) -> Response:
    """What is sent, and the forms in which it is written."""
    return await _page(id, request, work, who)


@router.post("/gatherings/{id}/materials")
async def attach(id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(*ARRANGERS)]) -> Response:
    """Have one text sent, or not sent where it has been emptied; then show both, the other as it was typed."""
    form = await form_of(request)
    pressed = form.get("kind")
    if pressed not in tuple(MaterialKind):
        raise Problem("invalid-request", 422)
    known = {each.kind: each for each in await queries.materials(work, id)}
    pieces = [
        await piece_in(form, kind, written_in(request), who.subject)
        for kind in MaterialKind
        if f"{kind}.version" in form
    ]
    saved = next((each for each in pieces if each.kind == pressed), None)
    if saved is None:
        raise Problem("invalid-request", 422)
    if saved.is_emptied and saved.kind in known:
        await commands.take_back(work, id, saved.kind, int(saved.version))
    elif saved.errors:
        return await _page(id, request, work, who, typed_in(request), saved.errors)
    else:
        said = saved.said
        await commands.attach(work, id, saved.kind, said.version, said.days, said.text, saved.file)
    beside = [each for each in pieces if each is not saved and each.differs_from(known.get(each.kind))]
    if not beside:
        return RedirectResponse(f"/gatherings/{id}/materials", 303)
    return await _page(id, request, work, who, _typed_into(request, beside), beside=beside)


@router.get("/materials/{id}", dependencies=[public])
async def download(id: UUID, work: Work) -> Response:
    """The file of a material, for those who have its address from their e-mail."""
    found = await queries.file_of(work, id)
    if found is None:
        raise Problem("not-found", 404)
    file, content = found
    disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    return Response(content, media_type=file.media_type, headers={"Content-Disposition": disposition})


def _typed_into(request: Request, pieces: Iterable[Piece]) -> Mapping[str, object]:
    return {
        name: value
        for name, value in typed_in(request).items()
        if any(name.startswith(f"{each.kind}.") for each in pieces)
    }


async def _page(
    id: UUID,
    request: Request,
    work: Work,
    who: Identity,
    sent: Mapping[str, object] = MappingProxyType({}),
    errors: Mapping[str, Text] = MappingProxyType({}),
    beside: Iterable[Piece] = (),
) -> Response:
    cohort = require_found(await cohort_by_id(work, id), "gathering")
    found = {each.kind: each for each in await queries.materials(work, id)}
    kept = {f"{kind}.{name}": getattr(each, name) for kind, each in found.items() for name in ("days", "text")}
    return render_page(
        request,
        "materials.html",
        status=422 if errors else 200,
        cohort=cohort,
        materials=[(kind, found.get(kind)) for kind in MaterialKind],
        endings=[f".{each}" for each in ENDS],
        largest=LARGEST,
        may_write=bool(ARRANGERS & who.roles) and cohort.status.value != "cancelled",
        unsaved={each.kind: each.version for each in beside},
        sent=kept | dict(sent),
        errors=errors,
    )
