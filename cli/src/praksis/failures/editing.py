"""Other data for an event: from a file, or from the editor of the person who types."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import typer

from praksis.errors import CommandError
from praksis.events.files import read_documents
from praksis.failures.editor import edited
from praksis.output import say

Send = Callable[[object], dict[str, Any]]
"""Gives the event these data; returns the failure as it is then. Raises `CommandError` where they do not fit."""


def change_data(failure: Mapping[str, Any], file: Path | None, send: Send) -> dict[str, Any] | None:
    """Send the data that the event is to have instead; nothing is sent where they are what they were.

    Raises `CommandError` for what is no event, for new data that are no JSON, and what `send` raises.
    """
    old = _data_of(failure)
    if file is None:
        return _change_in_editor(old, f"{failure['id']}.json", send)
    documents = read_documents(file)
    if len(documents) != 1:
        raise CommandError("New data are one JSON object.")
    return _send_if_new(old, documents[0], send)


def _change_in_editor(old: object, name: str, send: Send) -> dict[str, Any] | None:
    text = json.dumps(old, ensure_ascii=False, indent=2) + "\n"
    while True:
        text = edited(text, name)
        try:
            return _send_if_new(old, _read(text), send)
        except CommandError as refusal:
            if not sys.stdin.isatty():
                raise
            say(str(refusal))
            if not typer.confirm("Go back to the editor?", err=True):
                raise CommandError("Nothing was changed.") from None


def _send_if_new(old: object, new: object, send: Send) -> dict[str, Any] | None:
    return None if new == old else send(new)


def _data_of(failure: Mapping[str, Any]) -> object:
    try:
        return json.loads(failure["body"])["data"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise CommandError("What arrived is no event, so it has no data to change. It can be discarded.") from None


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CommandError(f"What the editor left behind is not JSON: {error}.") from None
