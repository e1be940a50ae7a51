"""Replaces the data of a failed event. Its id, source, subject and time stay as they were."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from shared.contracts.published import PUBLISHED
from shared.errors import Refused, Size, Text
from shared.events.envelope import Envelope, Malformed, decode, encode

LARGEST = 65_536
"""Most bytes of edited data, as JSON."""
TOLD = 50
"""Most errors that are reported at once."""

Fault = Mapping[str, Any]
"""One validation error in pydantic's form; its `loc` is the place within the data."""


class Unfit(Exception):
    """The data are not valid for the event."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults[:TOLD]

    def within(self, *place: str) -> list[Fault]:
        """The faults, with `place` before their locations."""
        return [{**fault, "loc": (*place, *fault["loc"])} for fault in self.faults]


def read(written: str) -> dict[str, Any]:
    """Parse data that were typed as JSON. Raises `Unfit` for text that is no JSON object."""
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
    """The event in `body` with other data. Raises `Unfit` if they do not fit the event's type, or change its
    subject."""
    envelope = replace(_readable(body), data=data)
    _require_fit(envelope, _as_json(data))
    return encode(envelope)


def written(body: bytes) -> str:
    """The data of an event as indented JSON."""
    return json.dumps(_readable(body).data, ensure_ascii=False, indent=2)


def _readable(body: bytes) -> Envelope:
    try:
        return decode(body)
    except Malformed as error:  # nested so deeply that only a shorter call stack could parse it
        raise Refused("no-event") from error


def _as_json(data: Mapping[str, Any]) -> str:
    """The data as JSON. Raises `Unfit` if they are too large, or contain numbers or characters that JSON cannot
    hold."""
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
        return  # the contracts of other systems are not known here
    try:
        event = version.model_validate_json(data, strict=True)
    except ValidationError as error:
        raise Unfit(*error.errors(include_url=False, include_input=False)) from error
    if event.subject != envelope.subject:
        raise Unfit(_fault(Text("This says what the event is about, which stays as it is."), version.about))


def _fault(sentence: Text, *place: str) -> Fault:
    return {"type": "value_error", "loc": place, "ctx": {"error": ValueError(sentence)}}
