"""Events that somebody has written into a file, or sends through a pipe: read, completed and judged."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from uuid_utils.compat import uuid7

from praksis.errors import CommandError, WrongUsage
from praksis.output import say
from shared.catalogue.cloud_event import CloudEvent
from shared.catalogue.schemas import address_of
from shared.catalogue.validation import FieldProblem, problems_of
from shared.contracts.published import PUBLISHED
from shared.events.envelope import Envelope, decode, encode
from shared.events.sending import LARGEST
from shared.settings import PublicAddresses

STANDARD_INPUT = Path("-")
LONGEST_ID = 255
"""Bytes of an id that a message can carry beside the event."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is wrong with the event of this number, counted from 1."""

    event: int
    problem: FieldProblem


def read_documents(file: Path) -> list[Any]:
    """What is in the file: one event, a list of them, or one on each line. Nothing is judged but that it is JSON.

    Raises `WrongUsage` where there is no file, and `CommandError` for what is no JSON or nothing at all.
    """
    name = "Standard input" if file == STANDARD_INPUT else str(file)
    text = _text_of(file, name)
    try:
        whole = _parsed(text)
    except ValueError as error:
        documents = list(_lines(text, name, error))
    else:
        documents = whole if isinstance(whole, list) else [whole]
    if not documents:
        raise CommandError(f"{name} holds no event.")
    return documents


def completed(document: Any, now: datetime) -> Any:
    """The document with what can be said without knowing the event, where it does not say so itself."""
    if not isinstance(document, dict):
        return document
    known: dict[str, object] = {"specversion": "1.0", "id": str(uuid7()), "time": now.isoformat()}
    version = PUBLISHED.get(str(document.get("type")))
    if version is not None:
        known |= {"source": f"/praksis/{version.producer}"}
    known |= {"datacontenttype": "application/json", "correlationid": str(uuid7())}
    return {**known, **document}


def flaws_of(documents: Sequence[Any], addresses: PublicAddresses) -> list[Flaw]:
    """Everything that is wrong, event by event, with publishing them here."""
    first_with: dict[object, int] = {}
    flaws = []
    for number, document in enumerate(documents, start=1):
        problems = _problems_of(document, addresses)
        if not problems:
            earlier = first_with.setdefault(decode(_bytes_of(document)).identity, number)
            problems = [] if earlier == number else [FieldProblem("id", f"is that of event {earlier} too.")]
        flaws += [Flaw(number, problem) for problem in problems]
    return flaws


def envelopes_of(documents: Sequence[Mapping[str, Any]], addresses: PublicAddresses) -> list[Envelope]:
    """The events of documents without a flaw. Wherever they were written, their schemas are found here."""
    return [_envelope_of(document, addresses) for document in documents]


def unread_attributes(documents: Sequence[Mapping[str, Any]]) -> list[str]:
    """The attributes that an envelope of Praksis has no place for."""
    return sorted({name for document in documents for name in document} - set(CloudEvent.model_fields))


def _problems_of(document: Any, addresses: PublicAddresses) -> list[FieldProblem]:
    problems = problems_of(document if isinstance(document, dict) else _bytes_of(document))
    if problems:
        return problems
    producer = PUBLISHED[document["type"]].producer
    if document["source"] != f"/praksis/{producer}":
        return [FieldProblem("source", f"must be /praksis/{producer} for this type.")]
    if len(document["id"].encode()) > LONGEST_ID:
        return [FieldProblem("id", f"may have at most {LONGEST_ID} bytes.")]
    if len(encode(_envelope_of(document, addresses))) > LARGEST:
        return [FieldProblem("document", f"is larger than {LARGEST} bytes.")]
    return []


def _envelope_of(document: Mapping[str, Any], addresses: PublicAddresses) -> Envelope:
    envelope = decode(_bytes_of(document))
    home = addresses.home_of(envelope.source)
    return replace(envelope, dataschema=address_of(envelope.routing_key, home))


def _bytes_of(document: Any) -> bytes:
    return json.dumps(document).encode()


def _text_of(file: Path, name: str) -> str:
    try:
        if file == STANDARD_INPUT:
            if sys.stdin.isatty():
                say("Events are read from the keyboard; Ctrl-D ends them.")
            return sys.stdin.buffer.read().decode("utf-8-sig")
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CommandError(f"{name} is not UTF-8.") from None
    except OSError as error:
        raise WrongUsage(f"{name} cannot be read: {error.strerror}.") from None


def _lines(text: str, name: str, error: ValueError) -> Iterator[Any]:
    """A document on each line; if the first is none, it is the text as a whole that is wrong."""
    first = True
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield _parsed(line)
            except ValueError as wrong:
                if first:
                    raise CommandError(f"{name} is not JSON: {error}.") from None
                raise CommandError(f"Line {number} of {name} is not JSON: {wrong}.") from None
            first = False


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"it holds {constant}")
