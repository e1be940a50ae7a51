"""Runs an HTTP process."""

import uvicorn
from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

from shared import telemetry
from shared.settings import ServiceSettings
from shared.web.numbers import claim_port


def trace_requests(app: FastAPI) -> None:
    """A span per request; not for the questions of a supervisor, nor for static files."""
    FastAPIInstrumentor.instrument_app(
        app,
        excluded_urls="/health/,/static/",
        exclude_spans=["receive", "send"],
    )


def serve(app: FastAPI, settings: ServiceSettings) -> None:
    """Serve until SIGTERM or SIGINT; requests in hand are answered first, for at most ten seconds.

    From where a request comes is what a trusted proxy says, or else who has opened the connection.
    """
    proxies = app.state.kernel.settings.proxies_in_front
    claim_port(app, app.state.kernel.database.service)
    try:
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=proxies,
            timeout_graceful_shutdown=10,
        )
    finally:
        telemetry.shut_down()
