"""What is said of a consultant."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from scheduling.consultants.model import MOST_HOURS
from shared.inputs.fields import exact_number
from shared.inputs.written import Units
from shared.notation import HOURS

HoursPerMonth = Annotated[
    int | Decimal,
    exact_number(0, MOST_HOURS),
    Units(HOURS),
    Field(description="for courses, with preparation and travel"),
]
