"""Assessments as they leave."""

from datetime import datetime
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from intake.applications.model import ApplicationStatus, Trigger
from intake.assessments.model import Assessment
from intake.assessments.queries import AssessmentLine, Member, Sight
from intake.assessments.reading import reference
from intake.assessments.results import Result
from intake.assessments.texts import Wording
from intake.organisations.model import DaycareKind, Ownership
from intake.programmes.rules import ApplicantKind
from shared.contracts.vocabulary import Skill
from shared.inputs.fields import ExactNumber
from shared.web.kernel import kernel_of, language_of


def words_of(request: Request) -> Wording:
    """The words for whoever asks."""
    kernel, language = kernel_of(request), language_of(request)
    return Wording(lambda text: kernel.catalogue.translate(text, language), kernel.sign_in.name_of)


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ScoreOut(_Out):
    """What a reviewer gives one criterion, and why."""

    criterion: str
    points: int | None
    remark: str | None


class SheetOut(_Out):
    """The scores as they were handed in."""

    scores: list[ScoreOut]
    handed_in_at: datetime
    reason: str | None = Field(description="why it replaced the one before")


class OwnOut(_Out):
    """A reviewer's own work on one application."""

    application_id: UUID
    version: int
    taken_at: datetime
    draft: list[ScoreOut]
    sheets: list[SheetOut] = Field(description="as handed in, the oldest first; the last one counts")
    conflict: str | None = Field(description="why somebody has stepped back")


class ReadSelectionOut(_Out):
    """On what data one daycare was chosen."""

    vulnerable_share: ExactNumber | None
    trigger: Trigger | None
    inspections: str | None


class ReadDaycareOut(_Out):
    """A daycare as the reviewer may read it."""

    name: str
    kind: DaycareKind
    ownership: Ownership
    age_from: int
    age_to: int
    selection: ReadSelectionOut | None


class ReadingOut(_Out):
    """The application as the reviewer may read it: with an alias for every name where the programme asks for that."""

    municipality: str | None
    applicant_kind: ApplicantKind
    daycares: list[ReadDaycareOut]
    themes: list[Skill]
    hours: ExactNumber | None
    motivation: str


class FileOut(_Out):
    """A file that goes with the application."""

    id: UUID
    name: str
    size: int


class MemberOut(BaseModel):
    """One of those who assess the application."""

    reviewer: str
    is_in: bool
    sheets: list[SheetOut]
    conflict: str | None
    points: int | None
    highest: int | None


class CriterionResultOut(BaseModel):
    """What the reviewers say together of one criterion."""

    criterion: str
    points: list[int]
    spread: int
    disagree: bool


class ResultOut(BaseModel):
    """Together, in weighted points; the mean is `points / reviewers` of `highest / reviewers`."""

    reviewers: int
    points: int
    highest: int
    spread: int
    disagree: bool
    criteria: list[CriterionResultOut]


class AssessmentOut(BaseModel):
    """All that somebody may see of an application that is assessed."""

    application_id: UUID
    reference: str
    programme: str
    programme_version: int
    status: ApplicationStatus
    submitted_at: datetime
    municipality: str | None
    may_take: bool
    own: OwnOut | None
    application: ReadingOut | None = Field(description="once the reviewer has taken it on")
    attachments: list[FileOut] = Field(description="files that the reviewer may read")
    unread: int = Field(description="so many files are kept from the reviewer with the names in them")
    panel: list[MemberOut] | None = Field(description="once one's own scores are in")
    result: ResultOut | None = Field(description="once enough reviewers are in")


class AssessmentLineOut(BaseModel):
    """One application in a list."""

    application_id: UUID
    reference: str
    programme: str
    submitted_at: datetime
    status: ApplicationStatus
    own: OwnOut | None
    reviewers: int


def line_out(line: AssessmentLine, reviewer: str) -> AssessmentLineOut:
    """One application in a list, as this reviewer may see it."""
    own = line.panel.of(reviewer)
    return AssessmentLineOut(
        application_id=line.application.id,
        reference=reference(line.application.id),
        programme=line.programme.slug,
        submitted_at=line.application.submitted_at,
        status=line.application.status,
        own=None if own is None else own_out(own),
        reviewers=line.takers,
    )


def assessment_out(sight: Sight) -> AssessmentOut:
    """All that somebody may see of an application that is assessed."""
    return AssessmentOut(
        application_id=sight.id,
        reference=reference(sight.id),
        programme=sight.programme.slug,
        programme_version=sight.programme.version,
        status=sight.status,
        submitted_at=sight.submitted_at,
        municipality=sight.municipality,
        may_take=sight.may_take,
        own=None if sight.own is None else own_out(sight.own),
        application=None if sight.reading is None else ReadingOut.model_validate(sight.reading),
        attachments=[FileOut.model_validate(each) for each in sight.attachments],
        unread=sight.unread,
        panel=None if sight.panel is None else [_member_out(each) for each in sight.panel],
        result=None if sight.result is None else _result_out(sight.result),
    )


def own_out(own: Assessment) -> OwnOut:
    """A reviewer's own work."""
    return OwnOut(
        application_id=own.application_id,
        version=own.version,
        taken_at=own.taken_at,
        draft=[ScoreOut.model_validate(score) for score in own.draft],
        sheets=[SheetOut.model_validate(sheet) for sheet in own.sheets],
        conflict=None if own.conflict is None else own.conflict.reason,
    )


def _member_out(member: Member) -> MemberOut:
    return MemberOut(
        reviewer=member.name,
        is_in=member.is_in,
        sheets=[SheetOut.model_validate(sheet) for sheet in member.sheets],
        conflict=None if member.conflict is None else member.conflict.reason,
        points=None if member.total is None else member.total.points,
        highest=None if member.total is None else member.total.highest,
    )


def _result_out(result: Result) -> ResultOut:
    return ResultOut(
        reviewers=len(result.totals),
        points=result.together.points,
        highest=result.together.highest,
        spread=result.spread,
        disagree=result.disagree,
        criteria=[
            CriterionResultOut(
                criterion=each.criterion.name, points=list(each.points), spread=each.spread, disagree=each.disagree
            )
            for each in result.criteria
        ],
    )
