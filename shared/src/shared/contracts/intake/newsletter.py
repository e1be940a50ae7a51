"""Facts about the newsletter."""

from typing import ClassVar

from shared.contracts.intake.base import IntakeEvent
from shared.contracts.kinds import OpaqueId


class NewsletterGroupDue(IntakeEvent):
    """The next group of readers is to be sent a newsletter."""

    about: ClassVar[str] = "issue_id"

    issue_id: OpaqueId
