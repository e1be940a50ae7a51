"""Metrics that are counted where something happens, by calls from the kernel.

A call costs about two microseconds and never raises. Labels are words of the code – services, event types, handlers,
classes of errors – and never data of an event or a person. A type that does not look like one counts as `other`, and so
does every new combination of labels beyond `MOST_PARTS`.

Durations between two processes are differences of the clock that stamps the events (`Database.clock`); where that is
simulated, they are simulated time. Handler durations are measured by the machine's clock.
"""

import re
from datetime import datetime
from enum import Enum, StrEnum
from typing import Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.metrics import MetricWrapperBase

REGISTRY = CollectorRegistry()
"""All counters and histograms of this process, and its memory, CPU time and open files."""
ProcessCollector(registry=REGISTRY)

MOST_PARTS = 500
"""Most combinations of labels of a metric; further ones count as `other`."""
OTHER = "other"

_TYPE = re.compile(r"[a-z][a-z0-9-]*(\.[A-Za-z0-9-]+){2,6}\.v[0-9]{1,4}")
_CRITICAL = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400)
_HANDLING = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30)

_Instrument = TypeVar("_Instrument", bound=MetricWrapperBase)


class _Parts(Generic[_Instrument]):
    """A metric whose children (one per combination of labels) are cached, so that finding one is a single lookup."""

    def __init__(self, instrument: _Instrument) -> None:
        self._instrument = instrument
        self._parts: dict[tuple[str, ...], _Instrument] = {}

    def of(self, *labels: str) -> _Instrument:
        """The child with these labels: the first is the service, the second, if any, an event type."""
        part = self._parts.get(labels)
        return self._first(labels) if part is None else part

    def _first(self, labels: tuple[str, ...]) -> _Instrument:
        service, *others = labels
        if len(self._parts) >= MOST_PARTS:
            return self._instrument.labels(service, *(OTHER for _ in others))
        if others and _TYPE.fullmatch(others[0]) is None:
            return self._instrument.labels(service, OTHER, *others[1:])  # not cached: such types may be any number
        return self._parts.setdefault(labels, self._instrument.labels(*labels))


_critical = _Parts(
    Histogram(
        "praksis_event_critical_time_seconds",
        "From an event's time until its effect is committed",
        ("service", "type"),
        registry=REGISTRY,
        buckets=_CRITICAL,
    )
)
_handling = _Parts(
    Histogram(
        "praksis_event_handling_seconds",
        "How long a handler takes for one event",
        ("service", "type", "handler"),
        registry=REGISTRY,
        buckets=_HANDLING,
    )
)
_groups = _Parts(
    Histogram(
        "praksis_inbox_group_events",
        "How many events are handled in one transaction",
        ("service",),
        registry=REGISTRY,
        buckets=(1, 2, 5, 10, 20, 50, 100, 200),
    )
)
_failed_attempts = _Parts(
    Counter(
        "praksis_event_failed_attempts",
        "Attempts at handling an event that failed, by class of error",
        ("service", "type", "reason"),
        registry=REGISTRY,
    )
)
_retries = _Parts(
    Counter(
        "praksis_event_retries",
        "Attempts at handling an event after the first",
        ("service", "type"),
        registry=REGISTRY,
    )
)
_published = _Parts(
    Counter(
        "praksis_events_published",
        "Events that the broker has confirmed",
        ("service", "type"),
        registry=REGISTRY,
    )
)
_publish_failures = _Parts(
    Counter(
        "praksis_publish_failures",
        "Attempts at publishing that failed, by reason",
        ("service", "type", "reason"),
        registry=REGISTRY,
    )
)
_mails_sent = _Parts(
    Counter("praksis_mails_sent", "E-mails that the mail server has taken", ("service",), registry=REGISTRY)
)
_mail_failures = _Parts(
    Counter(
        "praksis_mail_failed_attempts", "Attempts at sending an e-mail that failed", ("service",), registry=REGISTRY
    )
)

_security_events = Counter(
    "praksis_security_events",
    "Sign-ins and sign-outs, and what was refused to somebody, by kind",
    ("service", "kind"),
    registry=REGISTRY,
)

_contents_unread = Counter(
    "praksis_contents_unread",
    "Files and letters that were not read or printed, by why",
    ("service", "why"),
    registry=REGISTRY,
)


def content_unread(service: str, why: str) -> None:
    """An uploaded file was not read, or a letter not printed: it took too much, its reader broke, or no process was
    free."""
    _contents_unread.labels(service, why).inc()


def security_event(service: str, kind: StrEnum) -> None:
    """A person has signed in or out, or a request was refused."""
    _security_events.labels(service, kind.value).inc()


def effect_committed(service: str, event_type: str, event_time: datetime, now: datetime) -> None:
    """An event of `event_time` has had its effect at `now`; a negative difference between clocks counts as 0."""
    seconds = (now - event_time).total_seconds()
    _critical.of(service, event_type).observe(seconds if seconds > 0 else 0.0)


def handled(service: str, event_type: str, handler: str, seconds: float) -> None:
    """A handler has returned after so many seconds."""
    _handling.of(service, event_type, handler).observe(seconds)


def group_committed(service: str, events: int) -> None:
    """So many events have had their effect in one transaction."""
    _groups.of(service).observe(events)


def attempt_failed(service: str, event_type: str | None, error: BaseException) -> None:
    """An attempt to handle an event failed; an event that cannot be read has no type."""
    _failed_attempts.of(service, event_type or OTHER, type(error).__name__).inc()


def retried(service: str, event_type: str | None) -> None:
    """An event is tried again: at once, on its schedule, or because an operator asked for it."""
    _retries.of(service, event_type or OTHER).inc()


def published(service: str, event_type: str) -> None:
    """The broker has confirmed an event."""
    _published.of(service, event_type).inc()


def publish_failed(service: str, event_type: str | None, reason: BaseException | Enum) -> None:
    """An event was not confirmed and will be sent again, or is parked; without a type, the broker was lost."""
    word = str(reason.value) if isinstance(reason, Enum) else type(reason).__name__
    _publish_failures.of(service, event_type or OTHER, word).inc()


def mail_sent(service: str) -> None:
    """The mail server has taken an e-mail."""
    _mails_sent.of(service).inc()


def mail_failed(service: str) -> None:
    """An e-mail was not accepted; it will be tried again, or waits for an operator."""
    _mail_failures.of(service).inc()
