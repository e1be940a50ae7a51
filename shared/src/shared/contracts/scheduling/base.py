"""What all facts of scheduling have in common."""

from typing import ClassVar

from shared.contracts.base import Event


class SchedulingEvent(Event):
    """Any fact of scheduling."""

    producer: ClassVar[str] = "scheduling"
