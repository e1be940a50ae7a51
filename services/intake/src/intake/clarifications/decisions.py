"""Asking about an application, and answering."""

from dataclasses import replace

from intake.applications.model import ApplicationStatus
from intake.clarifications.model import Answer, Clarification
from shared.decision import Decision
from shared.errors import Refused

OPEN = frozenset({ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED})
"""Where an application stands that is still to be decided on."""


def ask(clarification: Clarification, status: ApplicationStatus) -> Decision[Clarification]:
    """Ask while an answer can still count. Raises `Refused("application-not-open")` once it is decided."""
    _must_be_open(status)
    return Decision(clarification)


def give_answer(clarification: Clarification, answer: Answer, status: ApplicationStatus) -> Decision[Clarification]:
    """Answer once: what somebody has read and weighed stays.

    Raises `Refused`: `clarification-answered`, or `application-not-open` once the application is decided.
    """
    if clarification.answer is not None:
        raise Refused("clarification-answered")
    _must_be_open(status)
    return Decision(replace(clarification, answer=answer))


def _must_be_open(status: ApplicationStatus) -> None:
    if status not in OPEN:
        raise Refused("application-not-open", status=status)
