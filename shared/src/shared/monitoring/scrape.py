"""Metrics that are looked up when Prometheus asks: in the service's tables and at the broker.

Metrics that cannot be read in time are absent, and `praksis_scrape_failed` of their part is 1. Counts stop at 10,000,
which limits the cost of a query however many rows have piled up. Ages are differences of the clock that stamps the
events.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any

import structlog
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from shared.clock import Clock
from shared.events.failures import State
from shared.events.topology import dead_letter_queue
from shared.mail.standing import ServerState
from shared.monitoring.numbers import REGISTRY
from shared.monitoring.questions import BrokerQuestions, DatabaseQuestions, QueueState
from shared.monitoring.vitals import Vitals

log = structlog.get_logger(__name__)

_LOOK = """
with
unsent as (
    -- a time that nobody's clock shows, written by hand, is not to take the other numbers with it
    select least(greatest(time, 'epoch'::timestamptz), $1::timestamptz) as time
    from event where dispatched_at is null order by position limit 10000
),
failed as (select outgoing, state from parked where state <> 'waiting' limit 10000),
behind as (select outgoing, state from parked where state = 'waiting' limit 10000),
owed as (
    select created_at, next_attempt_at is null as rests from mail where sent_at is null
    order by next_attempt_at nulls first, id limit 10000
),
kept as (select outgoing, state, count(*) as events from (table failed union all table behind) as each group by 1, 2)
select
    (select count(*) from unsent) as unsent,
    (select min(time) from unsent) as oldest_unsent,
    (select json_agg(kept) from kept) as parked,
    (select count(*) from (select from timer where due_at <= $1 order by due_at limit 10000) as due) as due,
    (select count(*) from (select from timer where due_at > $1 order by due_at limit 10000) as pending) as pending,
    (select count(*) from owed where not rests) as mails_waiting,
    (select min(created_at) from owed where not rests) as oldest_waiting_mail,
    (select count(*) from owed where rests) as mails_failed,
    (select state from mail_server) as mail_server,
    (select extract(epoch from now() - compared_at) from reconciliation) as compared,
    (select json_build_object('unlogged', unlogged, 'missed', missed) from reconciliation) as reconciled,
    (select json_agg(rebuild) from (select * from rebuild order by projection limit 100) as rebuild) as rebuilds
"""


class Scrape:
    """Looks up a worker's metrics; `everything` never raises, and takes a few seconds at most."""

    def __init__(
        self, *, service: str, clock: Clock, vitals: Vitals, database: DatabaseQuestions, broker: BrokerQuestions
    ) -> None:
        self._service = service
        self._clock = clock
        self._vitals = vitals
        self._database = database
        self._broker = broker

    async def everything(self) -> "Collected":
        """All metrics: those that were counted in this process, and those that are looked up now."""
        parts = ("database", "queues")
        answers = await asyncio.gather(self._tables(), self._queues(), return_exceptions=True)
        failed = self._gauge("praksis_scrape_failed", "Whether a part of the numbers could not be read", "part")
        found = [*self._process()]
        for part, answer in zip(parts, answers, strict=True):
            if isinstance(answer, BaseException):
                log.warning("numbers not read", part=part, error=type(answer).__name__)
            else:
                found += answer
            failed.add_metric([self._service, part], float(isinstance(answer, BaseException)))
        return Collected([*found, failed])

    def _process(self) -> Iterator[Metric]:
        leads = self._gauge("praksis_relay_leads", "Whether this process's relay has the lead")
        leads.add_metric([self._service], float(self._vitals.relay_leads()))
        yield leads
        consumes = self._gauge("praksis_inbox_consumes", "Whether this process's consumers are registered")
        consumes.add_metric([self._service], float(self._vitals.consumes()))
        yield consumes

    async def _tables(self) -> list[Metric]:
        now = self._clock.now()
        row = await self._database.row(_LOOK, now)
        return [
            self._one("praksis_unsent_events", "Events that the broker has not confirmed", row["unsent"]),
            self._one(
                "praksis_oldest_unsent_age_seconds",
                "Age of the oldest event that the broker has not confirmed; 0 where there is none",
                _age(row["oldest_unsent"], now),
            ),
            self._parked(json.loads(row["parked"] or "[]")),
            self._timers(row["due"], row["pending"]),
            *self._mails(row, now),
            *self._reconciliation(row["compared"], json.loads(row["reconciled"] or "{}")),
            *self._rebuilds(json.loads(row["rebuilds"] or "[]")),
        ]

    def _parked(self, kept: Sequence[dict[str, object]]) -> Metric:
        events = {(each["outgoing"], each["state"]): float(str(each["events"])) for each in kept}
        family = self._gauge("praksis_parked_events", "Events that wait after a failure", "direction", "state")
        for outgoing, state in product((False, True), State):
            direction = "outgoing" if outgoing else "incoming"
            family.add_metric([self._service, direction, state], events.get((outgoing, state), 0.0))
        return family

    def _timers(self, due: int, pending: int) -> Metric:
        family = self._gauge("praksis_timers", "Facts of a time to come, by whether it has come", "state")
        family.add_metric([self._service, "due"], due)
        family.add_metric([self._service, "pending"], pending)
        return family

    def _mails(self, row: Mapping[str, Any], now: datetime) -> Iterator[Metric]:
        mails = self._gauge(
            "praksis_mails", "E-mails that have not been sent, by whether another attempt comes", "state"
        )
        mails.add_metric([self._service, "waiting"], row["mails_waiting"])
        mails.add_metric([self._service, "failed"], row["mails_failed"])
        yield mails
        yield self._one(
            "praksis_oldest_waiting_mail_age_seconds",
            "Age of the oldest e-mail that waits to be sent; 0 where there is none",
            _age(row["oldest_waiting_mail"], now),
        )
        answers = self._gauge(
            "praksis_mail_server_answers", "Whether the mail server answered last; absent without one"
        )
        if row["mail_server"] in (ServerState.ANSWERS, ServerState.SILENT):
            answers.add_metric([self._service], float(row["mail_server"] == ServerState.ANSWERS))
        yield answers

    def _reconciliation(self, compared: float | None, found: Mapping[str, int]) -> Iterator[Metric]:
        age = self._gauge("praksis_reconciliation_age_seconds", "Since log and receipts were last compared")
        if compared is not None:
            age.add_metric([self._service], float(compared))
        yield age
        events = CounterMetricFamily(
            "praksis_reconciled_events", "Events that the comparison found missing", labels=["service", "where"]
        )
        for where, count in found.items():
            events.add_metric([self._service, where], float(count))
        yield events

    def _rebuilds(self, rebuilds: Sequence[dict[str, object]]) -> Iterator[Metric]:
        running = self._gauge("praksis_rebuild_running", "Whether the log is being read anew", "projection")
        events = self._gauge("praksis_rebuild_events", "Events read so far of the log", "projection")
        expected = self._gauge("praksis_rebuild_expected_events", "Events to read in all, where known", "projection")
        for each in rebuilds:
            labels = [self._service, str(each["projection"])]
            running.add_metric(labels, float(each["finished_at"] is None))
            events.add_metric(labels, float(str(each["events"])))
            if each["total"] is not None:
                expected.add_metric(labels, float(str(each["total"])))
        yield from (running, events, expected)

    async def _queues(self) -> list[Metric]:
        names = dict.fromkeys([*self._vitals.queues(), dead_letter_queue(self._service)])
        messages = self._gauge("praksis_queue_messages", "Messages that wait in a queue", "queue")
        consumers = self._gauge("praksis_queue_consumers", "Consumers of a queue", "queue")
        missing = self._gauge("praksis_queue_missing", "Whether the broker does not know a queue", "queue")
        for name, state in (await self._broker.queues(*names)).items():
            missing.add_metric([self._service, name], float(state is None))
            if isinstance(state, QueueState):
                messages.add_metric([self._service, name], state.messages)
                consumers.add_metric([self._service, name], state.consumers)
        return [messages, consumers, missing]

    def _gauge(self, name: str, meaning: str, *labels: str) -> GaugeMetricFamily:
        return GaugeMetricFamily(name, meaning, labels=["service", *labels])

    def _one(self, name: str, meaning: str, value: float) -> Metric:
        family = self._gauge(name, meaning)
        family.add_metric([self._service], value)
        return family


class Collected:
    """Counted and looked-up metrics together, as a collector for the Prometheus client."""

    def __init__(self, looked_up: Sequence[Metric]) -> None:
        self._looked_up = looked_up

    def collect(self) -> Iterable[Metric]:
        """Every metric."""
        yield from REGISTRY.collect()
        yield from self._looked_up


def _age(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())
