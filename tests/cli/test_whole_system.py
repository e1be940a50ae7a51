"""The command line on a whole system that runs, after the story."""

import asyncio
import re
from collections import Counter

import httpx
import pytest
from command_line import CommandLine
from whole_system import FORECASTING, PlayedStory

import reporting.worker
from reporting.pipeline.projection import PIPELINE
from shared.catalogue.schemas import schema_of
from shared.contracts.published import PUBLISHED
from shared.events.envelope import identity_of

COUNTS = ("unsent", "oldest_unsent_seconds", "queued", "retrying", "parked", "waiting")
SERVICES = ("intake", "scheduling", "reporting")


@pytest.fixture
def at_system(played: PlayedStory, shell: CommandLine) -> CommandLine:
    """A shell that knows every part of the system."""
    system = played.whole.system
    webs = {f"PRAKSIS_{service.upper()}_URL": url for service, url in system.urls.items()}
    workers = {f"{service.upper()}_MONITOR_URL": url for service, url in system.monitor_urls.items()}
    return shell.knowing(PRAKSIS_AMQP_URL=system.servers.amqp_url, **webs, **workers)


async def test_all_is_well(at_system: CommandLine) -> None:
    well = {"web": "ready", "worker": "ready", "relay": "leads", **dict.fromkeys(COUNTS, 0), "troubles": []}
    answer = await at_system("status", "--json")
    assert answer.document == {"well": True, "services": [{"service": service, **well} for service in SERVICES]}
    assert (answer.status, answer.err) == (0, "")
    shown = await at_system("status")
    assert (shown.status, shown.err) == (0, "")
    assert [line.split() for line in shown.out.splitlines()] == [
        ["service", "web", "worker", "relay", "unsent", "queued", "retrying", "parked", "waiting"],
        *([service, "ready", "ready", "leads", *"00000"] for service in SERVICES),
        ["All", "is", "well."],
    ]


async def test_the_log_holds_every_fact_of_the_story(at_system: CommandLine, played: PlayedStory) -> None:
    logged = await at_system("events", "tail", "--from", "first", "--no-follow", "--json")
    assert (logged.status, logged.err) == (0, "")
    assert Counter(each["type"] for each in logged.documents if each["type"] not in FORECASTING) == {
        type_name: int(number) for facts in played.whole.facts().values() for type_name, number, *_ in facts
    }


async def test_what_a_service_has_published_passes_the_check(at_system: CommandLine) -> None:
    logged = await at_system("events", "tail", "--from", "first", "--no-follow", "--json")
    checked = await at_system("events", "validate", "-", typed=logged.out)
    assert (checked.status, checked.out) == (0, f"{len(logged.documents)} events checked, nothing is wrong.\n")


async def test_the_schema_of_an_event_is_where_the_event_says(at_system: CommandLine, played: PlayedStory) -> None:
    """Needs the processes themselves: what a worker writes into an event, a web process must answer."""
    logged = await at_system("events", "tail", "--from", "first", "--no-follow", "--json")
    told = {each["dataschema"]: each["type"] for each in logged.documents}
    assert told == {
        f"{played.whole.system.urls[event.producer]}/contracts/{event.routing_key()}.json": event.type_name()
        for event in map(PUBLISHED.__getitem__, {each["type"] for each in logged.documents})
    }
    async with httpx.AsyncClient(trust_env=False) as browser:
        answers = {address: await browser.get(address) for address in told}
    assert {answer.headers["Content-Type"] for answer in answers.values()} == {"application/schema+json"}
    assert {address: answer.json() for address, answer in answers.items()} == {
        address: schema_of(PUBLISHED[type_name]) for address, type_name in told.items()
    }


async def test_nothing_has_failed_anywhere(at_system: CommandLine) -> None:
    listed = await at_system("failures", "list", "--as", "gert")
    assert (listed.status, listed.out, listed.err) == (0, "Nothing has failed.\n", "")


@pytest.fixture
def at_worker(at_system: CommandLine, played: PlayedStory) -> CommandLine:
    """A shell that may do what reporting's worker may do."""
    system = played.whole.system
    clock = {"PRAKSIS_ENVIRONMENT": "development", "PRAKSIS_CLOCK_FILE": str(system.state.clock)}
    own = {"REPORTING_DATABASE_URL": system.database_url("reporting"), "REPORTING_AMQP_URL": system.servers.amqp_url}
    return at_system.knowing(**clock, **own)


def learned(played: PlayedStory) -> dict[str, list[list[str]]]:
    """Everything that reporting has learned from events."""
    rows = "select to_jsonb(each) from reporting.{} each order by 1"  # a rebuilt table has its columns in another order
    return {table: played.whole.sql(rows.format(table)) for table in ("case", "course", "measured_course")}


def reacted_to(played: PlayedStory) -> int:
    """How many events of the log reporting reacts to; other tests may have made more of them."""
    facts = [fact for facts in played.whole.facts().values() for fact in facts]
    return sum(int(number) for type_name, number, *_ in facts if reporting.worker.handlers.of(type_name))


def follows_from(played: PlayedStory) -> int:
    """How many events of the log the pipeline follows from."""
    facts = [fact for facts in played.whole.facts().values() for fact in facts]
    return sum(int(number) for type_name, number, *_ in facts if type_name in PIPELINE.types)


async def test_the_pipeline_is_rebuilt_as_it_was(at_worker: CommandLine, played: PlayedStory) -> None:
    before = learned(played)
    assert before["course"] != []
    ((old,),) = played.whole.sql("select 'reporting.case'::regclass::oid")
    rebuilt = await at_worker("events", "replay", "reporting", "pipeline", "--json")
    assert (rebuilt.status, rebuilt.err) == (0, "")
    assert rebuilt.document == {"service": "reporting", "projection": "pipeline", "events": follows_from(played)}
    assert learned(played) == before
    assert played.whole.sql("select 'reporting.case'::regclass::oid") != [[old]]


async def test_what_intake_knows_of_the_corps_is_rebuilt_as_it_was(at_system: CommandLine, played: PlayedStory) -> None:
    system = played.whole.system
    clock = {"PRAKSIS_ENVIRONMENT": "development", "PRAKSIS_CLOCK_FILE": str(system.state.clock)}
    own = {"INTAKE_DATABASE_URL": system.database_url("intake"), "INTAKE_AMQP_URL": system.servers.amqp_url}
    known = "select forecast->'months', counted, uncounted from intake.capacity_forecast"
    before = played.whole.sql(known)
    assert len(before) == 1
    rebuilt = await at_system.knowing(**clock, **own)("events", "replay", "intake", "capacity")
    assert (rebuilt.status, rebuilt.err) == (0, "")
    assert re.fullmatch(r"capacity: rebuilt from [1-9][0-9]* events\.\n", rebuilt.out)
    assert played.whole.sql(known) == before


async def test_a_service_reads_the_log_again_and_nothing_changes(at_worker: CommandLine, played: PlayedStory) -> None:
    before = learned(played)
    replayed = await at_worker("events", "replay", "reporting")
    assert (replayed.status, replayed.err) == (0, "")
    assert replayed.out == f"reporting: {reacted_to(played)} events of the log replayed.\n"
    assert learned(played) == before
    assert played.whole.parked() == {"intake": [], "scheduling": [], "reporting": []}


async def test_a_projection_that_is_none_is_refused(at_worker: CommandLine) -> None:
    refused = await at_worker("events", "replay", "reporting", "pipelines")
    said = "reporting has no projection pipelines; it has pipeline.\n"
    assert (refused.status, refused.out, refused.err) == (2, "", said)
    other = await at_worker("events", "replay", "intake", "pipeline")
    assert (other.status, other.err) == (2, "intake has no projection pipeline; it has capacity.\n")


async def test_a_replay_names_the_settings_it_lacks_and_the_part_that_does_not_answer(at_worker: CommandLine) -> None:
    refused = await at_worker("events", "replay", "scheduling")
    said = "This works with the settings of scheduling's worker; set SCHEDULING_AMQP_URL, SCHEDULING_DATABASE_URL.\n"
    assert (refused.status, refused.err) == (2, said)
    away = at_worker.knowing(REPORTING_DATABASE_URL="postgresql://nobody:secret@127.0.0.1:1/none")
    unreachable = await away("events", "replay", "reporting")
    assert (unreachable.status, "secret" in unreachable.err) == (3, False)
    assert "look at REPORTING_DATABASE_URL and REPORTING_AMQP_URL" in unreachable.err


@pytest.fixture
def at_workers(at_worker: CommandLine, played: PlayedStory) -> CommandLine:
    """A shell that may do what every worker may do."""
    system = played.whole.system
    databases = {f"{each.upper()}_DATABASE_URL": system.database_url(each) for each in SERVICES}
    return at_worker.knowing(**databases, **{f"{each.upper()}_AMQP_URL": system.servers.amqp_url for each in SERVICES})


async def until_compared(played: PlayedStory) -> None:
    """Wait until intake's worker knows that all has come that is in the log now: the look after the next one begins
    after this."""
    looks: set[str] = set()
    async with asyncio.timeout(60):
        while len(looks) < 3:
            looks.add(str(played.whole.sql("select had_until from intake.reconciliation")))
            await asyncio.sleep(0.2)


async def test_log_and_receipts_are_compared_and_what_is_missing_is_sent_again(
    at_workers: CommandLine, played: PlayedStory
) -> None:
    await until_compared(played)  # else the worker itself finds what is taken away below, and mends it
    compared = await at_workers("events", "reconcile", "--json")
    assert (compared.status, compared.document["complete"], compared.err) == (0, True, "")
    sent = {(each["consumer"], each["producer"]): each["sent"] for each in compared.document["comparisons"]}
    assert sent[("reporting", "intake")] > 0
    assert {producer for consumer, producer in sent if consumer == "log"} == set(SERVICES)
    ((forgotten,),) = played.whole.sql(
        "select id from scheduling.event where type = 'dk.praksis.scheduling.CapacityForecast.v1'"
        " order by position desc limit 1"
    )
    identity = identity_of("scheduling", str(forgotten))
    played.whole.sql(f"delete from intake.received where identity = '{identity}' returning identity")
    incomplete = await at_workers("events", "reconcile", "--json")
    assert incomplete.status == 1
    assert [
        (each["consumer"], each["producer"], each["missing"], each["types"])
        for each in incomplete.document["comparisons"]
        if each["missing"]
    ] == [("intake", "scheduling", 1, {"dk.praksis.scheduling.CapacityForecast.v1": 1})]
    assert "praksis events republish" in incomplete.err
    again = await at_workers("events", "republish")
    assert (again.status, "What is missing leaves again now" in again.err) == (0, True)
    async with asyncio.timeout(20):
        while not played.whole.sql(f"select 1 from intake.received where identity = '{identity}'"):
            await asyncio.sleep(0.1)
    complete = await at_workers("events", "reconcile")
    assert (complete.status, complete.out.splitlines()[-1]) == (0, "Nothing is missing.")


@pytest.mark.parametrize("start", ["new", "12"])
async def test_tables_are_compared_from_a_time_on(start: str, at_workers: CommandLine) -> None:
    refused = await at_workers("events", "reconcile", "--from", start)
    said = "--from is `first`, or a time such as 2030-03-26T09:00Z: the tables know no offsets.\n"
    assert (refused.status, refused.out, refused.err) == (2, "", said)
