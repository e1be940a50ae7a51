"""Who comes to a gathering, for the office: on the screen and as a table."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from intake.gatherings.model import Cohort
from intake.gatherings.queries import OFFICE, cohort_by_id
from intake.programmes.texts import AUDIENCE
from intake.registrations import queries
from intake.registrations.inputs import RollPage
from intake.registrations.model import Registration
from intake.registrations.texts import STATUS
from intake.spreadsheets import CSV, XLSX, write_csv, write_xlsx
from shared.errors import require_found
from shared.formats import COPENHAGEN, format_zone
from shared.identity import Identity, Language
from shared.municipalities import municipalities
from shared.web.access import allow
from shared.web.forms import asked
from shared.web.kernel import kernel_of, language_of
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()

Reader = Annotated[Identity, allow(*OFFICE)]
COLUMNS = (
    "status", "navn", "stilling", "workshop", "adgang og kost", "kontakt", "e-mail", "arbejdssted", "kommune",
    "tilmeldt",
)  # fmt: skip
"""The headings, the same in every language of the screen: files wander between people who read different ones."""


@router.get("/gatherings/{id}/registrations")
async def roll_page(id: UUID, request: Request, work: Work, who: Reader) -> Response:
    """Everybody who comes, and who waits, page by page; the tables to download hold all of them."""
    cohort = require_found(await cohort_by_id(work, id), "gathering")
    form = asked(request, RollPage)
    return render_page(
        request,
        "roll.html",
        status=422 if form.errors else 200,
        cohort=cohort,
        roll=await queries.roll(work, id, (form.value or RollPage()).page),
        groups={group.id: group.name for group in cohort.groups},
        audiences=AUDIENCE,
        statuses=STATUS,
        municipalities=municipalities(),
    )


@router.get("/gatherings/{id}/registrations.csv")
async def export_csv(id: UUID, request: Request, work: Work, who: Reader) -> Response:
    """The same as a table for spreadsheets, a row per person."""
    cohort, found = await _roll(work, id)
    return _download(write_csv(COLUMNS, _rows(request, cohort, found)), CSV, "tilmeldinger.csv")


@router.get("/gatherings/{id}/registrations.xlsx")
async def export_xlsx(id: UUID, request: Request, work: Work, who: Reader) -> Response:
    """The same as a workbook."""
    cohort, found = await _roll(work, id)
    return _download(write_xlsx("Tilmeldinger", COLUMNS, _rows(request, cohort, found)), XLSX, "tilmeldinger.xlsx")


async def _roll(work: Work, id: UUID) -> tuple[Cohort, list[Registration]]:
    cohort = require_found(await cohort_by_id(work, id), "gathering")
    return cohort, await queries.registrations(work, id)


def _rows(request: Request, cohort: Cohort, registrations: list[Registration]) -> Iterator[list[str]]:
    translate, language = kernel_of(request).catalogue.translate, language_of(request)
    groups = {group.id: group.name for group in cohort.groups}
    for party in registrations:
        contact = party.contact
        for each in party.attendees:
            yield [
                translate(STATUS[party.status], language),
                each.name,
                translate(AUDIENCE[each.audience], language) if each.audience else "",
                groups[each.group_id] if each.group_id else "",
                each.needs or "",
                contact.name,
                contact.email,
                contact.workplace or "",
                municipalities()[contact.municipality].name if contact.municipality else "",
                _at(party.registered_at, cohort, language),
            ]


def _at(moment: datetime, cohort: Cohort, language: Language) -> str:
    """A moment that sorts as it is written, by the clock of the place, which is named where it is not Copenhagen's."""
    zone = ZoneInfo(cohort.zone)
    shown = moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return shown if zone == COPENHAGEN else f"{shown} ({format_zone(zone, language)})"


def _download(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
