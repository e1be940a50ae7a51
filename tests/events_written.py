"""Events as somebody writes them by hand."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.contracts.intake.rounds import RoundOpened
from shared.events.envelope import Envelope, encode

MOMENT = datetime(2025, 1, 1, tzinfo=UTC)
SCHEMA = "/contracts/intake.RoundOpened.v1.json"


def round_opened(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A document that is right, but for the changes; an attribute that is None is left out."""
    opened = RoundOpened(round_id=UUID(int=number), programme="long-course", opens_at=MOMENT, closes_at=MOMENT)
    envelope = Envelope(
        id=str(UUID(int=100 + number)),
        source="intake",
        type=RoundOpened.type_name(),
        subject=opened.subject,
        sequence=1,
        time=MOMENT,
        correlation_id=UUID(int=7),
        causation_id=None,
        traceparent=None,
        data=opened.model_dump(mode="json"),
        dataschema=f"https://elsewhere.example.dk{SCHEMA}",
    )
    document: dict[str, Any] = json.loads(encode(envelope))
    return {name: value for name, value in (document | changes).items() if value is not None}
