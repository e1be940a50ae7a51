from uuid import uuid4

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

from shared.tokens import new_token
from shared.web.serving import leave_out_secrets


def address_after(url: str) -> object:
    span = TracerProvider().get_tracer("test").start_span("GET /shared-draft", attributes={"http.url": url})
    leave_out_secrets(span, {"type": "http"})
    assert isinstance(span, ReadableSpan)
    assert span.attributes is not None
    return span.attributes["http.url"]


def test_a_span_keeps_the_address_without_what_was_asked() -> None:
    assert address_after("http://praksis.test/shared-draft?token=secret&x=?y") == "http://praksis.test/shared-draft"
    assert address_after("http://praksis.test/") == "http://praksis.test/"


def test_a_span_does_not_keep_the_token_of_a_link() -> None:
    for _ in range(100):
        token, id = new_token(), uuid4()
        assert address_after(f"http://praksis.test/registrations/{token}") == "http://praksis.test/registrations/…"
        kept = f"http://praksis.test/gatherings/{id}/registrations"
        assert address_after(kept) == kept
        assert address_after(f"/registrations/{token}/cancellation?x=1") == "/registrations/…/cancellation"
