"""Finding applications among thousands: by what they are about, page by page."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, func, not_, or_, select
from sqlmodel import col

from intake.applications.model import ApplicationStatus
from intake.applications.queries import ApplicationLine, is_sealed
from intake.applications.tables import ApplicationRow, ParticipatingDaycareRow
from intake.organisations.queries import called
from intake.programmes.queries import programme_names
from intake.rounds.model import Zone
from intake.rounds.queries import zone_in
from shared.inputs.fields import Input, plain_text
from shared.municipalities import municipalities
from shared.web.paging import PER_PAGE, Found, before
from shared.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; what is not said does not matter.

    `words` are looked for in the names of daycares and contacts, in capitals or not; `municipalities` and
    `programmes` are those whose own names hold the words.
    """

    applicant: str | None = None
    """Who applied, alone or together; else all that the staff may read."""
    status: ApplicationStatus | None = None
    programme: str | None = None
    round_id: UUID | None = None
    municipality: str | None = None
    words: str | None = None
    municipalities: frozenset[str] = frozenset()
    programmes: frozenset[str] = frozenset()


class Sought(Input):
    """What is looked for, as it comes in an address."""

    q: Annotated[str, plain_text(100, min_length=0)] | None = Field(
        default=None, description="in the names of daycares, contacts, municipalities and programmes"
    )
    status: ApplicationStatus | None = None
    programme: Annotated[str, plain_text(100)] | None = None
    round_id: UUID | None = None
    municipality: str | None = Field(default=None, pattern="^[0-9]{4}$")
    page: int = Field(default=1, ge=1, le=100_000)


async def search_of(work: UnitOfWork, sought: Sought, applicant: str | None) -> Search:
    """What was asked for, with the municipalities and programmes that are called so."""
    words = (sought.q or "").casefold()
    names = await programme_names(work) if words else {}
    return Search(
        applicant=applicant,
        status=sought.status,
        programme=sought.programme,
        round_id=sought.round_id,
        municipality=sought.municipality,
        words=sought.q or None,
        municipalities=frozenset(
            code for code, each in municipalities().items() if words and words in each.name.casefold()
        ),
        programmes=frozenset(
            slug for slug, each in names.items() if words in each.da.casefold() or words in each.en.casefold()
        ),
    )


async def find_applications(work: UnitOfWork, search: Search, page: int = 1) -> Found[ApplicationLine]:
    """The applications that fit, the newest first."""
    fitting = list(_fitting(work, search))
    total = await work.session.scalar(select(func.count()).select_from(ApplicationRow).where(*fitting))
    rows = await work.session.execute(_lines().where(*fitting).limit(PER_PAGE).offset(before(page)))
    lines = tuple(
        ApplicationLine(
            id=row.id,
            programme=row.programme,
            municipality=row.municipality,
            status=ApplicationStatus(row.status),
            daycares=row.daycares,
            submitted_at=row.submitted_at,
            zone=Zone(row.zone),
        )
        for row in rows
    )
    return Found(lines, total or 0, page)


def _lines() -> Any:
    count = (
        select(func.count())
        .where(
            col(ParticipatingDaycareRow.application_id) == ApplicationRow.id,
            col(ParticipatingDaycareRow.left_on).is_(None),
        )
        .correlate(ApplicationRow)
        .label("daycares")
    )
    # what a line shows and no more: the texts and verdicts of fifty applications are long
    row = ApplicationRow
    shown = (
        col(row.id),
        col(row.programme),
        col(row.municipality),
        col(row.status),
        col(row.submitted_at),
        zone_in(col(row.round_id)).label("zone"),
    )
    return select(*shown, count).order_by(col(row.submitted_at).desc(), col(row.id).desc())


def _fitting(work: UnitOfWork, search: Search) -> Iterable[ColumnElement[bool]]:
    if search.applicant is None:
        yield not_(is_sealed(work.now))
    else:
        together = col(ApplicationRow.partners).contains([search.applicant])
        yield or_(col(ApplicationRow.applicant) == search.applicant, together)
    if search.status is not None:
        yield col(ApplicationRow.status) == search.status
    if search.programme is not None:
        yield col(ApplicationRow.programme) == search.programme
    if search.round_id is not None:
        yield col(ApplicationRow.round_id) == search.round_id
    if search.municipality is not None:
        yield col(ApplicationRow.municipality) == search.municipality
    if search.words:
        yield _mentioning(search, search.words)


def _mentioning(search: Search, words: str) -> ColumnElement[bool]:
    taking_part = select(col(ParticipatingDaycareRow.application_id)).where(
        col(ParticipatingDaycareRow.daycare_id).in_(called(words))
    )
    return or_(
        col(ApplicationRow.id).in_(taking_part),
        col(ApplicationRow.contact_name).icontains(words, autoescape=True),
        col(ApplicationRow.municipality).in_(search.municipalities),
        col(ApplicationRow.applied_as).in_(search.municipalities),
        col(ApplicationRow.programme).in_(search.programmes),
    )
