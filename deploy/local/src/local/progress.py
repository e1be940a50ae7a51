"""How the long steps of a start tell what they are doing."""

from collections.abc import Callable

Progress = Callable[[str, str], None]
"""Called with the part that moved (``postgres``, ``rabbitmq``, ``intake-web``) and a short sentence about it.

Calls come from several threads, because parts start side by side."""


def silent(part: str, message: str) -> None:
    """Tell nobody."""
