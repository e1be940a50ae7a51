"""Facts about sessions that were ended."""

from typing import ClassVar

from shared.contracts.kinds import Moment, OpaqueId
from shared.contracts.reporting.base import ReportingEvent


class ReportingSessionsEnded(ReportingEvent):
    """Somebody was signed out: the session of this id has ended, or every one of the person of this id."""

    about: ClassVar[str] = "ended_id"
    contract_name: ClassVar[str] = "SessionsEnded"

    ended_id: OpaqueId
    issued_until: Moment
    """Of a person, the sessions that began later go on."""
