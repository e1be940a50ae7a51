"""Runs an HTTP process."""

import re

import uvicorn
from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.trace import Span
from starlette.types import Scope

from shared import telemetry
from shared.settings import ServiceSettings

_TOKEN = re.compile(r"/[A-Za-z0-9_-]{32}(?=/|$)")
"""As `shared.tokens` makes them; ids are longer."""


def trace_requests(app: FastAPI) -> None:
    """A span per request; not for the questions of a supervisor, nor for static files."""
    FastAPIInstrumentor.instrument_app(
        app,
        excluded_urls="/health/,/static/",
        exclude_spans=["receive", "send"],
        server_request_hook=leave_out_secrets,
    )


def leave_out_secrets(span: Span, scope: Scope) -> None:
    """Keep what an address is about, and neither what was asked nor the token of a link.

    What follows the question mark may be a name that was looked for, or the secret of a link; a part of the path that
    looks like a token is one, which lets its bearer in.
    """
    attributes = getattr(span, "attributes", {})
    for name in ("http.url", "http.target"):
        address = attributes.get(name)
        if isinstance(address, str):
            span.set_attribute(name, _TOKEN.sub("/…", address.partition("?")[0]))


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
