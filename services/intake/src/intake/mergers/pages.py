"""The municipalities with their mergers, and the form in which one is noted: first what would move, then the deed."""

from dataclasses import asdict
from typing import Annotated

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from intake.mergers import commands, queries, texts
from intake.mergers.inputs import MergerIn
from intake.mergers.model import Stock
from intake.municipalities.queries import mergers
from shared.errors import Refused
from shared.identity import Identity
from shared.municipalities import municipalities
from shared.web.access import allow
from shared.web.forms import Submission, submitted
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()

Staff = Annotated[Identity, allow(*queries.STAFF)]


@router.get("/municipalities")
async def municipalities_page(request: Request, work: Work, who: Staff) -> Response:
    """The municipalities, and which of them are part of another."""
    return render_page(
        request,
        "municipalities.html",
        municipalities=municipalities(),
        mergers=await mergers(work),
    )


@router.get("/municipality-merger")
async def merger_page(request: Request, work: Work, who: Staff) -> Response:
    """Where a merger is noted."""
    return await _merger_page(request, work, Submission(None))


@router.post("/municipality-merger")
async def preview(request: Request, work: Work, who: Staff) -> Response:
    """What would move; nothing is stored."""
    form = await submitted(request, MergerIn)
    if form.value is None:
        return await _merger_page(request, work, form)
    try:
        stock = await commands.preview(work, who, form.value)
    except Refused as refused:
        return await _merger_page(request, work, _told(form, form.value, refused))
    return _preview_page(request, form.value, stock)


@router.post("/municipality-merger/confirmation")
async def confirm(request: Request, work: Work, who: Staff) -> Response:
    """Note the merger and move what is open, if it can still be noted."""
    form = await submitted(request, MergerIn)
    if form.value is None:
        return await _merger_page(request, work, form)
    try:
        await commands.merge(work, who, form.value)
    except Refused as refused:
        return await _merger_page(request, work, _told(form, form.value, refused))
    return RedirectResponse("/municipalities", 303)


def _told(form: Submission[MergerIn], said: MergerIn, refused: Refused) -> Submission[MergerIn]:
    """What was refused, at the field that it is about; raises again what is about none."""
    field, sentence = texts.beside_field(refused, said.municipality)
    return Submission(None, form.sent, {field: sentence})


async def _merger_page(request: Request, work: Work, form: Submission[MergerIn]) -> Response:
    merged = await mergers(work)
    return render_page(
        request,
        "municipality_merger.html",
        status=422 if form.errors else 200,
        offered=[each for each in municipalities().values() if each.code not in merged],
        sent=form.sent,
        errors=form.errors,
    )


def _preview_page(request: Request, said: MergerIn, stock: Stock) -> Response:
    named = municipalities()
    return render_page(
        request,
        "municipality_merger_preview.html",
        said=said,
        name=named[said.municipality].name,
        into=named[said.into].name,
        moving=[(texts.STOCK[kind], count) for kind, count in asdict(stock).items()],
    )
