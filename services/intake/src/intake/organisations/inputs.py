"""What somebody says of a daycare, as JSON, in a form or in a row of a spreadsheet."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from intake.organisations.decisions import cvr_is_right
from intake.organisations.model import Address, DaycareKind, Ownership
from shared.errors import Text
from shared.inputs.fields import Input, PlainText


def _right_cvr(value: str) -> str:
    if not cvr_is_right(value):
        raise ValueError(Text("This is no CVR number: the check digit does not fit."))
    return value


Years = Annotated[int, Field(strict=True, ge=0, le=7)]


class AddressIn(Input):
    """Where a daycare lies."""

    street: PlainText
    postal_code: str = Field(pattern=r"^[0-9]{4}$", description="four digits")
    city: PlainText


class DaycareIn(Input):
    """A daycare with everything that judges whether it can take part."""

    p_number: str = Field(pattern=r"^[0-9]{10}$", description="the daycare's P-number, ten digits")
    name: PlainText
    kind: DaycareKind
    ownership: Ownership
    age_from: Years = Field(description="years of the youngest children it takes")
    age_to: Years = Field(description="years of the oldest children it takes")
    municipality: str = Field(description="four digits")
    cvr: Annotated[str, Field(pattern=r"^[0-9]{8}$"), AfterValidator(_right_cvr)] | None = Field(
        default=None, description="the CVR number of whoever runs it, eight digits"
    )
    address: AddressIn | None = None

    @model_validator(mode="after")
    def _ages_in_order(self) -> "DaycareIn":
        if self.age_to < self.age_from:
            raise ValueError(Text("The oldest children must not be younger than the youngest."))
        return self

    def place(self) -> Address | None:
        """The address as a value."""
        return None if self.address is None else Address(**self.address.model_dump())
