"""Preparing a decision, and whether it still fits its application."""

from intake.applications.model import Application, ApplicationStatus
from intake.releases.model import Outcome, Prepared, Standing
from shared.decision import Decision
from shared.errors import Refused

OPEN = {
    Outcome.ACCEPT: (ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED),
    Outcome.DECLINE: (ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED),
    Outcome.WAITLIST: (ApplicationStatus.SUBMITTED,),
}
"""The applications that each outcome is possible for, as when it is decided at once."""


def prepare(application: Application, prepared: Prepared) -> Decision[Prepared]:
    """Prepare a decision that could be made now; only a yes to a submitted application needs no reason.

    Raises `Refused("application-not-open")` or `Refused("preparation-without-reason")`.
    """
    if application.status not in OPEN[prepared.outcome]:
        raise Refused("application-not-open", status=application.status)
    plain_yes = prepared.outcome is Outcome.ACCEPT and application.status is ApplicationStatus.SUBMITTED
    if prepared.reason is None and not plain_yes:
        raise Refused("preparation-without-reason")
    return Decision(prepared)


def standing(prepared: Prepared, status: ApplicationStatus, version: int) -> Standing:
    """Whether the decision fits the application as it stands now."""
    if status is ApplicationStatus.WITHDRAWN:
        return Standing.WITHDRAWN
    return Standing.READY if version == prepared.application_version else Standing.CHANGED
