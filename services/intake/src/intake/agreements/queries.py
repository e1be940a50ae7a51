"""Read-only views of the agreements."""

from uuid import UUID

from sqlalchemy import Select, except_
from sqlmodel import col, select

from intake.agreements.model import Agreement
from intake.agreements.store import agreements_of
from intake.agreements.tables import AgreementRow
from intake.applications.queries import Outline, outlines, promised_a_course
from intake.municipalities.queries import one_with
from shared.identity import Identity, Role
from shared.work import UnitOfWork

STAFF = frozenset({Role.CASEWORKER, Role.COORDINATOR, Role.ADMINISTRATOR})
"""Who sees every agreement; an applicant sees those of all that are one with their municipality."""


async def agreements(work: UnitOfWork, who: Identity) -> list[Agreement]:
    """The agreements that somebody may see, the newest first."""
    statement = select(AgreementRow).order_by(col(AgreementRow.id).desc())
    if not who.roles & STAFF:
        statement = statement.where(col(AgreementRow.municipality).in_(await one_with(work, who.municipality)))
    return await agreements_of(work, (await work.session.scalars(statement)).all())


async def standing_agreements(work: UnitOfWork, who: Identity) -> list[Agreement]:
    """Those of the agreements that somebody may see which the applicant has not given up."""
    found = await agreements(work, who)
    standing = set(await work.session.scalars(promised_a_course()))
    return [each for each in found if each.application_id in standing]


async def to_write(work: UnitOfWork) -> list[Outline]:
    """The accepted applications on which there is no agreement yet, the newest first."""
    without = except_(promised_a_course(), select(AgreementRow.application_id))
    return await outlines(work, list(await work.session.scalars(without)))


async def agreement_by_id(work: UnitOfWork, id: UUID, who: Identity) -> Agreement | None:
    """The agreement, if there is one that somebody may see."""
    return await _visible(work, await work.session.get(AgreementRow, id), who)


async def agreement_on(work: UnitOfWork, application_id: UUID, who: Identity) -> Agreement | None:
    """The agreement on an application, if there is one that somebody may see."""
    row = await work.session.scalar(select(AgreementRow).where(AgreementRow.application_id == application_id))
    return await _visible(work, row, who)


def open_in(municipality: str) -> Select[UUID]:
    """The ids of a municipality's agreements that the applicant has not given up, for the queries of others."""
    return select(AgreementRow.id).where(
        AgreementRow.municipality == municipality, col(AgreementRow.application_id).in_(promised_a_course())
    )


async def _visible(work: UnitOfWork, row: AgreementRow | None, who: Identity) -> Agreement | None:
    if row is None or not (who.roles & STAFF or row.municipality in await one_with(work, who.municipality)):
        return None
    return (await agreements_of(work, [row]))[0]
