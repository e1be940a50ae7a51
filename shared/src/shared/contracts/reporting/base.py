"""What all facts of reporting have in common."""

from typing import ClassVar

from shared.contracts.base import Event


class ReportingEvent(Event):
    """Any fact of reporting."""

    producer: ClassVar[str] = "reporting"
