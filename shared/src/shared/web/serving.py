"""Runs the HTTP process of a service (uvicorn)."""

import signal
import sys
from contextlib import suppress
from types import FrameType

import uvicorn
from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

from shared import telemetry
from shared.ending import DRAIN_WITHIN, be_gone
from shared.monitoring.listener import CannotListen, listening
from shared.settings import ServiceSettings
from shared.web.numbers import claim_port


def trace_requests(app: FastAPI) -> None:
    """Trace every request, except health checks and static files."""
    FastAPIInstrumentor.instrument_app(
        app,
        excluded_urls="/health/,/static/",
        exclude_spans=["receive", "send"],
    )


def serve(app: FastAPI, settings: ServiceSettings) -> None:
    """Serve until SIGTERM or SIGINT; open requests are answered first, for `DRAIN_WITHIN` seconds (graceful shutdown).

    The client's address is what a trusted proxy forwards, or else the peer of the connection.
    """
    proxies = app.state.kernel.settings.proxies_in_front
    service = app.state.kernel.database.service
    claim_port(app, service)
    try:
        door = listening(settings.host, settings.port)
    except CannotListen as error:
        sys.exit(f"{service.upper()}_HOST, {service.upper()}_PORT: {error}.")
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=int(DRAIN_WITHIN),
    )
    server = _Server(config)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # uvicorn raises the signal again once it has stopped
    try:
        with suppress(KeyboardInterrupt):  # uvicorn raises SIGINT again once it has stopped
            server.run(sockets=[door])
    finally:
        telemetry.shut_down()
    if not server.started:
        sys.exit(1)


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        be_gone()
        super().handle_exit(sig, frame)
