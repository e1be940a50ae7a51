"""`praksis events replay`: what it is asked for, before anything is read."""

import json

import pytest
from command_line import CommandLine
from events_written import round_opened

from shared.database import Database
from shared.events.recovery.generations import generations


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "new"), "--from new leaves nothing to replay."),
        (("--from", "tomorrow"), "--from tomorrow is neither `first`"),
        (("--from", "-1"), "--from -1 is neither `first`"),
        (("--from", "9999-01-01"), "--from 9999-01-01 lies in the future"),
        (("pipeline", "--from", "5"), "A projection is rebuilt from the first event on"),
        (("pipeline", "--from", "2025-01-01"), "A projection is rebuilt from the first event on"),
    ],
)
async def test_a_start_that_makes_no_sense_is_refused(words: tuple[str, ...], said: str, shell: CommandLine) -> None:
    refused = await shell("events", "replay", "reporting", *words)
    assert (refused.status, refused.out) == (2, "")
    assert refused.err.startswith(said)


@pytest.mark.parametrize("words", [(), ("nowhere",), ("Reporting",)])
async def test_a_service_is_named(words: tuple[str, ...], shell: CommandLine) -> None:
    refused = await shell("events", "replay", *words)
    assert (refused.status, refused.out) == (2, "")
    assert "SERVICE" in refused.err


@pytest.mark.parametrize(("events", "start", "where"), [(3, "3", "ends at offset 2"), (0, "0", "is empty")])
async def test_an_offset_behind_the_end_is_refused_and_makes_no_queues(
    events: int,
    start: str,
    where: str,
    at_broker: CommandLine,
    vhost: str,
    database: Database,
) -> None:
    if events:
        written = json.dumps([round_opened(number) for number in range(1, events + 1)])
        assert (await at_broker("events", "publish", "-", typed=written)).status == 0
    at_worker = at_broker.knowing(INTAKE_DATABASE_URL=database.dsn, INTAKE_AMQP_URL=vhost)
    refused = await at_worker("events", "replay", "intake", "--from", start)
    said = f"--from {start} lies behind the end: the log {where}.\n"
    assert (refused.status, refused.out, refused.err) == (2, "", said)
    assert await generations(database) == []
