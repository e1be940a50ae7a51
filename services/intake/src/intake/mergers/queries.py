"""What would move."""

from sqlmodel import func, select

from intake.agreements import queries as agreements
from intake.applications import queries as applications
from intake.enquiries import queries as enquiries
from intake.mergers.model import Stock
from intake.organisations import queries as organisations
from shared.identity import Role
from shared.work import UnitOfWork

STAFF = frozenset({Role.CASEWORKER, Role.COORDINATOR, Role.ADMINISTRATOR})
"""Who sees the mergers, and notes them."""


async def stock(work: UnitOfWork, municipality: str) -> Stock:
    """How much is still open in a municipality; one query however much that is."""
    still_open = (
        organisations.open_in(municipality),
        applications.readable_in(municipality, work.now),
        agreements.open_in(municipality),
        applications.unused_late_entries(municipality),
        enquiries.open_in(municipality),
    )
    counts = [select(func.count()).select_from(each.subquery()).scalar_subquery() for each in still_open]
    return Stock(*(await work.session.execute(select(*counts))).one())
