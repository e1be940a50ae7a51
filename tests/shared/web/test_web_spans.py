from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

from shared.web.serving import leave_out_query


def address_after(url: str) -> object:
    span = TracerProvider().get_tracer("test").start_span("GET /shared-draft", attributes={"http.url": url})
    leave_out_query(span, {"type": "http"})
    assert isinstance(span, ReadableSpan)
    assert span.attributes is not None
    return span.attributes["http.url"]


def test_a_span_keeps_the_address_without_what_was_asked() -> None:
    assert address_after("http://praksis.test/shared-draft?token=secret&x=?y") == "http://praksis.test/shared-draft"
    assert address_after("http://praksis.test/") == "http://praksis.test/"
