"""CloudEvents 1.0 in structured mode (`application/cloudevents+json`)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, PlainValidator, ValidationError

CONTENT_TYPE = "application/cloudevents+json"
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
LONGEST = 255
"""Characters of an id, a source, a type, a subject or a trace. The database keeps source and subject together in an
index, whose entries are bounded; what is longer is no event of ours, and never becomes one."""


class Malformed(Exception):
    """The bytes are not a CloudEvent of ours; the message says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event with everything the way needs to know of it. `sequence` counts from 1 within `subject`.

    `id` is what the source calls it, any text; another source may call another event the same. `dataschema` is where
    the source says that the schema of the data is; nobody here follows it.
    """

    id: str
    source: str
    type: str
    subject: str
    sequence: int
    time: datetime
    correlation_id: UUID
    causation_id: str | None
    traceparent: str | None
    data: Mapping[str, Any]
    dataschema: str | None = None

    @property
    def identity(self) -> UUID:
        """By what the event is known again."""
        return identity_of(self.source, self.id)

    @property
    def routing_key(self) -> str:
        """The type without the organisation's prefix."""
        return routing_key_of(self.type)


def routing_key_of(type_name: str) -> str:
    """By what the broker routes the events of a type."""
    return type_name.removeprefix("dk.praksis.")


def identity_of(source: str, id: str) -> UUID:
    """Of a source and an id together, as CloudEvents tells events apart: another source may use the same id."""
    return UUID(bytes=sha256(f"{source}\n{id}".encode()).digest()[:16])


def encode(envelope: Envelope) -> bytes:
    """The envelope as JSON."""
    return as_json(document_of(envelope))


def as_json(document: Mapping[str, Any]) -> bytes:
    """A document as the bytes that are sent. Raises `RecursionError` where its data are too deep."""
    return _COMPACT.encode(document).encode()


def document_of(envelope: Envelope) -> dict[str, Any]:
    """The envelope's attributes, extensions spelled as CloudEvents demands (lower case, no separators)."""
    document: dict[str, Any] = {
        "specversion": "1.0",
        "id": envelope.id,
        "source": f"/praksis/{envelope.source}",
        "type": envelope.type,
        "subject": envelope.subject,
        "time": envelope.time.isoformat(),
        "datacontenttype": "application/json",
        "partitionkey": envelope.subject,
        "sequence": str(envelope.sequence),
        "correlationid": str(envelope.correlation_id),
        "data": envelope.data,
    }
    if envelope.causation_id is not None:
        document["causationid"] = envelope.causation_id
    if envelope.traceparent is not None:
        document["traceparent"] = envelope.traceparent
    if envelope.dataschema is not None:
        document["dataschema"] = envelope.dataschema
    return document


def decode(body: bytes) -> Envelope:
    """The envelope in `body`. Raises `Malformed` for anything else; what else stands in the document is ignored."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {type(error).__name__}") from error
    return envelope_of(document)


def envelope_of(document: object) -> Envelope:
    """The envelope that a JSON document is. Raises `Malformed` like `decode`."""
    if not isinstance(document, dict) or document.get("specversion") != "1.0":
        raise Malformed("not a CloudEvent of version 1.0")
    try:
        read = _Document.model_validate(document)
    except ValidationError as error:
        raise Malformed(_why(error)) from error
    return Envelope(
        id=read.id,
        source=read.source.removeprefix("/praksis/"),
        type=read.type,
        subject=read.subject,
        sequence=int(read.sequence),
        time=read.time,
        correlation_id=read.correlationid,
        causation_id=read.causationid,
        traceparent=read.traceparent,
        data=read.data,
        dataschema=read.dataschema,
    )


def is_readable(document: object) -> bool:
    """Whether `envelope_of` makes an envelope of it, told at half of the price."""
    try:
        _Document.model_validate(document)
    except ValidationError:
        return False
    return True


def _id(value: object) -> UUID:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return UUID(value)


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError("not a text")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment


def _address(value: object) -> str | None:
    """An address as URIs are written, relative or not; whatever else stands there makes no event unreadable."""
    return value if isinstance(value, str) and value.isascii() and value.isprintable() and value else None


_Id = Annotated[UUID, PlainValidator(_id)]
_Line = Annotated[str, Field(strict=True, max_length=LONGEST, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
"""Text that the database takes: no control characters, and no more than fits into an index."""

_Name = Annotated[_Line, Field(min_length=1)]


class _Document(BaseModel):
    """The attributes that Praksis reads, as they stand in JSON."""

    id: _Name
    source: _Line
    type: _Line
    subject: _Line
    sequence: Annotated[str, Field(strict=True, pattern=r"^[1-9][0-9]{0,9}$")]
    time: Annotated[datetime, PlainValidator(_moment)]
    correlationid: _Id
    causationid: _Name | None = None
    traceparent: _Line | None = None
    data: Annotated[dict[str, Any], Field(strict=True)]
    dataschema: Annotated[str | None, PlainValidator(_address)] = None


def _why(error: ValidationError) -> str:
    """The first thing that is wrong, without what was sent: that may be anything."""
    first = error.errors(include_input=False, include_url=False)[0]
    attribute = first["loc"][0]
    if first["type"] == "missing":
        return f"attribute '{attribute}' is missing"
    return f"an attribute cannot be read ({attribute})"
