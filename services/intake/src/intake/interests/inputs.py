"""What somebody says who wants to be told of the next gathering."""

from typing import Annotated

from pydantic import AfterValidator, Field

from intake.programmes.offer import Audience
from shared.errors import Text
from shared.inputs.fields import EmailAddress, Input, NameOfStranger, Slug
from shared.municipalities import municipalities


def _known(code: str) -> str:
    if code not in municipalities():
        raise ValueError(Text("Choose a municipality."))
    return code


class InterestIn(Input):
    """Who they are, and what they wait for."""

    programme: Slug
    form: Slug | None = None
    topic: Slug | None = None
    name: NameOfStranger
    email: EmailAddress
    audience: Audience | None = None
    municipality: (
        Annotated[str, Field(json_schema_extra={"enum": sorted(municipalities())}), AfterValidator(_known)] | None
    ) = None
