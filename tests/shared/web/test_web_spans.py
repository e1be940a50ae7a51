"""What a span tells of a request leaves without anything about who sent it."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Status, StatusCode
from starlette.testclient import TestClient

from shared.private_spans import KEPT, PrivateSpans, address_without_secrets
from shared.tokens import new_token

NAME = "Anna Holm"


@pytest.fixture
def provider() -> TracerProvider:
    return TracerProvider()


@pytest.fixture
def left(provider: TracerProvider) -> InMemorySpanExporter:
    """What leaves the process."""
    memory = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(PrivateSpans(memory)))
    return memory


@pytest.fixture
def traced(app: FastAPI, provider: TracerProvider, left: InMemorySpanExporter) -> Iterator[TestClient]:
    FastAPIInstrumentor.instrument_app(app, tracer_provider=provider, exclude_spans=["receive", "send"])
    with TestClient(app, client=("203.0.113.7", 4711)) as client:
        yield client
    FastAPIInstrumentor.uninstrument_app(app)


def told(spans: tuple[ReadableSpan, ...]) -> str:
    return "\n".join(span.to_json() for span in spans)


def test_a_request_is_told_of_without_who_sent_it(traced: TestClient, left: InMemorySpanExporter) -> None:
    headers = {"User-Agent": "a-browser-of-hers", "X-Forwarded-For": "203.0.113.8", "Host": "her.example"}
    traced.get("/problems/not-found?name=Anna+Holm", headers=headers)
    traced.get("/anna@holm.example/Anna-Holm")
    found, lost = left.get_finished_spans()
    assert found.attributes is not None
    assert found.attributes["http.target"] == "/problems/not-found"
    assert lost.attributes is not None
    assert {*found.attributes, *lost.attributes} <= KEPT
    text = told((found, lost))
    for personal in ("203.0.113", "4711", "a-browser-of-hers", "Anna", "anna", "her.example", "testclient"):
        assert personal not in text


def test_an_exception_is_told_of_by_its_type(provider: TracerProvider, left: InMemorySpanExporter) -> None:
    def fail() -> None:
        with provider.get_tracer("test").start_as_current_span("work") as span:
            span.set_status(Status(StatusCode.ERROR, NAME))
            raise ValueError(NAME)

    with pytest.raises(ValueError, match=NAME):
        fail()
    (span_left,) = left.get_finished_spans()
    (event,) = span_left.events
    assert dict(event.attributes or {}) == {"exception.type": "ValueError"}
    assert (span_left.status.status_code, span_left.status.description) == (StatusCode.ERROR, None)
    assert NAME not in told((span_left,))


def test_an_address_is_kept_without_what_was_asked_and_without_tokens() -> None:
    assert address_without_secrets("/shared-draft?token=secret&x=?y") == "/shared-draft"
    for _ in range(100):
        token, id = new_token(), uuid4()
        assert address_without_secrets(f"/registrations/{token}") == "/registrations/…"
        assert address_without_secrets(f"/gatherings/{id}/registrations") == f"/gatherings/{id}/registrations"
        assert address_without_secrets(f"/registrations/{token}/cancellation?x=1") == "/registrations/…/cancellation"
