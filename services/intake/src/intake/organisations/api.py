"""Daycares as JSON."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from intake.organisations import commands, queries
from intake.organisations.files import NotATable
from intake.organisations.importing import CellChange, CheckedRow, Effect
from intake.organisations.inputs import DaycareIn
from intake.organisations.model import Address, Daycare, DaycareKind, End, Ending, Ownership
from intake.organisations.search import Sought, find_daycares
from intake.organisations.texts import not_a_table
from intake.organisations.uploads import read_sent_table
from shared.errors import NotFound, Problem
from shared.identity import Identity, Role
from shared.inputs.fields import Flag, Input, NearDay
from shared.isolation.busy import too_busy
from shared.web.access import allow
from shared.web.kernel import kernel_of
from shared.web.paging import tell_page
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router(tags=["organisations"])

STAFF = (Role.CASEWORKER, Role.COORDINATOR, Role.ADMINISTRATOR)
Staff = allow(*STAFF)
Readers = allow(*STAFF, Role.APPLICANT)


class EndOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    how: Ending
    on: date
    successors: list[UUID]


class DaycareOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    p_number: str
    name: str
    kind: DaycareKind
    ownership: Ownership
    age_from: int
    age_to: int
    municipality: str
    cvr: str | None
    address: Address | None
    end: EndOut | None


class EndIn(Input):
    how: Ending
    on: NearDay
    successors: tuple[UUID, ...] = Field(default=(), max_length=20)


class ImportIn(Input):
    table: Annotated[str, Field(strict=True, min_length=1, description="CSV with the columns of the export")]
    preview: Flag = False
    """Whether only to say what would be done."""


class CellErrorOut(BaseModel):
    column: str | None
    texts: dict[str, str]


class RowOut(BaseModel):
    row: int
    name: str
    effect: Effect | None
    errors: list[CellErrorOut]
    changes: list[CellChange]
    """What the row changes of a daycare that is known, in the words of the export; empty where there is nothing."""


class ImportOut(BaseModel):
    stored: bool
    """Whether the rows are stored: all of them, or none."""
    rows: list[RowOut]


@router.get("/daycares")
async def list_daycares(
    sought: Annotated[Sought, Query()],
    request: Request,
    response: Response,
    work: Work,
    who: Annotated[Identity, Readers],
) -> list[DaycareOut]:
    """The daycares that fit, by name, 50 to a page; for somebody who acts for one municipality, its own.

    `Link` leads to the next page, where there is one; `X-Total-Count` says how many there are altogether.
    """
    found = await find_daycares(work, sought, await queries.municipalities_of(work, who))
    tell_page(request, response, found)
    return [daycare_out(each) for each in found.lines]


@router.get("/daycares/{id}")
async def show_daycare(id: UUID, work: Work, who: Annotated[Identity, Readers], response: Response) -> DaycareOut:
    """One daycare; for somebody who acts for one municipality, one of its own."""
    daycare = (await queries.daycares_by_id(work, [id])).get(id)
    visible = await queries.municipalities_of(work, who)
    if daycare is None or (visible is not None and daycare.municipality not in visible):
        raise NotFound("daycare")
    response.headers["ETag"] = etag(daycare.version)
    return daycare_out(daycare)


@router.post("/daycares", status_code=201)
async def register_daycare(
    body: DaycareIn, work: Work, who: Annotated[Identity, Readers], response: Response
) -> DaycareOut:
    """Make a daycare known, once per P-number."""
    daycare = await commands.register_daycare(work, who, body)
    response.headers["Location"] = f"/api/v1/daycares/{daycare.id}"
    return daycare_out(daycare)


@router.post("/daycare-table")
async def import_daycares(body: ImportIn, request: Request, work: Work, who: Annotated[Identity, Readers]) -> ImportOut:
    """Make the daycares of a table known, or change what is known of them: all rows, or none where one is wrong."""
    try:
        rows = await read_sent_table(body.table.encode("utf-8", "replace"), who.subject)
    except NotATable as error:
        if error.reason == "busy":
            raise too_busy() from error
        raise Problem("not-a-table", 422, not_a_table(error)) from error
    checked = await commands.import_daycares(work, who, rows, preview=body.preview)
    stored = not body.preview and not any(row.errors for row in checked)
    return ImportOut(stored=stored, rows=[_row_out(request, row) for row in checked])


@router.post("/daycares/{id}/end")
async def end_daycare(
    id: UUID, body: EndIn, seen: Seen, work: Work, who: Annotated[Identity, Staff], response: Response
) -> DaycareOut:
    """Note that a daycare is no more, and which follow it, as it stood at the version in `If-Match`."""
    daycare = await commands.end_daycare(work, id, seen, End(body.how, body.on, body.successors))
    response.headers["ETag"] = etag(daycare.version)
    return daycare_out(daycare)


def daycare_out(daycare: Daycare) -> DaycareOut:
    """A daycare as it leaves."""
    return DaycareOut.model_validate(daycare)


def _row_out(request: Request, row: CheckedRow) -> RowOut:
    catalogue = kernel_of(request).catalogue
    errors = [
        CellErrorOut(column=error.column, texts={**catalogue.in_every_language(error.message)}) for error in row.errors
    ]
    return RowOut(row=row.number, name=row.name, effect=row.effect, errors=errors, changes=list(row.changes))
