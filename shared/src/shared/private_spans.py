"""An exporter for spans that removes everything that may be personal data, whichever instrumentation recorded it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Status

KEPT = frozenset(
    (
        *("http.method", "http.request.method", "http.route", "http.scheme", "http.target", "url.scheme"),
        *("http.status_code", "http.response.status_code", "http.flavor", "network.protocol.version"),
        *("messaging.system", "messaging.message.id", "error.type", "praksis.mail.id", "exception.type"),
    )
)
"""Attributes that are exported. Left out are, among others, the client's address and user agent, the host that was
asked for, query strings, and the messages and stacks of exceptions."""
_TOKEN = re.compile(r"/[A-Za-z0-9_-]{32}(?=/|$)")
"""As `shared.tokens` makes them; ids are longer."""


class PrivateSpans(SpanExporter):
    """Passes spans on with the attributes in `KEPT` alone."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([_private(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def address_without_secrets(address: str) -> str:
    """The path of an address, without its query, and with tokens in it replaced."""
    return _TOKEN.sub("/…", address.partition("?")[0])


def _private(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_kept(span.attributes or {}),
        events=[Event(each.name, _kept(each.attributes or {}), each.timestamp) for each in span.events],
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _kept(attributes: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in attributes.items() if name in KEPT}
    if "http.target" in kept:
        if "http.route" in kept:
            kept["http.target"] = address_without_secrets(str(kept["http.target"]))
        else:
            del kept["http.target"]  # an address without a route may be anything that a person typed
    return kept
