"""What others may read of the interest lists."""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select

from intake.interests.model import Interest
from intake.interests.store import interest_of, load_list
from intake.interests.tables import InterestLinkRow, InterestRow
from shared.identity import Role
from shared.tokens import token_hash
from shared.work import UnitOfWork

OFFICE = frozenset({Role.SECRETARY, Role.COORDINATOR, Role.ADMINISTRATOR})
"""Who sees who waits."""


async def everybody(work: UnitOfWork) -> list[Interest]:
    """Who is on any list, by programme and in the order in which they came."""
    rows = await work.session.scalars(
        select(InterestRow)
        .where(col(InterestRow.left_at).is_(None))
        .order_by(InterestRow.programme, col(InterestRow.registered_at), col(InterestRow.id))
    )
    return [interest_of(row) for row in rows]


async def in_line(
    work: UnitOfWork, programme: str, form: str | None, topic: str | None, before: datetime
) -> list[Interest]:
    """Who waited for such a gathering before a moment, in the order in which they came."""
    listed = await load_list(work, programme)
    return [each for each in listed if each.registered_at < before and each.wanted.is_met_by(programme, form, topic)]


async def interest_by_token(work: UnitOfWork, token: str) -> Interest | None:
    """The place on a list that a link leads to, if there is one."""
    row = await work.session.scalar(
        select(InterestRow)
        .join(InterestLinkRow, col(InterestLinkRow.interest_id) == InterestRow.id)
        .where(InterestLinkRow.token_hash == token_hash(token))
    )
    return None if row is None else interest_of(row)


async def links_of(work: UnitOfWork, interest_id: UUID) -> int:
    """How many links to a place on the list have been sent."""
    links = select(func.count()).where(InterestLinkRow.interest_id == interest_id)
    return int(await work.session.scalar(links) or 0)
