"""Read-only views of the applications, for pages and API."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select

from intake.applications.model import Application, Status
from intake.applications.store import application_of, participants
from intake.applications.tables import ApplicationRow, ParticipatingDaycareRow
from shared.identity import Identity, Role
from shared.work import UnitOfWork

STAFF = frozenset({Role.CASEWORKER, Role.COORDINATOR, Role.ADMINISTRATOR})
"""Who sees every application."""


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """One application in a list."""

    id: UUID
    programme: str
    municipality: str
    status: Status
    daycares: int
    submitted_at: datetime


async def application_lines(work: UnitOfWork, applicant: str | None = None) -> list[ApplicationLine]:
    """All applications, or those of one applicant, the newest first."""
    count = (
        select(func.count())
        .where(ParticipatingDaycareRow.application_id == ApplicationRow.id)
        .correlate(ApplicationRow)
        .scalar_subquery()
    )
    statement = select(ApplicationRow, count).order_by(
        col(ApplicationRow.submitted_at).desc(), col(ApplicationRow.id).desc()
    )
    if applicant is not None:
        statement = statement.where(ApplicationRow.applicant == applicant)
    return [
        ApplicationLine(
            id=row.id,
            programme=row.programme,
            municipality=row.municipality,
            status=Status(row.status),
            daycares=daycares,
            submitted_at=row.submitted_at,
        )
        for row, daycares in await work.session.execute(statement)
    ]


async def application_by_id(work: UnitOfWork, id: UUID, applicant: str | None = None) -> Application | None:
    """The application, if there is one of this id and it is, when asked for, of this applicant."""
    row = await work.session.get(ApplicationRow, id)
    if row is None or applicant not in (None, row.applicant):
        return None
    return application_of(row, *await participants(work, row.id))


def own_only(who: Identity) -> str | None:
    """Whose applications somebody may see: nobody's in particular for staff, else their own."""
    return None if who.roles & STAFF else who.subject
