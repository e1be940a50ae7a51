"""The readiness check of a worker: not whether the process runs, but whether it could relay and consume events now."""

import asyncio
from time import monotonic

import structlog

from shared.monitoring.questions import BrokerQuestions, DatabaseQuestions
from shared.monitoring.vitals import Vitals

log = structlog.get_logger(__name__)

UNLED_FOR = 10.0
"""Seconds that a service may be without a leading relay: enough for a standby to take over, and for a relay to
restart."""

_LED = "select exists (select from lead where until > clock_timestamp()) as led"


class Missing(Exception):
    """The worker lacks something that it needs; the message says what."""


class Readiness:
    """Runs the checks when asked. The reason of a failure is logged when it changes, and not shown to the caller."""

    def __init__(self, *, service: str, vitals: Vitals, database: DatabaseQuestions, broker: BrokerQuestions) -> None:
        self._service = service
        self._vitals = vitals
        self._database = database
        self._broker = broker
        self._unled_since: float | None = None
        self._reasons: dict[str, str | None] = {}

    async def checks(self) -> dict[str, bool]:
        """The result of each check; takes a few seconds at most, and never raises."""
        checks = {"database": self._database_answers, "relay": self._relay_is_led, "consumers": self._consumers_exist}
        failures = await asyncio.gather(*(check() for check in checks.values()), return_exceptions=True)
        reasons = {name: repr(failure) if failure else None for name, failure in zip(checks, failures, strict=True)}
        self._log_changes(reasons)
        return {name: reason is None for name, reason in reasons.items()}

    async def _database_answers(self) -> None:
        await self._database.row("select 1")

    async def _relay_is_led(self) -> None:
        """A relay of the service holds the lease, in this or another process, or has been without one for a short time
        only."""
        if self._vitals.relay_leads() or await self._is_led_elsewhere():
            self._unled_since = None
            return
        self._unled_since = self._unled_since or monotonic()
        if monotonic() - self._unled_since >= UNLED_FOR:
            raise Missing("a relay that leads")

    async def _is_led_elsewhere(self) -> bool:
        row = await self._database.row(_LED)
        return bool(row["led"])

    async def _consumers_exist(self) -> None:
        """This process has registered its consumers, and every queue has at least one consumer."""
        if not self._vitals.consumes():
            raise Missing("consumers of this process")
        queues = await self._broker.queues(*self._vitals.queues())
        if unread := [name for name, state in queues.items() if state is None or state.consumers == 0]:
            raise Missing(f"consumers of {', '.join(unread)}")

    def _log_changes(self, reasons: dict[str, str | None]) -> None:
        for name, reason in reasons.items():
            if reason is not None and reason != self._reasons.get(name):
                log.warning("not ready", check=name, reason=reason)
            elif reason is None and self._reasons.get(name) is not None:
                log.info("ready again", check=name)
        self._reasons = reasons
