"""The metrics of an HTTP process for Prometheus, on a separate port that is not public."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_client import make_asgi_app
from starlette.requests import Request
from starlette.types import ASGIApp

from shared.monitoring.listener import CannotListen, Listener
from shared.monitoring.numbers import REGISTRY
from shared.settings import MonitorSettings


def claim_port(app: FastAPI, service: str) -> None:
    """Listen for `/metrics` where `<SERVICE>_WEB_MONITOR_*` says; ends the process if the port is taken."""
    settings = MonitorSettings.of(f"{service}_web")
    if not settings.port:
        return
    listener = Listener({"/metrics": _metrics})
    try:
        listener.open(settings.host, settings.port)
    except CannotListen as error:
        sys.exit(f"{service.upper()}_WEB_MONITOR_PORT: {error}.")
    app.state.numbers = listener


@asynccontextmanager
async def telling_numbers(app: FastAPI) -> AsyncIterator[None]:
    """Serve metrics during the context, if `claim_port` has opened a port."""
    listener: Listener | None = getattr(app.state, "numbers", None)
    if listener is None:
        yield
        return
    stop = asyncio.Event()
    answering = asyncio.create_task(listener.run(stop))
    try:
        yield
    finally:
        stop.set()
        await answering


async def _metrics(_: Request) -> ASGIApp:
    return make_asgi_app(REGISTRY)
