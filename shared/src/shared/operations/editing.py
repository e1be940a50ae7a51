"""Other data for an event that could not be handled. What it is about and who told it, and when, stays as it was."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from shared.contracts.published import PUBLISHED
from shared.errors import Refused, Size, Text
from shared.events.envelope import Envelope, Malformed, decode, encode

LARGEST = 65_536
"""How many bytes of JSON edited data may be."""
TOLD = 50
"""How many of the things that are wrong are told at once."""

Fault = Mapping[str, Any]
"""One thing that is wrong with data, as pydantic says it; its `loc` leads to the place within the data."""


class Unfit(Exception):
    """Data that the event cannot have."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults[:TOLD]

    def within(self, *place: str) -> list[Fault]:
        """The faults as they are called where the data stand at `place`."""
        return [{**fault, "loc": (*place, *fault["loc"])} for fault in self.faults]


def read(written: str) -> dict[str, Any]:
    """The data that somebody has written as JSON. Raises `Unfit` for what is no JSON object."""
    try:
        data = json.loads(written)
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno}
        raise Unfit(_fault(Text("This is not JSON; see line {line}, character {column}.", where))) from error
    except (ValueError, RecursionError) as error:
        raise Unfit(_fault(Text("This is not JSON."))) from error
    if not isinstance(data, dict):
        raise Unfit({"type": "dict_type", "loc": ()})
    return data


def edited(body: bytes, data: Mapping[str, Any]) -> bytes:
    """The event in `body` with other data. Raises `Unfit` unless they are what the event's type and subject demand."""
    envelope = replace(_readable(body), data=data)
    _require_fit(envelope, _as_json(data))
    return encode(envelope)


def written(body: bytes) -> str:
    """The data of an event as JSON for people to read and change."""
    return json.dumps(_readable(body).data, ensure_ascii=False, indent=2)


def _readable(body: bytes) -> Envelope:
    try:
        return decode(body)
    except Malformed as error:  # nested so deeply that it could be read once, with a little more room
        raise Refused("no-event") from error


def _as_json(data: Mapping[str, Any]) -> str:
    """The data, unless they are too much or JSON has no words for them: endless numbers, half characters."""
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        size = len(text.encode())
    except (ValueError, RecursionError) as error:
        raise Unfit({"type": "value_error", "loc": ()}) from error
    if size > LARGEST:
        raise Unfit(_fault(Text("This may be at most {limit}.", {"limit": Size(LARGEST)})))
    return text


def _require_fit(envelope: Envelope, data: str) -> None:
    version = PUBLISHED.get(envelope.type)
    if version is None:
        return  # of others, nobody here knows what they are made of
    try:
        event = version.model_validate_json(data, strict=True)
    except ValidationError as error:
        raise Unfit(*error.errors(include_url=False, include_input=False)) from error
    if event.subject != envelope.subject:
        raise Unfit(_fault(Text("This says what the event is about, which stays as it is."), version.about))


def _fault(sentence: Text, *place: str) -> Fault:
    return {"type": "value_error", "loc": place, "ctx": {"error": ValueError(sentence)}}
