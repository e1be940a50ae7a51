"""CloudEvents 1.0 in structured mode (`application/cloudevents+json`)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

CONTENT_TYPE = "application/cloudevents+json"


class Malformed(Exception):
    """The bytes are not a CloudEvent of ours; the message says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event with everything the way needs to know of it. `sequence` counts from 1 within `subject`."""

    id: UUID
    source: str
    type: str
    subject: str
    sequence: int
    time: datetime
    correlation_id: UUID
    causation_id: UUID | None
    traceparent: str | None
    data: Mapping[str, Any]

    @property
    def routing_key(self) -> str:
        """The type without the organisation's prefix."""
        return self.type.removeprefix("dk.praksis.")


def encode(envelope: Envelope) -> bytes:
    """The envelope as JSON, extensions spelled as CloudEvents demands (lower case, no separators)."""
    document: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(envelope.id),
        "source": f"/praksis/{envelope.source}",
        "type": envelope.type,
        "subject": envelope.subject,
        "time": envelope.time.isoformat(),
        "datacontenttype": "application/json",
        "dataschema": f"/contracts/{envelope.routing_key}.json",
        "partitionkey": envelope.subject,
        "sequence": str(envelope.sequence),
        "correlationid": str(envelope.correlation_id),
        "data": envelope.data,
    }
    if envelope.causation_id is not None:
        document["causationid"] = str(envelope.causation_id)
    if envelope.traceparent is not None:
        document["traceparent"] = envelope.traceparent
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def decode(body: bytes) -> Envelope:
    """The envelope in `body`. Raises `Malformed` for anything else."""
    try:
        document = json.loads(body)
    except ValueError as error:
        raise Malformed(f"not JSON: {error}") from error
    if not isinstance(document, dict) or document.get("specversion") != "1.0":
        raise Malformed("not a CloudEvent of version 1.0")
    try:
        return _from_document(document)
    except KeyError as error:
        raise Malformed(f"attribute {error} is missing") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise Malformed(f"an attribute cannot be read ({type(error).__name__})") from error


def _from_document(document: Mapping[str, Any]) -> Envelope:
    time = datetime.fromisoformat(document["time"])
    if time.tzinfo is None:
        raise ValueError("time has no zone")
    if not isinstance(document["data"], dict):
        raise ValueError("data is not an object")
    causation = document.get("causationid")
    return Envelope(
        id=UUID(document["id"]),
        source=document["source"].removeprefix("/praksis/"),
        type=str(document["type"]),
        subject=str(document["subject"]),
        sequence=int(document["sequence"]),
        time=time,
        correlation_id=UUID(document["correlationid"]),
        causation_id=UUID(causation) if causation else None,
        traceparent=document.get("traceparent"),
        data=document["data"],
    )
