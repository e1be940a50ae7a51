"""How much a fault test does: by default a few hundred events, with `FAULTS=long` ten thousand and more.

`make test-faults LONG=1` runs the long form.
"""

import os

LONG = os.environ.get("FAULTS") == "long"


def events(count: int) -> int:
    """How many events a test writes that takes `count` of them in its short form."""
    return max(10_000, 20 * count) if LONG else count


def times(count: int) -> int:
    """How often a test lets its fault happen that does so `count` times in its short form."""
    return 5 * count if LONG else count
