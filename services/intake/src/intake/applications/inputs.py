"""What comes in as an application and as what becomes of it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from intake.applications.model import Trigger
from intake.programmes.rules import ApplicantKind
from intake.quantities import Hours, Share
from shared.contracts.vocabulary import Skill
from shared.inputs.fields import EmailAddress, Input, PlainText, Prose, Slug, plain_text


class ContactIn(Input):
    """To whom the office writes about an application."""

    name: PlainText
    email: EmailAddress


class SelectionIn(Input):
    """On what data one daycare was chosen."""

    daycare_id: UUID
    vulnerable_share: Share | None = Field(
        default=None, description="percent of the families that are in vulnerable positions"
    )
    trigger: Trigger | None = None
    inspections: Prose | None = None


class ApplicationIn(Input):
    """What somebody applies for."""

    programme: Slug
    round_id: UUID | None = None
    municipality: str = Field(description="four digits")
    applicant_kind: ApplicantKind
    daycares: tuple[UUID, ...] = Field(min_length=1, max_length=50)
    themes: frozenset[Skill] = frozenset()
    hours: Hours | None = None
    motivation: Annotated[str, plain_text(10_000, lines=True)]
    enquiry_id: UUID | None = Field(default=None, description="the applicant's own question that it grew out of")
    contact: ContactIn | None = Field(default=None, description="to whom the office writes")
    selection: tuple[SelectionIn, ...] = Field(
        default=(), max_length=50, description="on what data the daycares were chosen; at most once of each"
    )
    late_code: Annotated[str, plain_text(40)] | None = Field(
        default=None, description="lets an application in once after the deadline of its round"
    )


class ReasonIn(Input):
    """Why something is decided."""

    reason: Annotated[str, plain_text(2_000, lines=True)]


class NamedVerdict(Input):
    """A rule that turned the application away, or one daycare of it."""

    rule: Slug
    daycare_id: UUID | None = None


class OverrideIn(ReasonIn):
    """Which rules are set aside, and why."""

    verdicts: tuple[NamedVerdict, ...] = Field(min_length=1, max_length=200)


class AcceptanceIn(Input):
    """Why an application is accepted, where that needs saying."""

    reason: Annotated[str, plain_text(2_000, lines=True)] | None = None
