"""What others may read of the questions about applications."""

from uuid import UUID

from sqlmodel import col, select

from intake.applications.queries import open_applications
from intake.clarifications.model import Clarification
from intake.clarifications.store import clarification_of
from intake.clarifications.tables import ClarificationRow
from shared.work import UnitOfWork


async def clarifications(work: UnitOfWork, application_id: UUID) -> list[Clarification]:
    """What has been asked about an application, the oldest first."""
    statement = (
        select(ClarificationRow)
        .where(ClarificationRow.application_id == application_id)
        .order_by(col(ClarificationRow.asked_at), col(ClarificationRow.id))
    )
    return [clarification_of(row) for row in await work.session.scalars(statement)]


async def clarifications_under_way(work: UnitOfWork, applicant: str | None) -> list[Clarification]:
    """What has been asked about applications that are not decided on: somebody's, or all; the oldest first."""
    statement = (
        select(ClarificationRow)
        .where(col(ClarificationRow.application_id).in_(open_applications(applicant)))
        .order_by(col(ClarificationRow.asked_at), col(ClarificationRow.id))
    )
    return [clarification_of(row) for row in await work.session.scalars(statement)]
