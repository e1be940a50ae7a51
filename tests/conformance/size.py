"""How many requests are sent to each operation: some dozens by default, with `CONFORMANCE=long` hundreds and more."""

import os

LONG = os.environ.get("CONFORMANCE") == "long"
DRAWN = 300 if LONG else 10
"""So many requests of each mode, fitting and unfitting, are drawn at random."""
COVERING = 2000 if LONG else 32
"""At most so many of those that schemathesis works out from the bounds of the schemas."""
