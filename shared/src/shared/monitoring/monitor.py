"""What a worker tells of itself: `/metrics` for Prometheus, `/health/live` and `/health/ready` for a supervisor.

It tells nothing of persons, changes nothing, and listens on the loopback address unless told otherwise.
"""

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus

from prometheus_client.exposition import choose_encoder

from shared.database import Database
from shared.monitoring.listener import Answer, Listener
from shared.monitoring.questions import BrokerQuestions, DatabaseQuestions
from shared.monitoring.readiness import Readiness
from shared.monitoring.scrape import Scrape
from shared.monitoring.vitals import Vitals
from shared.settings import MonitorSettings


class Monitor:
    """Runs in a service's worker until `stop` is set; without a port it only waits for that."""

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
        """Claim the port, so that a worker that could not be watched does not start. Raises `CannotListen`."""
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

    async def _live(self, _headers: Mapping[str, str]) -> Answer:
        return _as_json({"status": "alive", "service": self._service})

    async def _ready(self, _headers: Mapping[str, str]) -> Answer:
        checks = await self._readiness.checks()
        results = {name: "passed" if passed else "failed" for name, passed in checks.items()}
        found = {"service": self._service, "checks": results}
        if all(checks.values()):
            return _as_json({"status": "ready", **found})
        return _as_json({"status": "not-ready", **found}, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "5"})

    async def _metrics(self, headers: Mapping[str, str]) -> Answer:
        encode, content_type = choose_encoder(headers.get("accept", ""))
        return Answer(encode(await self._scrape.everything()), content_type)


def _as_json(
    document: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Answer:
    return Answer(json.dumps(document).encode(), "application/json", status, headers or {})
