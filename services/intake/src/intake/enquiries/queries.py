"""What others may read of the enquiries."""

from uuid import UUID

from sqlalchemy import Select
from sqlmodel import col, select

from intake.enquiries.model import Enquiry
from intake.enquiries.store import enquiry_of
from intake.enquiries.tables import EnquiryRow
from shared.identity import Identity, Role
from shared.work import UnitOfWork

STAFF = frozenset({Role.COORDINATOR, Role.CASEWORKER, Role.ADMINISTRATOR})
"""Who reads every enquiry; whoever asks reads their own."""


def own_only(who: Identity) -> str | None:
    """Whose enquiries somebody is limited to; nobody's where they read all."""
    return None if STAFF & who.roles else who.subject


async def enquiries(work: UnitOfWork, asked_by: str | None) -> list[Enquiry]:
    """Those that wait for an answer first, then the newest."""
    statement = select(EnquiryRow).order_by(col(EnquiryRow.answered_at).is_not(None), col(EnquiryRow.id).desc())
    if asked_by is not None:
        statement = statement.where(EnquiryRow.asked_by == asked_by)
    return [enquiry_of(row) for row in await work.session.scalars(statement)]


async def enquiry_by_id(work: UnitOfWork, id: UUID, asked_by: str | None) -> Enquiry | None:
    """The enquiry, if there is one that may be read."""
    row = await work.session.get(EnquiryRow, id)
    return None if row is None or asked_by not in (None, row.asked_by) else enquiry_of(row)


def open_in(municipality: str) -> Select[UUID]:
    """The ids of the questions from there that wait for an answer, for the queries of others."""
    return select(EnquiryRow.id).where(EnquiryRow.municipality == municipality, col(EnquiryRow.answered_at).is_(None))
