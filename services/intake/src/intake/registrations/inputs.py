"""What somebody says who registers people for a gathering, as JSON or in a form."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from intake.programmes.offer import Audience
from shared.errors import Text
from shared.inputs.fields import EmailAddress, Input, NameOfStranger, PlainText, plain_text
from shared.municipalities import municipalities

MOST_PEOPLE = 20
"""In one registration; whoever brings more sends another."""


def _known(code: str) -> str:
    if code not in municipalities():
        raise ValueError(Text("Choose a municipality."))
    return code


Municipality = Annotated[str, Field(json_schema_extra={"enum": sorted(municipalities())}), AfterValidator(_known)]


class AttendeeIn(Input):
    """Somebody who comes; `group` is the workshop they have chosen."""

    name: NameOfStranger
    audience: Audience | None = None
    group: UUID | None = None
    needs: Annotated[str, plain_text(500)] | None = None


class OfferAcceptanceIn(Input):
    """Yes to an offer; `group` is the workshop they have chosen."""

    group: UUID | None = None
    needs: Annotated[str, plain_text(500)] | None = None


class RegistrationIn(Input):
    """People who come together, and whoever is written to about it."""

    name: NameOfStranger
    email: EmailAddress
    workplace: PlainText | None = None
    municipality: Municipality | None = None
    attendees: Annotated[tuple[AttendeeIn, ...], Field(min_length=1, max_length=MOST_PEOPLE)]


class AttendanceIn(Input):
    """Those who were there; whoever had a place and is not named was not."""

    present: Annotated[tuple[UUID, ...], Field(max_length=5_000)] = ()


class FollowUpsIn(Input):
    """The registrations whose plan has come in."""

    received: Annotated[tuple[UUID, ...], Field(max_length=5_000)] = ()


class RollPage(Input):
    """Which page of those who have registered is looked at."""

    page: int = Field(default=1, ge=1, le=100_000)
