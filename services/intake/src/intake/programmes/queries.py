"""What others may read of the programmes."""

from datetime import date

from sqlalchemy import bindparam
from sqlmodel import col, or_, select
from sqlmodel.sql.expression import Select

from intake.programmes.model import Programme
from intake.programmes.store import programme_of
from intake.programmes.tables import ProgrammeRow
from shared.contracts.vocabulary import Names
from shared.errors import Refused
from shared.work import UnitOfWork

_IN_FORCE = select(ProgrammeRow).where(
    ProgrammeRow.slug == bindparam("slug"),
    ProgrammeRow.valid_from <= bindparam("day"),
    or_(col(ProgrammeRow.valid_until).is_(None), col(ProgrammeRow.valid_until) >= bindparam("day")),
)


async def programmes(work: UnitOfWork) -> list[Programme]:
    """Every version of every programme, the newest first within each."""
    rows = await work.session.scalars(
        select(ProgrammeRow).order_by(ProgrammeRow.slug, col(ProgrammeRow.version).desc())
    )
    return [programme_of(row) for row in rows]


async def programme_versions(work: UnitOfWork, slug: str) -> list[Programme]:
    """Every version of one programme, the oldest first; none where there is no such programme."""
    rows = await work.session.scalars(
        select(ProgrammeRow).where(ProgrammeRow.slug == slug).order_by(col(ProgrammeRow.version))
    )
    return [programme_of(row) for row in rows]


def sealed_versions() -> Select[str, int]:
    """Slug and version of the programmes that are sealed, to be asked for within another query."""
    sealed = col(ProgrammeRow.definition)["sealed"].as_boolean()
    return select(ProgrammeRow.slug, ProgrammeRow.version).where(sealed)


async def programme_in_force(work: UnitOfWork, slug: str, day: date) -> Programme | None:
    """The version by which a case of this day is judged."""
    row = await work.session.scalar(_IN_FORCE, {"slug": slug, "day": day})
    return None if row is None else programme_of(row)


async def programme_version(work: UnitOfWork, slug: str, version: int) -> Programme:
    """The version that has judged a case. Raises `NoResultFound` if it was never published."""
    return programme_of(await work.session.get_one(ProgrammeRow, (slug, version)))


async def programme_offered(work: UnitOfWork, slug: str, day: date) -> Programme:
    """The version in force on a day. Raises `Refused`, with `unknown-programme` or `programme-not-offered`."""
    programme = await programme_in_force(work, slug, day)
    if programme is None:
        known = await work.session.scalar(select(ProgrammeRow.slug).where(ProgrammeRow.slug == slug).limit(1))
        raise Refused("unknown-programme" if known is None else "programme-not-offered")
    return programme


async def programme_names(work: UnitOfWork) -> dict[str, Names]:
    """What each programme is called, by slug; the newest version decides."""
    return {programme.slug: programme.names for programme in reversed(await programmes(work))}
