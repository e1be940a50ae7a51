"""The worker's endpoints: `/metrics` for Prometheus, `/health/live` and `/health/ready` for a supervisor.

They show no personal data, change nothing, and listen on the loopback address unless configured otherwise.
"""

import asyncio

from prometheus_client import CollectorRegistry, make_asgi_app
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from shared.database import Database
from shared.monitoring.listener import Listener
from shared.monitoring.questions import BrokerQuestions, DatabaseQuestions
from shared.monitoring.readiness import Readiness
from shared.monitoring.scrape import Scrape
from shared.monitoring.vitals import Vitals
from shared.settings import MonitorSettings


class Monitor:
    """Runs in a service's worker until `stop` is set; without a configured port it only waits for that."""

    def __init__(self, settings: MonitorSettings, *, database: Database, amqp_url: str, vitals: Vitals) -> None:
        service = database.service
        self._settings = settings
        self._service = service
        self._database = DatabaseQuestions(database.dsn, service)
        self._broker = BrokerQuestions(amqp_url, service)
        self._readiness = Readiness(service=service, vitals=vitals, database=self._database, broker=self._broker)
        self._scrape = Scrape(
            service=service, clock=database.clock, vitals=vitals, database=self._database, broker=self._broker
        )
        self._listener = Listener({"/metrics": self._metrics, "/health/live": self._live, "/health/ready": self._ready})

    def open(self) -> None:
        """Listen on the port now, so that a worker that cannot be monitored does not start. Raises `CannotListen`."""
        if self._settings.port:
            self._listener.open(self._settings.host, self._settings.port)

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until `stop`."""
        if not self._settings.port:
            await stop.wait()
            return
        self.open()
        try:
            await self._listener.run(stop)
        finally:
            await asyncio.gather(self._database.close(), self._broker.close())

    async def _live(self, _: Request) -> ASGIApp:
        return JSONResponse({"status": "alive", "service": self._service})

    async def _ready(self, _: Request) -> ASGIApp:
        checks = await self._readiness.checks()
        results = {name: "passed" if passed else "failed" for name, passed in checks.items()}
        found = {"service": self._service, "checks": results}
        if all(checks.values()):
            return JSONResponse({"status": "ready", **found})
        return JSONResponse({"status": "not-ready", **found}, 503, {"Retry-After": "5"})

    async def _metrics(self, _: Request) -> ASGIApp:
        registry = CollectorRegistry(auto_describe=True)
        registry.register(await self._scrape.everything())
        return make_asgi_app(registry)
