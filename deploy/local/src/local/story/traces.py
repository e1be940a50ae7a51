"""Receives the spans of all processes over OTLP, as a collector would, and puts a trace together as a tree."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True, slots=True)
class Span:
    """One span as it was exported. `start` and `end` are nanoseconds since 1970."""

    trace_id: str
    id: str
    parent_id: str
    name: str
    service: str
    start: int
    end: int
    told: str
    """All that it says, as text."""

    @property
    def milliseconds(self) -> float:
        """How long it took."""
        return (self.end - self.start) / 1e6


class SpanReceiver:
    """Listens on a free port of the loopback address between `start` and `stop`; keeps the newest spans in memory."""

    KEPT = 50_000

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._lock = threading.Lock()
        receive = self._receive

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receive(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: the terminal is for the story."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def endpoint(self) -> str:
        """What `OTEL_EXPORTER_OTLP_ENDPOINT` must be."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        """Begin to listen."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def all(self) -> list[Span]:
        """Every span that has been kept."""
        with self._lock:
            return list(self._spans)

    def trace(self, trace_id: str) -> list[Span]:
        """The spans of a trace that have arrived so far, by their start."""
        with self._lock:
            return sorted((span for span in self._spans if span.trace_id == trace_id), key=lambda span: span.start)

    def _receive(self, body: bytes) -> None:
        spans = list(_spans(ExportTraceServiceRequest.FromString(body)))
        with self._lock:
            self._spans = [*self._spans, *spans][-self.KEPT :]


def roots(spans: Sequence[Span]) -> list[Span]:
    """The spans whose parent is not among `spans`; one of them, if the trace is one."""
    known = {span.id for span in spans}
    return [span for span in spans if span.parent_id not in known]


def children(spans: Sequence[Span]) -> dict[str, list[Span]]:
    """The spans by the id of their parent."""
    below: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        below[span.parent_id].append(span)
    return below


def _spans(request: ExportTraceServiceRequest) -> Iterable[Span]:
    for resource in request.resource_spans:
        attributes = {each.key: each.value.string_value for each in resource.resource.attributes}
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Span(
                    trace_id=span.trace_id.hex(),
                    id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    name=span.name,
                    service=f"{attributes['service.name']} {attributes.get('process.role', '')}".strip(),
                    start=span.start_time_unix_nano,
                    end=span.end_time_unix_nano,
                    told=str(span),
                )
