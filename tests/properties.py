"""How properties are tried."""

from hypothesis import settings

patient = settings(deadline=None)
"""Above `@given`: that the machine is busy with something else is no failure."""
