"""`praksis events tail`: the log of all events, on a real broker."""

import asyncio
import json
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aio_pika import Message, connect
from command_line import CommandLine, finish
from events_written import MOMENT, round_opened

from shared.events.envelope import decode
from shared.events.sending import Sending
from shared.events.topology import EVENTS, LOG, put_mark

ALL = ("events", "tail", "--from", "first", "--no-follow")
TRACE = "0af7651916cd43dd8448eb211c80319c"


async def publish(url: str, *documents: dict[str, Any]) -> None:
    async with await connect(url, timeout=10) as connection:
        sending = await Sending.over(connection)
        await sending.send([decode(json.dumps(document).encode()) for document in documents])
        assert sending.failure is None


async def put(url: str, body: bytes) -> None:
    """Let something stand in the log that is no event."""
    async with await connect(url, timeout=10) as connection:
        exchange = await (await connection.channel()).get_exchange(EVENTS, ensure=False)
        await exchange.publish(Message(body), "noise", mandatory=True, timeout=10)


def at(hour: int) -> str:
    return MOMENT.replace(hour=hour).isoformat()


async def test_an_empty_log_is_said_to_be_empty(at_broker: CommandLine) -> None:
    shown = await at_broker(*ALL)
    assert (shown.status, shown.out, shown.err) == (0, "", "The log holds no event from there on.\n")


async def test_events_are_shown_with_offset_time_type_subject_id_and_trace(at_broker: CommandLine, vhost: str) -> None:
    traced = round_opened(2, time=at(23), traceparent=f"00-{TRACE}-b7ad6b7169203331-01", sequence="7")
    await publish(vhost, round_opened(1), traced)
    shown = await at_broker(*ALL)
    assert (shown.status, shown.err) == (0, "")
    assert [line.split() for line in shown.out.splitlines()] == [
        ["offset", "time", "type", "subject#sequence", "id", "trace"],
        ["0", "2025-01-01", "00:00:00Z", "intake.RoundOpened.v1", f"{round_opened(1)['subject']}#1",
         round_opened(1)["id"], "–"],
        ["1", "2025-01-01", "23:00:00Z", "intake.RoundOpened.v1", f"{traced['subject']}#7", traced["id"], TRACE],
    ]  # fmt: skip


async def test_in_json_each_line_is_a_cloud_event(at_broker: CommandLine, vhost: str) -> None:
    documents = [round_opened(number) for number in range(1, 1201)]  # more than a prefetch
    await publish(vhost, *documents)
    shown = await at_broker(*ALL, "--json")
    assert (shown.status, shown.err, shown.documents) == (0, "", documents)


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (("--type", "RoundOpened"), [1, 2, 3]),
        (("--type", "intake.*"), [1, 2, 3]),
        (("--type", "intake.RoundOpened.v1"), [1, 2, 3]),
        (("--type", "dk.praksis.intake.RoundOpened.v1"), [1, 2, 3]),
        (("--type", "Round"), []),
        (("--type", "roundopened"), []),
        (("--type", "CourseOpened", "--type", "RoundOpened"), [1, 2, 3]),
        (("--subject", round_opened(2)["subject"]), [2]),
        (("--subject", "round/*2", "--subject", "round/*3"), [2, 3]),
        (("--subject", "round/*", "--type", "CourseOpened"), []),
        (("--limit", "2"), [1, 2]),
        (("--limit", "2", "--subject", "round/*[23]"), [2, 3]),
    ],
)
async def test_only_what_is_wanted_is_shown(
    options: tuple[str, ...], shown: list[int], at_broker: CommandLine, vhost: str
) -> None:
    await publish(vhost, *(round_opened(number) for number in (1, 2, 3)))
    answer = await at_broker(*ALL, *options, "--json")
    assert (answer.status, answer.documents) == (0, [round_opened(number) for number in shown])
    assert answer.err == ("" if shown else "No event of the log matches.\n")


@pytest.mark.parametrize(
    ("start", "shown", "said"),
    [
        ("0", [1, 2, 3], ""),
        ("2", [3], ""),
        ("3", [], "The log holds no event from there on.\n"),
        ("2025-01-01T10:00Z", [1, 2, 3], ""),
        ("2025-01-01T10:00:01Z", [2, 3], ""),
        ("2025-01-01T14:00+02:00", [2], ""),
        ("2025-01-01T12:00:01Z", [], "The log holds no event from there on.\n"),
        ("2024-12-31", [1, 2, 3], "The log begins at 2025-01-01 10:00:00Z; it is shown from there.\n"),
        ("1969-01-01", [1, 2, 3], "The log begins at 2025-01-01 10:00:00Z; it is shown from there.\n"),
    ],
)
async def test_one_may_begin_at_an_offset_or_a_time(
    start: str, shown: list[int], said: str, at_broker: CommandLine, vhost: str
) -> None:
    hours = {1: 10, 2: 12, 3: 11}  # what happens later can arrive earlier
    await publish(vhost, *(round_opened(number, time=at(hour)) for number, hour in hours.items()))
    answer = await at_broker("events", "tail", "--from", start, "--no-follow", "--json")
    assert (answer.status, [each["id"] for each in answer.documents], answer.err) == (
        0,
        [round_opened(number)["id"] for number in shown],
        said,
    )


@pytest.mark.parametrize("follow", ["--follow", "--no-follow"])
async def test_an_offset_behind_the_end_is_wrong_usage(follow: str, at_broker: CommandLine, vhost: str) -> None:
    empty = await at_broker("events", "tail", "--from", "1", follow)
    assert (empty.status, empty.err) == (2, "--from 1 lies behind the end: the log is empty.\n")
    await publish(vhost, round_opened(1), round_opened(2))
    behind = await at_broker("events", "tail", "--from", "3", follow)
    assert (behind.status, behind.err) == (2, "--from 3 lies behind the end: the log ends at offset 1.\n")


async def test_what_is_new_does_not_end_by_itself(at_broker: CommandLine) -> None:
    for start in ((), ("--from", "new")):
        refused = await at_broker("events", "tail", *start, "--no-follow")
        assert (refused.status, refused.out) == (2, "")
        assert "add --from first" in refused.err


async def test_what_is_no_event_is_named_and_passed_over(at_broker: CommandLine, vhost: str) -> None:
    await publish(vhost, round_opened(1))
    await put(vhost, b"\xff noise")
    await publish(vhost, round_opened(2))
    shown = await at_broker(*ALL, "--json")
    assert (shown.status, shown.documents) == (0, [round_opened(1), round_opened(2)])
    assert shown.err == "Offset 1 holds no event: not JSON: UnicodeDecodeError.\n"
    filtered = await at_broker(*ALL, "--json", "--type", "RoundOpened")
    assert (filtered.documents, filtered.err) == ([round_opened(1), round_opened(2)], "")


async def test_marks_of_before_are_not_shown_and_do_not_hide_the_end(at_broker: CommandLine, vhost: str) -> None:
    await publish(vhost, round_opened(1))
    async with await connect(vhost, timeout=10) as connection:
        assert await put_mark(await connection.channel(), LOG)
    shown = await at_broker(*ALL, "--json")
    assert (shown.status, shown.documents, shown.err) == (0, [round_opened(1)], "")


async def test_reading_leaves_the_log_as_it_was(at_broker: CommandLine, vhost: str) -> None:
    await publish(vhost, round_opened(1))
    first, second = await at_broker(*ALL), await at_broker(*ALL)
    assert first == second
    assert len(first.out.splitlines()) == 2


async def test_following_shows_what_comes_until_it_is_interrupted(at_broker: CommandLine, vhost: str) -> None:
    await publish(vhost, round_opened(1))
    running = await at_broker.start("events", "tail", "--from", "first", "--json")
    assert running.stdout is not None
    assert json.loads(await asyncio.wait_for(running.stdout.readline(), 30)) == round_opened(1)
    await publish(vhost, round_opened(2))
    assert json.loads(await asyncio.wait_for(running.stdout.readline(), 30)) == round_opened(2)
    running.send_signal(signal.SIGINT)
    interrupted = await finish(running)
    assert (interrupted.status, interrupted.out, interrupted.err) == (130, "", "")


async def test_what_is_new_begins_with_the_next_event(at_broker: CommandLine, vhost: str) -> None:
    await publish(vhost, round_opened(1))
    running = await at_broker.start("events", "tail", "--json", "--limit", "1")
    published = 1
    while running.returncode is None and published < 100:
        published += 1
        await publish(vhost, round_opened(published))
        await asyncio.sleep(0.1)
    shown = await finish(running)
    (document,) = shown.documents
    assert (shown.status, shown.err) == (0, "")
    assert document["id"] != round_opened(1)["id"]


@pytest.mark.parametrize("options", [(), ("--json",)])
async def test_a_reader_who_has_seen_enough_ends_it_without_a_word(
    options: tuple[str, ...], at_broker: CommandLine, vhost: str
) -> None:
    await publish(vhost, *(round_opened(number) for number in range(1, 301)))
    running = await at_broker.start("events", "tail", "--from", "first", *options)
    assert running.stdout is not None
    await asyncio.wait_for(running.stdout.readline(), 30)
    running.stdout._transport.close()  # type: ignore[attr-defined]  # as `| head -1` does
    await publish(vhost, *(round_opened(number) for number in range(301, 601)))
    async with asyncio.timeout(30):
        await running.wait()
    assert running.stderr is not None
    assert (running.returncode, await running.stderr.read()) == (1, b"")


async def test_a_simulated_time_is_known_by_its_clock(at_broker: CommandLine, vhost: str, tmp_path: Path) -> None:
    later = datetime(2090, 1, 1, tzinfo=UTC)
    await publish(vhost, round_opened(1), round_opened(2, time=later.isoformat()))
    refused = await at_broker("events", "tail", "--from", "2089-12-31", "--no-follow")
    assert (refused.status, "PRAKSIS_CLOCK_FILE" in refused.err) == (2, True)
    clock = tmp_path / "clock"
    clock.write_text(f"{(later - datetime.now(UTC)).total_seconds() + 60}")
    simulated = at_broker.knowing(PRAKSIS_CLOCK_FILE=str(clock), PRAKSIS_ENVIRONMENT="development")
    shown = await simulated("events", "tail", "--from", "2089-12-31", "--no-follow", "--json")
    assert [each["id"] for each in shown.documents] == [round_opened(2)["id"]]
    assert shown.err == ""
    clock.unlink()
    lost = await simulated("events", "tail", "--from", "2089-12-31", "--no-follow")
    assert (lost.status, lost.err.splitlines()[0]) == (
        2,
        "The file that PRAKSIS_CLOCK_FILE names is not there: the time is the machine's own.",
    )
    nobody = await simulated.knowing(PRAKSIS_ENVIRONMENT="production")("events", "tail", "--from", "2089-12-31")
    assert (nobody.status, nobody.err) == (
        2,
        "PRAKSIS_CLOCK_FILE simulates the time and is for PRAKSIS_ENVIRONMENT=development only.\n",
    )


async def test_without_a_log_it_is_said_how_to_get_one(shell: CommandLine, vhost: str) -> None:
    shown = await shell.knowing(PRAKSIS_AMQP_URL=vhost)(*ALL)
    assert (shown.status, shown.out) == (1, "")
    assert shown.err.startswith("RabbitMQ has no queue praksis.log. `python -m <service>.prepare`")
