"""Amounts that people state, kept to the last digit: half an hour and half a percent are facts too.

They have at most two decimals, so that every page and letter shows what is kept, and not something near it.
"""

from decimal import Decimal
from typing import Annotated

from shared.inputs.fields import exact_number
from shared.inputs.written import Units
from shared.notation import HOURS, PERCENT

Hours = Annotated[int | Decimal, exact_number(1, 10_000, decimals=2), Units(HOURS)]
"""Hours of advice."""
Share = Annotated[int | Decimal, exact_number(0, 100, decimals=2), Units(PERCENT)]
"""Percent of something."""
