"""How failed events are shown to people."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from praksis.listing import NOTHING, Column, show
from praksis.output import instant, tell

Failure = Mapping[str, Any]
_FAILURES = (
    Column("service"),
    Column("id", width=36),
    Column("state"),
    Column("direction"),
    Column("type", width=34),
    Column("subject", width=45),
    Column("reason", width=24),
    Column("tries", label="tries", right=True),
    Column("waiting", label="waiting", right=True),
    Column("last failed", width=20, label="last failed"),
)
_GROUPS = (
    Column("service"),
    Column("failures", label="failures", right=True),
    Column("waiting", label="waiting", right=True),
    Column("direction"),
    Column("type"),
    Column("reason"),
    Column("since", label="since"),
    Column("last", label="last"),
)
_DEEDS = (Column("done", width=20), Column("what"), Column("by", label="by"), Column("why", label="why"))


def show_failures(failures: Sequence[tuple[str, Failure]]) -> None:
    """Failures of services, each with how many events wait behind it."""
    show(_FAILURES, [_failure(service, failure) for service, failure in failures])


def show_groups(groups: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """What failed alike."""
    show(_GROUPS, [_group(service, group) for service, group in groups])


def show_failure(failure: Failure, interventions: Sequence[Mapping[str, Any]]) -> None:
    """One failure with what is known of it, what operators have done, and what arrived."""
    for name, value in _facts(failure):
        if value is not None:
            tell(f"{name:<13} {value}")
    if interventions:
        tell("")
        show(_DEEDS, [_deed(each) for each in interventions])
    tell("")
    for line in _readable(failure["body"]).split("\n"):
        tell(line)


def direction(failure: Failure) -> str:
    """`outgoing` for what happened in the service and could not be sent, else `incoming`."""
    return "outgoing" if failure["outgoing"] else "incoming"


def moment(text: str | None) -> str | None:
    """A moment of the API as people read it."""
    return None if text is None else instant(datetime.fromisoformat(text))


def _failure(service: str, failure: Failure) -> list[str]:
    return [
        service,
        failure["id"],
        failure["state"],
        direction(failure),
        _short(failure["type"]),
        failure["subject"] or NOTHING,
        failure["reason"],
        str(failure["attempts"]),
        str(failure["waiting"]),
        moment(failure["last_failed_at"]) or NOTHING,
    ]


def _group(service: str, group: Mapping[str, Any]) -> list[str]:
    return [
        service,
        str(group["failures"]),
        str(group["waiting"]),
        direction(group),
        _short(group["type"]),
        group["reason"],
        moment(group["first_failed_at"]) or NOTHING,
        moment(group["last_failed_at"]) or NOTHING,
    ]


def _facts(failure: Failure) -> list[tuple[str, object]]:
    return [
        ("id", failure["id"]),
        ("event", failure["event_id"]),
        ("state", failure["state"]),
        ("direction", direction(failure)),
        ("type", failure["type"]),
        ("source", failure["source"]),
        ("subject", failure["subject"]),
        ("reason", failure["reason"]),
        ("tries", failure["attempts"]),
        ("first failed", moment(failure["first_failed_at"])),
        ("last failed", moment(failure["last_failed_at"])),
        ("next try", moment(failure["retry_at"])),
        ("trace", failure["trace_id"]),
        ("waiting", failure["waiting"]),
        ("version", failure["version"]),
    ]


def _deed(intervention: Mapping[str, Any]) -> list[str]:
    done_at = moment(intervention["done_at"]) or NOTHING
    return [done_at, intervention["action"], intervention["operator"], intervention["reason"] or NOTHING]


def _short(type_name: str | None) -> str:
    return NOTHING if type_name is None else type_name.removeprefix("dk.praksis.")


def _readable(body: str) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return body
