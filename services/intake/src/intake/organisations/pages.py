"""Daycares as pages: the list, one with its history, and tables in and out."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse

from intake.organisations import commands, queries
from intake.organisations.files import (
    COLUMNS,
    OPTIONAL,
    NotATable,
    TableRow,
    write_csv,
    write_rows,
    write_xlsx,
)
from intake.organisations.importing import Effect, table_of
from intake.organisations.model import Daycare, End, Ending
from intake.organisations.search import Sought, find_daycares
from intake.organisations.texts import EFFECT, ENDING, KIND, OWNERSHIP, not_a_table
from intake.organisations.uploads import read_sent_table
from intake.spreadsheets import CSV, XLSX
from shared.errors import NotFound, Text
from shared.identity import Identity, Role
from shared.inputs.fields import Input, NearDay
from shared.municipalities import municipalities
from shared.web.access import allow
from shared.web.forms import asked, submitted
from shared.web.pages import render_page
from shared.web.routes import Work, page_router
from shared.web.sent_form import form_of

router = page_router()

_OPTIONAL = [column for column in COLUMNS if column in OPTIONAL]
STAFF = frozenset({Role.CASEWORKER, Role.COORDINATOR, Role.ADMINISTRATOR})
READERS = STAFF | {Role.APPLICANT}
Reader = Annotated[Identity, allow(*READERS)]


class EndForm(Input):
    """How a daycare ended; `successors` are P-numbers, `version` is what was before somebody's eyes."""

    how: Ending
    on: NearDay
    successors: str = Field(default="", max_length=500)
    version: int = Field(ge=1)


class TableForm(Input):
    """The rows of a preview, sent back to be stored."""

    table: str


@router.get("/daycares")
async def daycares_page(request: Request, work: Work, who: Reader) -> Response:
    """The daycares that somebody may see and that fit what they look for."""
    form = asked(request, Sought)
    return render_page(
        request,
        "daycares.html",
        status=422 if form.errors else 200,
        found=await find_daycares(work, form.value or Sought(), await queries.municipalities_of(work, who)),
        sent=form.sent,
        errors=form.errors,
        is_narrowed=bool(form.sent.keys() - {"page"}),
        sees_all=who.municipality is None,
        sees_mergers=bool(STAFF & who.roles),
        municipalities=municipalities(),
        kinds=KIND,
        ownerships=OWNERSHIP,
        endings=ENDING,
    )


@router.get("/daycare-table.csv")
async def export_csv(work: Work, who: Reader) -> Response:
    """The daycares that somebody may see, as a table for spreadsheets."""
    table = table_of(await _present(work, who))
    return _download(write_csv(table), CSV, "dagtilbud.csv")


@router.get("/daycare-table.xlsx")
async def export_xlsx(work: Work, who: Reader) -> Response:
    """The same as a workbook."""
    return _download(write_xlsx(table_of(await _present(work, who))), XLSX, "dagtilbud.xlsx")


@router.get("/daycare-table")
async def import_page(request: Request, who: Reader) -> Response:
    """Where a table is chosen."""
    return render_page(request, "daycares_import.html", columns=COLUMNS, optional=_OPTIONAL, errors={})


@router.post("/daycare-table")
async def preview(request: Request, work: Work, who: Reader) -> Response:
    """What the table would do, row by row; nothing is stored."""
    sent = (await form_of(request)).get("file")
    content = await sent.read() if isinstance(sent, UploadFile) else b""
    if not isinstance(sent, UploadFile) or not sent.filename:
        return _refused(request, Text("Choose a file."))
    try:
        rows = await read_sent_table(content, who.subject)
    except NotATable as error:
        return _refused(request, not_a_table(error))
    return await _judged(request, work, who, rows, preview=True)


@router.post("/daycare-table/confirmation")
async def confirm(request: Request, work: Work, who: Reader) -> Response:
    """Store the rows of a preview, if they are still right."""
    form = await submitted(request, TableForm)
    if form.value is None:
        return _refused(request, not_a_table(NotATable("format")))
    try:
        rows = await read_sent_table(form.value.table.encode("utf-8", "replace"), who.subject)
    except NotATable as error:
        return _refused(request, not_a_table(error))
    return await _judged(request, work, who, rows, preview=False)


@router.get("/daycares/{id}")
async def daycare_page(id: UUID, request: Request, work: Work, who: Reader) -> Response:
    """One daycare, and what has become of it."""
    return await _daycare_page(id, request, work, who)


@router.post("/daycares/{id}/end")
async def end(id: UUID, request: Request, work: Work, who: Annotated[Identity, allow(*STAFF)]) -> Response:
    """Note that the daycare is no more, and show it as it is then."""
    form = await submitted(request, EndForm)
    if form.value is None:
        return await _daycare_page(id, request, work, who, sent=form.sent, errors=form.errors)
    sent = form.value
    numbers = re.findall(r"[^\s,;]+", sent.successors)
    found = {daycare.p_number: daycare.id for daycare in await queries.daycares_by_number(work, numbers)}
    if unknown := [number for number in numbers if number not in found]:
        errors = {"successors": Text("Not registered: {numbers}.", {"numbers": ", ".join(unknown)})}
        return await _daycare_page(id, request, work, who, sent=form.sent, errors=errors)
    successors = tuple(found[number] for number in numbers)
    await commands.end_daycare(work, id, sent.version, End(sent.how, sent.on, successors))
    return RedirectResponse(f"/daycares/{id}", 303)


async def _daycare_page(
    id: UUID,
    request: Request,
    work: Work,
    who: Identity,
    sent: object = None,
    errors: object = None,
) -> Response:
    daycare = (await queries.daycares_by_id(work, [id])).get(id)
    visible = await queries.municipalities_of(work, who)
    if daycare is None or (visible is not None and daycare.municipality not in visible):
        raise NotFound("daycare")
    followers = await queries.daycares_by_id(work, daycare.end.successors if daycare.end else ())
    successors = [followers[each] for each in (daycare.end.successors if daycare.end else ())]
    return render_page(
        request,
        "daycare.html",
        status=422 if errors else 200,
        daycare=daycare,
        successors=_among(successors, visible),
        predecessors=_among(await queries.predecessors(work, id), visible),
        municipality=municipalities()[daycare.municipality],
        kind=KIND[daycare.kind],
        ownership=OWNERSHIP[daycare.ownership],
        endings=ENDING,
        may_end=bool(STAFF & who.roles) and daycare.end is None,
        sent=sent or {},
        errors=errors or {},
    )


def _among(daycares: list[Daycare], visible: frozenset[str] | None) -> list[Daycare]:
    """Those that lie where somebody may see them; everywhere for the office."""
    return [each for each in daycares if visible is None or each.municipality in visible]


async def _judged(request: Request, work: Work, who: Identity, rows: list[TableRow], *, preview: bool) -> Response:
    checked = await commands.import_daycares(work, who, rows, preview=preview)
    wrong = [row for row in checked if row.errors]
    return render_page(
        request,
        "daycares_preview.html",
        status=422 if wrong else 200,
        rows=checked,
        wrong=len(wrong),
        stored=not preview and not wrong,
        changes=any(row.effect is not Effect.SAME for row in checked),
        effects=EFFECT,
        counts={effect: sum(row.effect is effect for row in checked) for effect in EFFECT},
        content=write_rows(rows),
    )


async def _present(work: Work, who: Identity) -> list[Daycare]:
    visible = await queries.municipalities_of(work, who)
    return [daycare for daycare in await queries.daycares(work, visible) if daycare.end is None]


def _refused(request: Request, error: Text) -> Response:
    return render_page(
        request, "daycares_import.html", status=422, columns=COLUMNS, optional=_OPTIONAL, errors={"file": error}
    )


def _download(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
