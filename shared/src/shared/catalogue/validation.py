"""Validates an event that was written by hand, field by field; messages never repeat what was written.

It is stricter than a consumer: an event that passes fits the schemas, so every consumer can read it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shared.catalogue.cloud_event import CloudEvent
from shared.catalogue.schemas import leads_to, path_of
from shared.contracts.base import Event
from shared.contracts.published import PUBLISHED

M = TypeVar("M", bound=BaseModel)

WHOLE = "document"
"""The path of a problem with the whole document."""

SENTENCES = {
    "missing": "is required.",
    "string_type": "must be a text.",
    "string_pattern_mismatch": "does not have the right form.",
    "string_too_short": "must not be empty.",
    "string_too_long": "may have at most {max_length} characters.",
    "int_type": "must be a whole number.",
    "uuid_type": "must be a UUID.",
    "uuid_parsing": "must be a UUID.",
    "date_type": "must be a date, as in 2026-11-03.",
    "date_parsing": "must be a date, as in 2026-11-03.",
    "date_from_datetime_parsing": "must be a date, as in 2026-11-03.",
    "datetime_type": "must be a moment with its zone, as in 2026-11-03T23:59:59+01:00.",
    "datetime_parsing": "must be a moment with its zone, as in 2026-11-03T23:59:59+01:00.",
    "timezone_aware": "must be a moment with its zone, as in 2026-11-03T23:59:59+01:00.",
    "enum": "must be one of: {expected}.",
    "literal_error": "must be {expected}.",
    "tuple_type": "must be a list.",
    "model_type": "must be an object.",
    "dict_type": "must be an object.",
}
OTHERWISE = "is not what the contract demands."


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One validation error. `path` is such as `data.phases.0.names.da`, or `document` for everything."""

    path: str
    message: str


def problems_of(document: bytes | Mapping[str, Any]) -> list[FieldProblem]:
    """All errors of a CloudEvent: of its envelope, then its type, then its data."""
    text = _json(document)
    if text is None:
        return [FieldProblem(WHOLE, "is not JSON.")]
    event = json.loads(text)
    if not isinstance(event, dict):
        return [FieldProblem(WHOLE, "must be an object.")]
    _, problems = _read(CloudEvent, text)
    return [*problems, *_problems_with_type(event, wrong={problem.path.partition(".")[0] for problem in problems})]


def _json(document: bytes | Mapping[str, Any]) -> str | None:
    """The document as JSON that every parser accepts, or None."""
    try:
        value = json.loads(document) if isinstance(document, bytes) else document
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        text.encode()
    except (ValueError, TypeError, RecursionError):
        return None
    return text


def _problems_with_type(event: Mapping[str, Any], wrong: set[str]) -> Iterator[FieldProblem]:
    """Errors in what the type determines, except for attributes that have an error already."""
    if wrong & {WHOLE, "type"}:
        return
    version = PUBLISHED.get(event["type"])
    if version is None:
        yield FieldProblem("type", _words_of_unknown(event["type"]))
        return
    schema = event.get("dataschema")
    if "dataschema" not in wrong and schema is not None and not leads_to(schema, version.routing_key()):
        yield FieldProblem("dataschema", f"must lead to {path_of(version.routing_key())}, the schema of this type.")
    if "partitionkey" not in wrong and event.get("partitionkey") not in (None, event.get("subject")):
        yield FieldProblem("partitionkey", "must be what the subject is.")
    if "data" not in wrong:
        data, problems = _read(version, json.dumps(event["data"]), "data")
        if data is not None and "subject" not in wrong and event["subject"] != data.subject:
            yield FieldProblem("subject", f"must be made from data.{version.about}, as in {_example_of(version)}.")
        yield from problems


def _words_of_unknown(type_name: str) -> str:
    event_name = type_name.rpartition(".v")[0]
    if versions := [known for known in PUBLISHED if known.rpartition(".v")[0] == event_name]:
        return f"must be a version that there is: {' or '.join(versions)}."
    return "must be an event that is published here."


def _example_of(version: type[Event]) -> str:
    return f"{version.about.removesuffix('_id')}/…"


def _read(model: type[M], text: str, *within: str) -> tuple[M | None, list[FieldProblem]]:
    try:
        return model.model_validate_json(text, strict=True), []
    except ValidationError as error:
        mistakes = error.errors(include_url=False, include_input=False)
        return None, [
            FieldProblem(
                ".".join(str(step) for step in (*within, *mistake["loc"])) or WHOLE,
                SENTENCES.get(mistake["type"], OTHERWISE).format(**mistake.get("ctx", {})),
            )
            for mistake in mistakes
        ]
