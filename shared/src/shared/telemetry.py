"""Tracing (OpenTelemetry) and logging (structlog), the same in every process: log lines carry the ids of their
trace."""

import logging
import os
import sys
from collections.abc import Mapping, MutableMapping
from threading import Thread
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, DEFAULT_ON
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from structlog.typing import ExcInfo, Processor

from shared.ending import TRACES_WITHIN
from shared.private_spans import PrivateSpans

tracer = trace.get_tracer("praksis")
_propagator = TraceContextTextMapPropagator()


def configure(service: str, process: str, level: str = "INFO") -> None:
    """Set up JSON logs, and traces of the service `praksis-<service>`.

    Spans are exported when `OTEL_EXPORTER_OTLP_ENDPOINT` is set. Otherwise none are recorded, but log lines and events
    still carry trace ids.
    """
    _configure_logs(service, process, level)
    exported = bool(os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"))
    provider = TracerProvider(
        resource=Resource.create({"service.name": f"praksis-{service}", "process.role": process}),
        sampler=DEFAULT_ON if exported else ALWAYS_OFF,
        shutdown_on_exit=False,  # it would wait for the collector
    )
    if exported:
        provider.add_span_processor(BatchSpanProcessor(PrivateSpans(OTLPSpanExporter())))
    trace.set_tracer_provider(provider)


def shut_down() -> None:
    """Export the remaining spans, but wait for the collector some seconds only."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        sending = Thread(target=provider.shutdown, daemon=True)
        sending.start()
        sending.join(TRACES_WITHIN)


def current_traceparent() -> str | None:
    """The W3C `traceparent` of the current span, or None outside of one."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def context_of(traceparent: str | None) -> Context:
    """The trace context of a stored `traceparent`; an empty one for None or an invalid one."""
    carrier: Mapping[str, str] = {"traceparent": traceparent} if traceparent else {}
    return _propagator.extract(carrier, context=Context())


def _configure_logs(service: str, process: str, level: str) -> None:
    """One JSON line per log entry on standard output, from our own code and from libraries."""
    structlog.contextvars.bind_contextvars(service=service, process=process)
    structlog.configure(
        processors=[*_common(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    lines = logging.StreamHandler(sys.stdout)
    lines.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_common(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(_wordless),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[lines], level=logging.WARNING, force=True)
    for own in ("shared", "intake", "scheduling", "reporting"):
        logging.getLogger(own).setLevel(level)


_stacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)  # they may hold personal data


def _wordless(exc_info: ExcInfo) -> list[dict[str, Any]]:
    """The stack of an exception without its message, which may quote personal data."""
    return [{**each, "exc_value": "", "exc_notes": [], "exceptions": []} for each in _stacks(exc_info)]


def _common() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace_ids,
    ]


def _add_trace_ids(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        line["trace_id"] = f"{context.trace_id:032x}"
        line["span_id"] = f"{context.span_id:016x}"
    return line
