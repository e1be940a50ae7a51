"""Amounts that people state, kept to the last digit: half an hour and half a percent are facts too.

They have at most two decimals, so that every page and letter shows what is kept, and not something near it.
"""

from decimal import Decimal
from typing import Annotated

from shared.notation import HOURS, PERCENT
from shared.web.inputs import exact_number
from shared.web.written import Units

Hours = Annotated[int | Decimal, exact_number(1, 10_000, decimals=2), Units(HOURS)]
"""Hours of advice."""
Share = Annotated[int | Decimal, exact_number(0, 100, decimals=2), Units(PERCENT)]
"""Percent of something."""
