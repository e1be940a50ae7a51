"""What others may read of the corps."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, func, select

from scheduling.consultants.model import Consultant
from scheduling.consultants.store import consultant_of
from scheduling.consultants.tables import ConsultantRow
from shared.alphabet_in_sql import in_danish
from shared.identity import Role
from shared.work import UnitOfWork

READERS = frozenset({Role.COORDINATOR, Role.CONSULTANT, Role.ADMINISTRATOR})
"""Who sees the corps."""
LEADERS = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
"""Who says who is in it, and with how many hours."""

_RUNNING_COURSES = text(
    "select member.consultant_id, count(*) as courses from scheduling.team_member member"
    " join scheduling.course course on course.id = member.course_id"
    " where course.completed_on is null group by member.consultant_id"
)


async def corps(work: UnitOfWork) -> list[Consultant]:
    """Every consultant with the number of courses they are running, by name."""
    running: dict[UUID, int] = {row.consultant_id: row.courses for row in await work.session.execute(_RUNNING_COURSES)}
    rows = await work.session.scalars(
        select(ConsultantRow).order_by(in_danish(ConsultantRow.name), col(ConsultantRow.id))
    )
    return [consultant_of(row, running.get(row.id, 0)) for row in rows]


async def consultant_by_id(work: UnitOfWork, id: UUID) -> Consultant | None:
    """The consultant, if there is one of this id."""
    return next((each for each in await corps(work) if each.id == id), None)


async def corps_hours(work: UnitOfWork) -> int:
    """The whole hours that all of the corps together have for courses in a month; a part of one is not promised."""
    return int(await work.session.scalar(select(func.coalesce(func.sum(ConsultantRow.hours_per_month), 0))) or 0)


async def consultant_names(work: UnitOfWork) -> dict[UUID, str]:
    """The names of the corps, by id."""
    return {row.id: row.name for row in await work.session.scalars(select(ConsultantRow))}
