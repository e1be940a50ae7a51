"""`praksis events reconcile` and `republish`: how far back they go, and whom they blame. No process of Praksis runs."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from command_line import CommandLine
from sqlalchemy import text

import scheduling.schema
from shared.clock import FixedClock
from shared.contracts.scheduling.capacity import ForecastFellDue
from shared.database import Database
from shared.settings import REPLAY_WINDOW

SERVICES = ("intake", "scheduling", "reporting")
NOW = datetime.now(UTC)
FORGOTTEN = NOW - REPLAY_WINDOW - timedelta(seconds=1)
REMEMBERED = NOW - REPLAY_WINDOW + timedelta(days=1)
FELL_DUE = ForecastFellDue(corps="corps")


@pytest.fixture
def at_workers(shell: CommandLine, database_url: Callable[[str], str], vhost: str) -> CommandLine:
    """A shell that may do what every worker may do; the broker has no log."""
    databases = {f"{each.upper()}_DATABASE_URL": database_url(each) for each in SERVICES}
    return shell.knowing(**databases, **{f"{each.upper()}_AMQP_URL": vhost for each in SERVICES})


@pytest.fixture
async def scheduling_at(database_url: Callable[[str], str]) -> AsyncIterator[Database]:
    tables, clock = scheduling.schema.tables, FixedClock(NOW)
    own = Database(database_url("scheduling"), service="scheduling", tables=tables, clock=clock)
    yield own
    await own.close()


async def send(database: Database, *times: datetime) -> None:
    """Let an event happen at each of these times, and count as sent, though no log and nobody has it."""
    clock = database.clock
    assert isinstance(clock, FixedClock)
    for clock.instant in times:
        async with database.work() as work:
            work.publish(FELL_DUE)
            await work.commit()
    async with database.work() as work:
        await work.session.execute(text("update scheduling.event set dispatched_at = now()"))
        await work.commit()


async def unsent(database: Database) -> list[datetime]:
    async with database.work() as work:
        statement = text("select time from scheduling.event where dispatched_at is null order by time")
        return list(await work.session.scalars(statement))


async def test_what_the_services_have_forgotten_is_not_missing_and_not_sent_again(
    at_workers: CommandLine, scheduling_at: Database
) -> None:
    await send(scheduling_at, FORGOTTEN)
    begun = datetime.now(UTC).replace(microsecond=0)  # as it is printed
    compared = await at_workers("events", "reconcile")
    assert (compared.status, compared.out.splitlines()[-1]) == (0, "Nothing is missing.")
    words = compared.err.split()
    assert (" ".join(words[:2]), " ".join(words[4:])) == (
        "Events before",
        "are not compared: who has had them is not remembered any more.",
    )
    since = datetime.fromisoformat(" ".join(words[2:4]))
    assert timedelta(0) <= since - (begun - REPLAY_WINDOW) < timedelta(minutes=5)
    again = await at_workers("events", "republish", "--json")
    assert (again.status, again.document["complete"], await unsent(scheduling_at)) == (0, True, [])


async def test_what_they_remember_is(at_workers: CommandLine, scheduling_at: Database) -> None:
    await send(scheduling_at, FORGOTTEN, REMEMBERED)
    compared = await at_workers("events", "reconcile", "--json")
    assert (compared.status, compared.document["complete"]) == (1, False)
    missing = {
        (each["consumer"], each["producer"]): (each["sent"], each["missing"], each["oldest"])
        for each in compared.document["comparisons"]
    }
    of_the_young = (1, 1, REMEMBERED.isoformat())
    assert (missing["log", "scheduling"], missing["scheduling", "scheduling"]) == (of_the_young, of_the_young)
    await at_workers("events", "republish")
    assert await unsent(scheduling_at) == [REMEMBERED]


async def test_nothing_is_said_of_what_nobody_asked_for(at_workers: CommandLine, scheduling_at: Database) -> None:
    await send(scheduling_at, FORGOTTEN)
    start = (FORGOTTEN + timedelta(minutes=1)).isoformat()
    compared = await at_workers("events", "reconcile", "--json", "--from", start)
    assert (compared.status, compared.err) == (0, "")
    assert compared.document["since"] == start


async def test_from_the_first_event_on_means_all_where_none_is_old(
    at_workers: CommandLine, scheduling_at: Database
) -> None:
    await send(scheduling_at, NOW - timedelta(days=3))
    compared = await at_workers("events", "reconcile", "--json", "--from", "first")
    assert (compared.status, compared.document["since"]) == (1, None)


@pytest.mark.parametrize("service", SERVICES)
async def test_the_service_is_blamed_whose_database_does_not_answer(service: str, at_workers: CommandLine) -> None:
    setting = f"{service.upper()}_DATABASE_URL"
    away = at_workers.knowing(**{setting: "postgresql://nobody:secret@127.0.0.1:1/none"})
    unreachable = await away("events", "reconcile")
    assert (unreachable.status, unreachable.out) == (3, "")
    assert unreachable.err.endswith(f"look at {setting} and {service.upper()}_AMQP_URL.\n")
