"""Amounts that people state, kept to the last digit: half an hour and half a percent are facts too."""

from decimal import Decimal
from typing import Annotated

from shared.notation import HOURS, PERCENT
from shared.web.inputs import exact_number
from shared.web.written import Units

Hours = Annotated[int | Decimal, exact_number(1, 10_000), Units(HOURS)]
"""Hours of advice."""
Share = Annotated[int | Decimal, exact_number(0, 100), Units(PERCENT)]
"""Percent of something."""
