"""What the reviewers of an application say together, for those who react to events and know no screens."""

from uuid import UUID

from intake.applications.queries import application_by_id
from intake.assessments import decisions
from intake.assessments.results import Result
from intake.assessments.store import load_panel
from intake.programmes.queries import programme_version
from shared.work import UnitOfWork


async def result_of(work: UnitOfWork, application_id: UUID) -> Result | None:
    """What enough reviewers say together of an application, if they have."""
    application = await application_by_id(work, application_id)
    if application is None:
        return None
    programme = await programme_version(work, application.programme, application.programme_version)
    if not programme.criteria:
        return None
    return decisions.result_of_panel(programme.criteria, await load_panel(work, application_id))
