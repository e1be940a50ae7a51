from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from starlette.testclient import TestClient
from web_demo import demo_application

from shared.database import Database
from shared.web.headers import trace_response

SECURITY = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@pytest.mark.parametrize("path", ["/", "/sign-in", "/health/live", "/nothing", "/broken", "/?q=%00"])
def test_every_answer_is_guarded(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert {name: headers.get(name) for name in SECURITY} == SECURITY
    assert "strict-transport-security" not in headers


def test_outside_development_encryption_is_demanded(production: TestClient) -> None:
    expected = "max-age=63072000; includeSubDomains"
    assert production.get("/").headers["Strict-Transport-Security"] == expected


@pytest.mark.parametrize("path", ["/", "/sign-in", "/problems/not-found"])
def test_pages_carry_no_script_or_style_of_their_own(client: TestClient, path: str) -> None:
    page = client.get(path).text
    assert page.count("<script") == page.count('<script src="/static/')
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert "http://" not in page.replace("http://127.0.0.1:81", "")
    assert "https://" not in page


def test_the_answer_names_its_trace() -> None:
    tracer = TracerProvider().get_tracer("test")
    with tracer.start_as_current_span("request") as span:
        context = span.get_span_context()
        assert trace_response() == f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
    assert trace_response() is None


def test_the_caller_gets_the_trace_of_its_request(no_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", TracerProvider())
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with TestClient(demo_application(no_database)) as client:
        answer = client.get("/health/live", headers={"traceparent": traceparent})
    assert answer.headers["traceresponse"].split("-")[1] == "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def node_modules(tmp_path: Path) -> Path:
    for package, file in (("dkfds", "css/dkfds.min.css"), ("htmx.org", "htmx.min.js")):
        asset = tmp_path / package / "dist" / file
        asset.parent.mkdir(parents=True)
        asset.write_text("/* from npm */")
        (tmp_path / package / "package.json").write_text('{"version": "1.2.3"}')
    return tmp_path


def test_static_files_are_served_and_kept(no_database: Database, node_modules: Path) -> None:
    client = TestClient(demo_application(no_database, static=node_modules))
    versioned = client.get("/static/dkfds/css/dkfds.min.css?v=1.2.3")
    assert versioned.text == "/* from npm */"
    assert versioned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Vary" not in versioned.headers
    assert client.get("/static/htmx/htmx.min.js").headers["Cache-Control"] == "public, max-age=86400"
    assert client.get("/static/praksis/praksis.css").status_code == 200
    assert '"/static/dkfds/css/dkfds.min.css?v=1.2.3"' in client.get("/").text


@pytest.mark.parametrize(
    "path", ["dkfds/../package.json", "dkfds/%2e%2e/package.json", "dkfds/nothing.css", "axe-core/axe.js"]
)
def test_nothing_else_is_served(no_database: Database, node_modules: Path, path: str) -> None:
    client = TestClient(demo_application(no_database, static=node_modules))
    assert client.get(f"/static/{path}").status_code == 404
