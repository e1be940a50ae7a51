"""A programme and its history as a page that needs no sign-in."""

from datetime import date

from fastapi import Request, Response

from intake.programmes import queries
from intake.programmes.history import history, shown_version
from intake.programmes.model import Programme
from intake.programmes.texts import CHANGED, about, owed, requirements
from shared.errors import NotFound, Text, require_found
from shared.office import office_date
from shared.web.access import public
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()


@router.get("/programmes/{slug}", dependencies=[public])
async def programme_page(slug: str, request: Request, work: Work, version: int | None = None) -> Response:
    """A version of a programme – the one in force unless another is asked for – and how the programme has changed."""
    versions = await queries.programme_versions(work, slug)
    if not versions:
        raise NotFound("programme")
    today = office_date(work.now)
    shown = _wanted(versions, version) or shown_version(versions, today)
    kind, standing = _standing(shown, today)
    return render_page(
        request,
        "programme.html",
        shown=shown,
        kind=kind,
        standing=standing,
        about=about(shown),
        requirements=requirements(shown),
        owed=owed,
        history=history(versions),
        changes=CHANGED,
    )


def _wanted(versions: list[Programme], version: int | None) -> Programme | None:
    if version is None:
        return None
    return require_found(next((each for each in versions if each.version == version), None), "programme")


def _standing(programme: Programme, today: date) -> tuple[str, Text]:
    if programme.in_force(today):
        return "success", Text("In force")
    if today < programme.valid_from:
        return "info", Text("Not in force yet")
    return "none", Text("No longer in force")
