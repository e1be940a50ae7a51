"""Runs an HTTP process."""

import uvicorn
from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.trace import Span
from starlette.types import Scope

from shared import telemetry
from shared.settings import ServiceSettings


def trace_requests(app: FastAPI) -> None:
    """A span per request; not for the questions of a supervisor, nor for static files."""
    FastAPIInstrumentor.instrument_app(
        app,
        excluded_urls="/health/,/static/",
        exclude_spans=["receive", "send"],
        server_request_hook=leave_out_query,
    )


def leave_out_query(span: Span, scope: Scope) -> None:
    """What follows the question mark of an address may be a name that was looked for, or the secret of a link."""
    url = getattr(span, "attributes", {}).get("http.url")
    if isinstance(url, str):
        span.set_attribute("http.url", url.partition("?")[0])


def serve(app: FastAPI, settings: ServiceSettings) -> None:
    """Serve until SIGTERM or SIGINT; requests in hand are answered first, for at most ten seconds."""
    try:
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
    finally:
        telemetry.shut_down()
