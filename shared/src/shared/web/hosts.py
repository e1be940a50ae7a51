"""The host that a request asked for, beside the one of the settings that every address is made of."""

ASKED_FOR = "praksis.asked_for"
"""Under this name in the scope; good for telling whether a browser was here before, and for nothing else."""
