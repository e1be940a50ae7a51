"""The CloudEvents 1.0 envelope, in structured mode (`application/cloudevents+json`): reading it and writing it."""

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
_OURS = "/praksis/"
LONGEST = 255
"""Most characters of an id, a source, a type, a subject or a trace. The database keeps source and subject together in
an index, whose entries have a limited size; an event with a longer attribute is neither published nor accepted."""


class Malformed(Exception):
    """The bytes are no CloudEvents envelope that Praksis can read; the message says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event with all its CloudEvents attributes. `sequence` counts from 1 within `subject`.

    `id` is any text, given by the source; another source may use the same. `subject` is the ordering key and becomes
    the partition key. `correlation_id` is shared by all events of one conversation; `causation_id` is the id of the
    event that caused this one, None where no event did, but a request. `traceparent` is the W3C trace context.
    `dataschema` is where the source publishes the schema of the data; nothing in Praksis follows it.
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
        """The deduplication key of the event; see `identity_of`."""
        return identity_of(self.source, self.id)

    @property
    def routing_key(self) -> str:
        """The AMQP routing key: the type without the organisation's prefix."""
        return routing_key_of(self.type)


def routing_key_of(type_name: str) -> str:
    """The routing key of a CloudEvents type, such as `intake.RoundOpened.v1`."""
    return type_name.removeprefix("dk.praksis.")


def identity_of(source: str, id: str) -> UUID:
    """The deduplication key: a digest of source and id together, as CloudEvents tells events apart. Another source may
    use the same id."""
    return UUID(bytes=sha256(f"{source}\n{id}".encode()).digest()[:16])


def encode(envelope: Envelope) -> bytes:
    """The envelope as the JSON bytes that are published. Raises `RecursionError` where its data are nested too
    deeply."""
    return as_json(document_of(envelope))


def as_json(document: Mapping[str, Any]) -> bytes:
    """A document as the bytes that are published. Raises `RecursionError` where its data are nested too deeply."""
    return _COMPACT.encode(document).encode()


def document_of(envelope: Envelope) -> dict[str, Any]:
    """The envelope as a JSON document; extensions are spelled as CloudEvents demands (lower case, no separators)."""
    document: dict[str, Any] = {
        "specversion": "1.0",
        "id": envelope.id,
        "source": _told(envelope.source),
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


def _told(source: str) -> str:
    """The source as an event tells it. One that is an address of its own belongs to another system and stays as it is,
    unless it could be taken for one of ours when it is read again."""
    if source.startswith(_OURS) or not (source.startswith("/") or ":" in source):
        return f"{_OURS}{source}"
    return source


def decode(body: bytes) -> Envelope:
    """Parse the envelope in `body`; attributes that Praksis does not know are ignored. Raises `Malformed` if the bytes
    are no envelope."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {type(error).__name__}") from error
    return envelope_of(document)


def envelope_of(document: object) -> Envelope:
    """Validate a parsed JSON document and make an envelope of it. Raises `Malformed` like `decode`."""
    if not isinstance(document, dict) or document.get("specversion") != "1.0":
        raise Malformed("not a CloudEvent of version 1.0")
    try:
        read = _Document.model_validate(document)
    except ValidationError as error:
        raise Malformed(_why(error)) from error
    return Envelope(
        id=read.id,
        source=read.source.removeprefix(_OURS),
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
    """Whether `envelope_of` would accept the document; costs half as much, since no envelope is made."""
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
    """A URI, relative or not, in ASCII. Anything else is taken as no address, so that it does not make the event
    unreadable."""
    return value if isinstance(value, str) and value.isascii() and value.isprintable() and value else None


_Id = Annotated[UUID, PlainValidator(_id)]
_Line = Annotated[str, Field(strict=True, max_length=LONGEST, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
"""Text that the database can store: no control characters, and short enough for an index entry."""

_Name = Annotated[_Line, Field(min_length=1)]


class _Document(BaseModel):
    """The attributes that Praksis reads, validated as they stand in JSON."""

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
    """The first validation error, without the value that was sent, since that may be anything."""
    first = error.errors(include_input=False, include_url=False)[0]
    attribute = first["loc"][0]
    if first["type"] == "missing":
        return f"attribute '{attribute}' is missing"
    return f"an attribute cannot be read ({attribute})"
