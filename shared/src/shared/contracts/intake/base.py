"""What all facts of intake have in common."""

from typing import ClassVar

from shared.contracts.base import Event


class IntakeEvent(Event):
    """Any fact of intake."""

    producer: ClassVar[str] = "intake"
