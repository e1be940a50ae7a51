"""What a worker tells of itself, looked up in a real database and at a real broker."""

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

import httpx
import pytest
import yaml
from aio_pika import Message, connect
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from kernel_cases import HOME
from pamqp.common import FieldTable
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import MetaData, text

from local.ports import LOOPBACK, free_port, give_back
from local.rabbitmq import PrivateRabbitMQ
from local.state import CHECKOUT
from shared.clock import FixedClock
from shared.contracts.intake.rounds import RoundOpened
from shared.database import Database
from shared.errors import Text
from shared.events.relay import Relay
from shared.events.supervision import keep_running
from shared.events.topology import EVENTS, LOG, declare_log
from shared.mail.outbox import Mail, post
from shared.mail.standing import ServerState, note_standing
from shared.monitoring import questions, readiness
from shared.monitoring.monitor import Monitor
from shared.monitoring.vitals import Vitals
from shared.settings import MonitorSettings
from shared.tables import kernel_tables

MOMENT = datetime(2030, 3, 4, 8, tzinfo=UTC)
TELEMETRY = CHECKOUT / "deploy" / "telemetry"
QUEUE = "praksis.intake.1.1"
DEAD = "praksis.intake.dead"


@dataclass
class Own:
    """What a worker would say of itself."""

    relay_leads: bool = False
    consumes: bool = True
    queues: tuple[str, ...] = (QUEUE,)

    def vitals(self) -> Vitals:
        return Vitals(lambda: self.relay_leads, lambda: self.consumes, lambda: self.queues)


class Watched:
    """A monitor of a service, and what is read from it over HTTP."""

    def __init__(self, database: Database, amqp_url: str) -> None:
        self.own = Own()
        self.database = database
        self.port = free_port()
        self.monitor = Monitor(
            MonitorSettings(port=self.port), database=database, amqp_url=amqp_url, vitals=self.own.vitals()
        )

    async def get(self, path: str, **headers: str) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
            return await client.get(f"http://{LOOPBACK}:{self.port}{path}", headers=headers)

    async def numbers(self) -> dict[tuple[str, ...], float]:
        """Every number of the service, under its name and the values of its labels beside the service."""
        answer = await self.get("/metrics")
        assert answer.status_code == 200
        return {
            (sample.name, *(value for name, value in sorted(sample.labels.items()) if name != "service")): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
            if sample.labels.get("service") == self.database.service
        }

    async def family(self, name: str) -> dict[tuple[str, ...], float]:
        """One number, by the values of its labels beside the service."""
        return {labels[1:]: value for labels, value in (await self.numbers()).items() if labels[0] == name}

    async def checks(self) -> tuple[int, dict[str, str]]:
        """The status of readiness, and what each check says."""
        answer = await self.get("/health/ready")
        return answer.status_code, answer.json()["checks"]

    async def publish(self, number: int) -> None:
        async with self.database.work() as work:
            work.publish(RoundOpened(round_id=UUID(int=number), programme="p", opens_at=MOMENT, closes_at=MOMENT))
            await work.commit()

    async def backend(self) -> int:
        """The process in which the database serves the monitor."""
        async with self.database.work() as work:
            found = await work.session.execute(
                text(
                    "select pid from pg_stat_activity "
                    "where application_name = 'praksis-intake-monitor' and datname = current_database()"
                )
            )
            return int(found.scalar_one())

    async def execute(self, statement: str, **values: object) -> None:
        async with self.database.work() as work:
            await work.session.execute(text(statement), values)
            await work.commit()


@asynccontextmanager
async def watched(database: Database, amqp_url: str) -> AsyncIterator[Watched]:
    stop, seen = asyncio.Event(), Watched(database, amqp_url)
    seen.monitor.open()
    running = asyncio.create_task(seen.monitor.run(stop))
    try:
        yield seen
    finally:
        stop.set()
        await asyncio.wait_for(running, 3)
        give_back(seen.port)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MOMENT)


@pytest.fixture
async def still(database_url: Callable[[str], str], clock: FixedClock) -> AsyncIterator[Database]:
    """A database of a service whose time stands still."""
    database = at(database_url("intake"), clock)
    yield database
    await database.close()


def at(url: str, clock: FixedClock) -> Database:
    return Database(url, service="intake", tables=kernel_tables(MetaData(schema="intake")), clock=clock)


@pytest.fixture
async def channel(vhost: str) -> AsyncIterator[AbstractChannel]:
    async with await connect(vhost, timeout=10) as broker:
        yield await broker.channel()


@pytest.fixture
async def seen(still: Database, vhost: str, channel: AbstractChannel) -> AsyncIterator[Watched]:
    """A watched service with its queue, which a consumer reads, and its dead letters, which nobody does."""
    for name in (QUEUE, DEAD):
        await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})
    read: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
    await (await channel.get_queue(QUEUE)).consume(read.put, consumer_tag="reader", timeout=10)
    async with watched(still, vhost) as seen:
        yield seen


@asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """The port of something that takes connections and never says a word."""

    async def listen(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    server = await asyncio.start_server(listen, LOOPBACK, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def test_what_has_not_been_sent_has_a_count_and_an_age(seen: Watched, clock: FixedClock) -> None:
    before = await seen.numbers()
    assert (before["praksis_unsent_events",], before["praksis_oldest_unsent_age_seconds",]) == (0, 0)
    for number in (1, 2):
        await seen.publish(number)
        clock.instant += timedelta(minutes=2)
    after = await seen.numbers()
    assert (after["praksis_unsent_events",], after["praksis_oldest_unsent_age_seconds",]) == (2, 240)
    await seen.execute("update intake.event set dispatched_at = now() where position = 1")
    less = await seen.numbers()
    assert (less["praksis_unsent_events",], less["praksis_oldest_unsent_age_seconds",]) == (1, 120)


@pytest.mark.parametrize("time", ["0001-01-01T00:00Z", "0044-03-15 BC", "-infinity", "infinity"])
async def test_a_time_that_no_clock_shows_takes_no_number_with_it(seen: Watched, time: str) -> None:
    """Somebody wrote it into the log by hand, and none of the database's numbers was there any more."""
    await seen.execute(
        "insert into intake.event (time, id, type, subject, sequence, correlation_id, data) "
        f"values ('{time}', gen_random_uuid(), 't', 's', 1, gen_random_uuid(), '{{}}')"
    )
    found = await seen.numbers()
    oldest = 0.0 if time == "infinity" else MOMENT.timestamp()
    assert (found["praksis_unsent_events",], found["praksis_oldest_unsent_age_seconds",]) == (1, oldest)
    assert found["praksis_scrape_failed", "database"] == 0


async def test_counts_stop_at_ten_thousand_and_a_few_parked_ones_are_found_among_many_that_wait(seen: Watched) -> None:
    await seen.execute(
        "insert into intake.event (time, id, type, subject, sequence, correlation_id, data) "
        "select :now, gen_random_uuid(), 't', 's', n, gen_random_uuid(), '{}' from generate_series(1, 10001) as n",
        now=MOMENT,
    )
    await seen.execute("insert into intake.parked (id, identity, state, attempts, body) " + many("waiting", 10_001))
    await seen.execute("insert into intake.parked (id, identity, state, attempts, body) " + many("parked", 1))
    found = await seen.numbers()
    assert found["praksis_unsent_events",] == 10_000
    assert found["praksis_parked_events", "incoming", "waiting"] == 10_000
    assert found["praksis_parked_events", "incoming", "parked"] == 1


def many(state: str, count: int) -> str:
    return f"select gen_random_uuid(), gen_random_uuid(), '{state}', 0, '' from generate_series(1, {count})"


async def test_what_is_parked_is_told_by_direction_and_state(seen: Watched) -> None:
    await seen.execute("insert into intake.parked (id, identity, state, attempts, body) " + many("parked", 3))
    await seen.execute("insert into intake.parked (id, identity, state, attempts, body) " + many("waiting", 2))
    await seen.execute("insert into intake.parked (id, identity, state, attempts, body) " + many("retrying", 1))
    await seen.execute("update intake.parked set outgoing = true where state = 'retrying'")
    assert await seen.family("praksis_parked_events") == {
        ("incoming", "parked"): 3,
        ("incoming", "retrying"): 0,
        ("incoming", "waiting"): 2,
        ("outgoing", "parked"): 0,
        ("outgoing", "retrying"): 1,
        ("outgoing", "waiting"): 0,
    }


async def test_timers_are_told_by_whether_their_time_has_come(seen: Watched, clock: FixedClock) -> None:
    async with seen.database.work() as work:
        for hours in (-1, 0, 1):
            event = RoundOpened(round_id=UUID(int=1), programme="p", opens_at=MOMENT, closes_at=MOMENT)
            work.schedule(f"key-{hours}", MOMENT + timedelta(hours=hours), event)
        await work.commit()
    assert await seen.family("praksis_timers") == {("due",): 2, ("pending",): 1}
    clock.instant += timedelta(hours=1)
    assert await seen.family("praksis_timers") == {("due",): 3, ("pending",): 0}


async def test_emails_are_told_by_whether_another_attempt_comes(seen: Watched, clock: FixedClock) -> None:
    found = await seen.numbers()
    assert (found["praksis_mails", "waiting"], found["praksis_mails", "failed"]) == (0, 0)
    assert found["praksis_oldest_waiting_mail_age_seconds",] == 0
    assert await seen.family("praksis_mail_server_answers") == {}
    async with seen.database.work() as work:
        mails = [await post(work, Mail("a@b.example", "da", Text("Status"), ())) for _ in range(4)]
        await note_standing(work, ServerState.SILENT, "ConnectionRefusedError")
        await work.commit()
    ending = "update intake.mail set next_attempt_at = null, sent_at = :sent where id = :id"
    await seen.execute(ending, id=mails[0], sent=None)
    await seen.execute(ending, id=mails[1], sent=MOMENT)
    clock.instant += timedelta(minutes=5)
    found = await seen.numbers()
    assert (found["praksis_mails", "waiting"], found["praksis_mails", "failed"]) == (2, 1)
    assert found["praksis_oldest_waiting_mail_age_seconds",] == 300
    assert found["praksis_mail_server_answers",] == 0
    async with seen.database.work() as work:
        await note_standing(work, ServerState.ANSWERS)
        await work.commit()
    assert (await seen.numbers())["praksis_mail_server_answers",] == 1


async def test_the_reading_of_the_log_shows_how_far_it_has_come(seen: Watched) -> None:
    assert await seen.family("praksis_rebuild_running") == {}
    await seen.execute(
        "insert into intake.rebuild (projection, started_at, finished_at, events, total) "
        "values ('inbox', :now, null, 300, null), ('pipeline', :now, :now, 70, 70)",
        now=MOMENT,
    )
    assert await seen.family("praksis_rebuild_running") == {("inbox",): 1, ("pipeline",): 0}
    assert await seen.family("praksis_rebuild_events") == {("inbox",): 300, ("pipeline",): 70}
    assert await seen.family("praksis_rebuild_expected_events") == {("pipeline",): 70}


async def test_queues_have_a_depth_and_consumers(seen: Watched, channel: AbstractChannel) -> None:
    for _ in range(3):
        await channel.default_exchange.publish(Message(b"dead"), DEAD, mandatory=True, timeout=10)

    async def counted() -> bool:
        return await seen.family("praksis_queue_messages") == {(QUEUE,): 0, (DEAD,): 3}

    await until(counted)
    assert await seen.family("praksis_queue_consumers") == {(QUEUE,): 1, (DEAD,): 0}
    assert await seen.family("praksis_queue_missing") == {(QUEUE,): 0, (DEAD,): 0}
    assert await seen.family("praksis_scrape_failed") == {("database",): 0, ("queues",): 0}


async def until(look: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not await look():
            await asyncio.sleep(0.05)


async def test_a_queue_that_is_not_there_is_told_and_is_not_made(seen: Watched) -> None:
    seen.own.queues = ("praksis.intake.2.1", QUEUE)
    for _ in range(2):
        assert await seen.family("praksis_queue_missing") == {("praksis.intake.2.1",): 1, (QUEUE,): 0, (DEAD,): 0}
        assert await seen.family("praksis_queue_consumers") == {(QUEUE,): 1, (DEAD,): 0}


async def test_what_the_process_knows_of_itself_is_a_number(seen: Watched) -> None:
    assert [await seen.family("praksis_relay_leads"), await seen.family("praksis_inbox_consumes")] == [{(): 0}, {(): 1}]
    seen.own.relay_leads, seen.own.consumes = True, False
    assert [await seen.family("praksis_relay_leads"), await seen.family("praksis_inbox_consumes")] == [{(): 1}, {(): 0}]


async def test_a_table_that_cannot_be_read_takes_only_its_part_and_for_a_limited_time(seen: Watched) -> None:
    async with seen.database.work() as work:
        await work.session.execute(text("lock table intake.parked in access exclusive mode"))
        began = time.monotonic()
        found = await seen.numbers()
        assert time.monotonic() - began < questions.ANSWER_WITHIN + 2
    assert (found["praksis_scrape_failed", "database"], found["praksis_scrape_failed", "queues"]) == (1, 0)
    assert ("praksis_unsent_events",) not in found
    assert found["praksis_queue_consumers", QUEUE] == 1
    assert (await seen.numbers())["praksis_scrape_failed", "database"] == 0


async def test_scrapes_that_wait_do_not_pile_up_one_behind_the_other(seen: Watched) -> None:
    async with seen.database.work() as work:
        await work.session.execute(text("lock table intake.parked in access exclusive mode"))
        began = time.monotonic()
        answers = await asyncio.gather(*(seen.numbers() for _ in range(8)))
        assert time.monotonic() - began < questions.ANSWER_WITHIN + 3
    assert [found["praksis_scrape_failed", "database"] for found in answers] == [1] * 8


async def test_a_broker_and_a_database_that_never_answer_hold_nobody_up(clock: FixedClock) -> None:
    async with silent_server() as port:
        silent = at(f"postgresql://intake:x@{LOOPBACK}:{port}/praksis", clock)
        async with watched(silent, f"amqp://guest:guest@{LOOPBACK}:{port}/") as seen:
            for _ in range(2):
                began = time.monotonic()
                found = await seen.numbers()
                assert time.monotonic() - began < questions.ANSWER_WITHIN + 2
                assert (found["praksis_scrape_failed", "database"], found["praksis_scrape_failed", "queues"]) == (1, 1)
            assert await seen.checks() == (503, {"database": "failed", "relay": "failed", "consumers": "failed"})
            assert (await seen.get("/health/live")).json() == {"status": "alive", "service": "intake"}


async def test_a_connection_that_falls_silent_is_given_up_for_another(seen: Watched) -> None:
    assert (await seen.checks())[0] == 200
    frozen = await seen.backend()
    os.kill(frozen, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert (await seen.numbers())["praksis_scrape_failed", "database"] == 1
        assert time.monotonic() - began < questions.ANSWER_WITHIN + 2
        assert (await seen.numbers())["praksis_scrape_failed", "database"] == 0
        assert (await seen.checks())[0] == 200
    finally:
        os.kill(frozen, signal.SIGCONT)


async def test_it_stops_in_time_although_a_connection_is_silent(still: Database, vhost: str) -> None:
    frozen = 0
    try:
        async with watched(still, vhost) as seen:  # which gives it three seconds
            await seen.checks()
            frozen = await seen.backend()
            os.kill(frozen, signal.SIGSTOP)
    finally:
        os.kill(frozen, signal.SIGCONT)


async def test_every_number_is_named_as_prometheus_wants_it(seen: Watched) -> None:
    units = ("_seconds", "_events", "_bytes", "_fds")
    families = list(text_string_to_metric_families((await seen.get("/metrics")).text))
    for family in families:
        assert family.name.startswith(("praksis_", "process_")), family.name
        assert family.documentation, family.name
        assert family.type in ("counter", "gauge", "histogram"), family.name
        if family.type == "histogram":
            assert family.name.endswith(units), family.name
    assert {family.name for family in families} >= {"process_resident_memory_bytes", "praksis_unsent_events"}


async def test_alerts_and_dashboards_speak_of_numbers_that_are_told(seen: Watched) -> None:
    families = text_string_to_metric_families((await seen.get("/metrics")).text)
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    told = {family.name + suffix for family in families for suffix in suffixes[family.type]}
    files = [TELEMETRY / "alerts.yml", TELEMETRY / "alerts.test.yml", *TELEMETRY.glob("grafana/dashboards/*.json")]
    spoken_of = {name for file in files for name in re.findall(r"\bpraksis_\w+", file.read_text())}
    assert len(spoken_of) > 10
    assert spoken_of <= told


@pytest.fixture
async def partner(channel: AbstractChannel) -> AbstractQueue:
    """A queue of another system that takes two events and refuses what comes then."""
    await declare_log(channel)
    arguments: FieldTable = {"x-queue-type": "quorum", "x-max-length": 2, "x-overflow": "reject-publish"}
    queue = await channel.declare_queue("partner", durable=True, arguments=arguments)
    await queue.bind(EVENTS, "#")
    return queue


async def test_the_broker_tells_how_much_is_in_the_queue_of_another_system_that_refuses(
    rabbitmq: PrivateRabbitMQ, vhost: str, seen: Watched, channel: AbstractChannel, partner: AbstractQueue
) -> None:
    """Asked as Prometheus is told to. It needs a broker: the alerts stand on names and labels that are not ours."""
    stop = asyncio.Event()
    relay = Relay(database=seen.database, amqp_url=vhost, home=HOME)
    relaying = asyncio.create_task(keep_running("relay", lambda: relay.run(stop), stop))
    refused = ("praksis_publish_failures_total", "Refused", RoundOpened.type_name())
    before, number = (await seen.numbers()).get(refused, 0.0), 0
    try:
        async with asyncio.timeout(60):
            while (await seen.numbers()).get(refused, 0.0) == before:
                await seen.publish(number := number + 1)
    finally:
        stop.set()
        await relaying
    held = (await channel.get_queue(partner.name, ensure=True)).declaration_result.message_count
    (ours,) = {*re.findall(r'rabbitmq_\w+{queue!~"([^"]*)"', (TELEMETRY / "alerts.yml").read_text())}
    told: dict[str, float] = {}
    async with asyncio.timeout(60):  # the broker counts every five seconds, each queue in its own time
        while told.keys() != {QUEUE, DEAD, LOG, partner.name} or told[partner.name] != held:
            await asyncio.sleep(0.5)
            told = await messages_told(rabbitmq, vhost)
    assert {queue: count for queue, count in told.items() if not re.fullmatch(ours, queue)} == {partner.name: held}


async def messages_told(rabbitmq: PrivateRabbitMQ, vhost: str) -> dict[str, float]:
    """What the broker tells Prometheus of each queue of the virtual host."""
    jobs = yaml.safe_load((TELEMETRY / "prometheus.yml").read_text())["scrape_configs"]
    (job,) = [job for job in jobs if job["job_name"] == "queues"]
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        url = f"http://{LOOPBACK}:{rabbitmq.ports.prometheus}{job['metrics_path']}"
        answer = await client.get(url, params=job["params"])
    files = [TELEMETRY / "alerts.yml", *TELEMETRY.glob("grafana/dashboards/*.json")]
    (name,) = {name for file in files for name in re.findall(r"\brabbitmq_\w+", file.read_text())}
    here = unquote(urlsplit(vhost).path.removeprefix("/"))
    return {
        sample.labels["queue"]: sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name == name and sample.labels["vhost"] == here
    }


async def test_a_container_asks_the_readiness_of_its_worker(seen: Watched) -> None:
    async def asked() -> int | None:
        environment = os.environ | {"SERVICE": "intake", "INTAKE_MONITOR_PORT": str(seen.port)}
        asking = await asyncio.create_subprocess_exec(
            sys.executable, CHECKOUT / "deploy/docker/healthcheck.py", "worker", env=environment
        )
        return await asking.wait()

    assert await asked() == 0
    seen.own.consumes = False
    assert await asked() == 1


async def test_both_formats_of_prometheus_are_spoken(seen: Watched) -> None:
    plain = await seen.get("/metrics")
    assert plain.headers["content-type"].startswith("text/plain; version=0.0.4")
    open_metrics = await seen.get("/metrics", accept="application/openmetrics-text; version=1.0.0")
    assert open_metrics.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert open_metrics.text.endswith("# EOF\n")


async def test_a_worker_that_has_all_it_needs_is_ready(seen: Watched) -> None:
    seen.own.relay_leads = True
    answer = await seen.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "status": "ready",
            "service": "intake",
            "checks": {"database": "passed", "relay": "passed", "consumers": "passed"},
        },
    )


async def test_it_is_not_ready_without_consumers_of_its_own(seen: Watched) -> None:
    seen.own.consumes = False
    assert await seen.checks() == (503, {"database": "passed", "relay": "passed", "consumers": "failed"})
    answer = await seen.get("/health/ready")
    assert (answer.json()["status"], answer.headers["retry-after"]) == ("not-ready", "5")


async def test_it_is_not_ready_while_the_broker_counts_no_consumer(seen: Watched, channel: AbstractChannel) -> None:
    await (await channel.get_queue(QUEUE)).cancel("reader")
    assert await seen.checks() == (503, {"database": "passed", "relay": "passed", "consumers": "failed"})


async def test_every_queue_must_be_there_and_be_read(seen: Watched, channel: AbstractChannel) -> None:
    assert (await seen.checks())[0] == 200
    seen.own.queues = (QUEUE, DEAD)
    assert (await seen.checks())[0] == 503
    seen.own.queues = (QUEUE,)
    assert (await seen.checks())[0] == 200
    await channel.queue_delete(QUEUE)
    assert await seen.checks() == (503, {"database": "passed", "relay": "passed", "consumers": "failed"})


async def test_it_does_not_matter_where_the_relay_leads(
    seen: Watched, vhost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "UNLED_FOR", 0.0)
    assert (await seen.checks())[1]["relay"] == "failed"
    stop, relay = asyncio.Event(), Relay(database=seen.database, amqp_url=vhost, home=HOME)
    leading = asyncio.create_task(keep_running("relay", lambda: relay.run(stop), stop))

    async def leads() -> bool:
        return relay.leads

    await until(leads)
    assert (await seen.checks())[1]["relay"] == "passed"
    stop.set()
    await leading
    assert (await seen.checks())[1]["relay"] == "failed"
    seen.own.relay_leads = True
    assert (await seen.checks())[1]["relay"] == "passed"


async def test_nobody_may_lead_for_a_while(seen: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "UNLED_FOR", 0.5)
    assert (await seen.checks())[1]["relay"] == "passed"
    await asyncio.sleep(0.6)
    assert (await seen.checks())[1]["relay"] == "failed"
    seen.own.relay_leads = True
    assert (await seen.checks())[1]["relay"] == "passed"
    seen.own.relay_leads = False
    assert (await seen.checks())[1]["relay"] == "passed"


@pytest.mark.parametrize(("seconds", "outcome"), [(60, "passed"), (-1, "failed")])
async def test_a_lead_counts_until_it_has_run_out(
    seen: Watched, monkeypatch: pytest.MonkeyPatch, seconds: int, outcome: str
) -> None:
    monkeypatch.setattr(readiness, "UNLED_FOR", 0.0)
    until = "now() + make_interval(secs => :seconds)"
    lead = f"insert into intake.lead (holder, number, until) values (gen_random_uuid(), 1, {until})"
    await seen.execute(lead, seconds=seconds)
    assert (await seen.checks())[1]["relay"] == outcome


async def test_a_lost_connection_is_made_anew_for_the_next_question(
    seen: Watched,
) -> None:
    assert (await seen.checks())[0] == 200
    before = await seen.backend()
    await seen.execute("select pg_terminate_backend(:pid)", pid=before)
    await asyncio.sleep(0.1)
    assert (await seen.checks())[0] == 200
    assert await seen.backend() != before


async def test_a_connection_that_the_broker_has_closed_is_made_anew_for_the_next_question(
    seen: Watched, vhost: str, rabbitmq: PrivateRabbitMQ
) -> None:
    own = f"vhosts/{urlsplit(vhost).path.removeprefix('/')}/connections"
    management = httpx.AsyncClient(
        base_url=f"{rabbitmq.management_url}/api/", auth=("praksis", rabbitmq.password), trust_env=False
    )
    async with management, asyncio.timeout(20):  # they are listed with a delay of some seconds
        assert (await seen.checks())[0] == 200
        found: list[str] = []
        while not found:
            await asyncio.sleep(0.2)
            listed = (await management.get(own)).json()
            found = [each["name"] for each in listed if each.get("user_provided_name") == "praksis-intake-monitor"]
        for name in found:
            assert (await management.delete(f"connections/{quote(name)}")).is_success
    await asyncio.sleep(0.5)
    assert (await seen.checks())[0] == 200


async def test_without_a_port_nothing_listens(still: Database) -> None:
    stop = asyncio.Event()
    monitor = Monitor(MonitorSettings(), database=still, amqp_url="amqp://nowhere", vitals=Own().vitals())
    monitor.open()
    running = asyncio.create_task(monitor.run(stop))
    await asyncio.sleep(0.05)
    assert not running.done()
    stop.set()
    await asyncio.wait_for(running, 1)


def test_the_environment_says_where_each_worker_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_MONITOR_PORT", "8111")
    assert MonitorSettings.of("intake") == MonitorSettings(host="127.0.0.1", port=8111)
    assert MonitorSettings.of("reporting") == MonitorSettings(host="127.0.0.1", port=0)
    monkeypatch.setenv("REPORTING_MONITOR_PORT", "65536")
    with pytest.raises(ValueError, match="port"):
        MonitorSettings.of("reporting")
