"""What comes in as an application and as what becomes of it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from intake.applications.model import Wish
from intake.applications.wishes import MOST_DAYCARES, Chosen, Motivation, WishIn, selection_of, wish_of
from intake.programmes.rules import ApplicantKind
from shared.inputs.fields import EmailAddress, Input, PlainText, Slug, plain_text


class ContactIn(Input):
    """To whom the office writes about an application."""

    name: PlainText
    email: EmailAddress


class SelectionIn(Chosen):
    """On what data a daycare was chosen, with which it is."""

    daycare_id: UUID


class ApplicationIn(WishIn):
    """What somebody applies for, whole."""

    programme: Slug
    round_id: UUID | None = None
    municipality: str = Field(description="four digits")
    applicant_kind: ApplicantKind
    daycares: tuple[UUID, ...] = Field(min_length=1, max_length=MOST_DAYCARES)
    motivation: Motivation
    contact: ContactIn | None = Field(default=None, description="to whom the office writes")
    selection: tuple[SelectionIn, ...] = Field(
        default=(), max_length=MOST_DAYCARES, description="on what data the daycares were chosen; at most once of each"
    )
    late_code: Annotated[str, plain_text(40)] | None = Field(
        default=None, description="lets an application in once after the deadline of its round"
    )

    def wish(self) -> Wish:
        """What is wished for."""
        return wish_of(
            self,
            contact_name=self.contact and self.contact.name,
            contact_email=self.contact and self.contact.email,
            selection=tuple(selection_of(each.daycare_id, each) for each in self.selection),
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
