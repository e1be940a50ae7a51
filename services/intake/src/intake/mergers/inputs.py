"""What somebody says of a merger, as JSON or in a form."""

from pydantic import Field

from shared.inputs.fields import Input, NearDay


class MergerIn(Input):
    """That a municipality is part of another from a day on."""

    municipality: str = Field(description="four digits; the one that is no more")
    into: str = Field(description="four digits; the one that it has become part of")
    on: NearDay
