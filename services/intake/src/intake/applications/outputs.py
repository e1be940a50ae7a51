"""Applications as they leave."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field

from intake.applications.model import Application, ApplicationStatus, Language, Verdict
from intake.applications.texts import sentence
from intake.applications.wishes import WishOut
from intake.programmes.rules import ApplicantKind
from shared.web.kernel import kernel_of


class ContactOut(BaseModel):
    """To whom the office writes about an application."""

    name: str
    email: str
    language: Language


class OverrideOut(BaseModel):
    """Why a rule was set aside, and when."""

    reason: str
    given_at: datetime


class VerdictOut(BaseModel):
    """What one rule says of the application, or of one daycare in it."""

    rule: str
    passed: bool
    daycare_id: UUID | None
    facts: dict[str, str | int | float]
    texts: dict[str, str]
    overridden: OverrideOut | None = Field(description="why it was set aside all the same")


class ApplicationOut(WishOut):
    """An application with the verdict of every rule."""

    id: UUID
    version: int
    status: ApplicationStatus
    programme: str
    programme_version: int
    round_id: UUID | None
    municipality: str
    applied_as: str | None = Field(
        description="the municipality it was submitted under, where that has become part of another since"
    )
    applicant_kind: ApplicantKind
    motivation: str
    verdicts: list[VerdictOut]
    submitted_at: datetime
    decided_at: datetime | None
    reason: str | None
    contact: ContactOut | None


class ApplicationLineOut(BaseModel):
    """One application in a list."""

    id: UUID
    programme: str
    municipality: str
    status: ApplicationStatus
    daycares: int
    submitted_at: datetime


def application_out(request: Request, application: Application) -> ApplicationOut:
    """An application with its verdicts, each a sentence in every language."""
    case = application.case
    return ApplicationOut(
        **asdict(case.wish),
        id=case.id,
        version=application.version,
        status=application.status,
        programme=application.programme,
        programme_version=application.programme_version,
        round_id=application.round_id,
        municipality=case.municipality,
        applied_as=application.applied_as,
        verdicts=[_verdict_out(request, verdict) for verdict in application.verdicts],
        submitted_at=application.submitted_at,
        decided_at=application.decided_at,
        reason=application.reason,
        contact=ContactOut.model_validate(case.contact, from_attributes=True) if case.contact else None,
    )


def _verdict_out(request: Request, verdict: Verdict) -> VerdictOut:
    return VerdictOut(
        rule=verdict.rule,
        passed=verdict.passed,
        daycare_id=verdict.daycare_id,
        facts=dict(verdict.facts),
        texts={**kernel_of(request).catalogue.in_every_language(sentence(verdict))},
        overridden=None
        if verdict.overridden is None
        else OverrideOut(reason=verdict.overridden.reason, given_at=verdict.overridden.given_at),
    )
