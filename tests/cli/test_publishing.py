"""`praksis events validate` and `praksis events publish`, on a real broker."""

import asyncio
import json
import signal
from pathlib import Path

import pytest
from aio_pika import connect
from aio_pika.abc import AbstractIncomingMessage, AbstractQueue
from command_line import CommandLine, finish
from events_written import SCHEMA, round_opened

from shared.events.envelope import CONTENT_TYPE, decode
from shared.events.topology import EVENTS, PARTITION_KEY


def lines(*documents: object) -> str:
    return "".join(f"{json.dumps(document)}\n" for document in documents)


class Subscriber:
    """Somebody who hears of every event from now on."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> "Subscriber":
        self._connection = await connect(self._url, timeout=10)
        self._queue: AbstractQueue = await (await self._connection.channel()).declare_queue(exclusive=True)
        await self._queue.bind(EVENTS, "#")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()

    async def first(self) -> AbstractIncomingMessage:
        async with asyncio.timeout(30):
            while (message := await self._queue.get(fail=False, no_ack=True)) is None:
                await asyncio.sleep(0.01)
        return message

    async def heard(self) -> list[AbstractIncomingMessage]:
        heard: list[AbstractIncomingMessage] = []
        while (message := await self._queue.get(fail=False, no_ack=True)) is not None:
            heard.append(message)
        return heard


async def test_what_is_right_is_said_to_be_right(shell: CommandLine) -> None:
    checked = await shell("events", "validate", "-", typed=lines(round_opened(1), round_opened(2)))
    assert (checked.status, checked.out, checked.err) == (0, "2 events checked, nothing is wrong.\n", "")


async def test_what_is_wrong_is_told_field_by_field(shell: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    file.write_text(json.dumps([round_opened(1, sequence="0"), round_opened(2, time=None)]))
    checked = await shell("events", "validate", str(file))
    assert (checked.status, checked.err) == (1, "")
    assert checked.out.splitlines() == [
        "event  field     problem",
        "    1  sequence  does not have the right form.",
        "    2  time      is required.",
    ]


async def test_validation_answers_programs(shell: CommandLine) -> None:
    right = await shell("events", "validate", "--json", "-", typed=lines(round_opened()))
    assert (right.status, right.document) == (0, {"events": 1, "valid": True, "problems": []})
    wrong = await shell("events", "validate", "--json", "-", typed=lines(round_opened(data={})))
    assert wrong.status == 1
    assert wrong.document == {
        "events": 1,
        "valid": False,
        "problems": [
            {"event": 1, "path": f"data.{name}", "message": "is required."}
            for name in ("round_id", "programme", "opens_at", "closes_at")
        ],
    }


async def test_a_published_event_is_like_one_of_the_relay(at_broker: CommandLine, vhost: str) -> None:
    here = "https://intake.praksis.example.dk"
    async with Subscriber(vhost) as subscriber:
        at_home = at_broker.knowing(PRAKSIS_INTAKE_URL=f"{here}/")
        published = await at_home("events", "publish", "-", typed=json.dumps(round_opened(), indent=2))
        (message,) = await subscriber.heard()
    assert (published.status, published.err) == (0, "")
    assert published.out.splitlines() == [
        "1 event of 1 published and confirmed.",
        "time                  type                   subject#sequence                              id",
        f"2025-01-01 00:00:00Z  intake.RoundOpened.v1  {round_opened()['subject']}#1  {round_opened()['id']}",
    ]
    assert json.loads(message.body) == round_opened(dataschema=f"{here}{SCHEMA}")
    assert (message.routing_key, message.content_type, message.type, message.message_id) == (
        "intake.RoundOpened.v1",
        CONTENT_TYPE,
        "dk.praksis.intake.RoundOpened.v1",
        round_opened()["id"],
    )
    assert (int(message.delivery_mode or 0), message.headers) == (2, {PARTITION_KEY: round_opened()["subject"]})


async def test_no_event_leads_people_in_production_to_a_machine_of_their_own(
    at_broker: CommandLine, vhost: str
) -> None:
    in_production = at_broker.knowing(PRAKSIS_ENVIRONMENT="production")
    async with Subscriber(vhost) as subscriber:
        refused = await in_production("events", "publish", "-", typed=lines(round_opened()))
        assert await subscriber.heard() == []
    assert (refused.status, refused.out) == (2, "")
    assert refused.err.startswith("PRAKSIS_INTAKE_URL: must be the https:// address at which people find the service")


async def test_many_are_published_in_their_order(at_broker: CommandLine, vhost: str) -> None:
    documents = [round_opened(number) for number in range(1, 252)]  # more than two batches
    async with Subscriber(vhost) as subscriber:
        published = await at_broker("events", "publish", "--json", "-", typed=lines(*documents))
        heard = [str(decode(message.body).id) for message in await subscriber.heard()]
    assert published.document == {"events": 251, "published": [each["id"] for each in documents], "problems": []}
    assert (published.status, published.err, heard) == (0, "", published.document["published"])


async def test_one_that_is_wrong_keeps_all_from_being_published(at_broker: CommandLine, vhost: str) -> None:
    typed = lines(round_opened(1), round_opened(2, subject="round/2", partitionkey="round/2"))
    async with Subscriber(vhost) as subscriber:
        refused = await at_broker("events", "publish", "--json", "-", typed=typed)
        assert await subscriber.heard() == []
    message = "must be made from data.round_id, as in round/…."
    assert refused.document == {
        "events": 2,
        "published": [],
        "problems": [{"event": 2, "path": "subject", "message": message}],
    }
    assert refused.status == 1
    assert refused.err == "Nothing was published. --fill completes some of what is missing.\n"


async def test_what_is_missing_can_be_filled_in(at_broker: CommandLine, vhost: str) -> None:
    known = {name: round_opened()[name] for name in ("type", "subject", "sequence", "data")}
    async with Subscriber(vhost) as subscriber:
        published = await at_broker("events", "publish", "--fill", "--json", "-", typed=lines(known, known))
        heard = [decode(message.body) for message in await subscriber.heard()]
    assert (published.status, published.document["published"]) == (0, [str(each.id) for each in heard])
    assert [(each.source, each.subject, each.data) for each in heard] == [
        ("intake", known["subject"], known["data"]),
        ("intake", known["subject"], known["data"]),
    ]
    assert len({each.id for each in heard}) == 2


async def test_filling_in_asks_for_what_cannot_be_known(at_broker: CommandLine) -> None:
    refused = await at_broker("events", "publish", "--fill", "-", typed=lines(round_opened(sequence=None)))
    assert refused.status == 1
    assert refused.out.splitlines()[1:] == ["    1  sequence  is required."]
    assert refused.err == "Nothing was published.\n"


async def test_what_no_envelope_has_is_left_out_and_named(at_broker: CommandLine, vhost: str) -> None:
    async with Subscriber(vhost) as subscriber:
        published = await at_broker("events", "publish", "-", typed=lines(round_opened(colour="red")))
        (message,) = await subscriber.heard()
    sent = round_opened(dataschema=at_broker.environment["PRAKSIS_INTAKE_URL"] + SCHEMA)
    assert (published.status, json.loads(message.body)) == (0, sent)
    assert published.err == "Left out, since no envelope of Praksis has it: colour.\n"


async def test_where_no_queue_takes_it_nothing_is_lost_in_silence(shell: CommandLine, vhost: str) -> None:
    async with await connect(vhost, timeout=10) as connection:
        await (await connection.channel()).declare_exchange(EVENTS, "topic", durable=True)
    at_bare_broker = shell.knowing(PRAKSIS_AMQP_URL=vhost)
    published = await at_bare_broker("events", "publish", "--json", "-", typed=lines(round_opened()))
    assert (published.status, published.document) == (1, {"events": 1, "published": [], "problems": []})
    assert published.err.startswith(f"No queue takes intake.RoundOpened.v1 (event {round_opened()['id']}).")
    assert "prepare" in published.err


async def test_without_the_exchange_nothing_can_be_published(shell: CommandLine, vhost: str) -> None:
    at_bare_broker = shell.knowing(PRAKSIS_AMQP_URL=vhost)
    published = await at_bare_broker("events", "publish", "-", typed=lines(round_opened()))
    assert published.status == 1
    assert published.out == "0 events of 1 published and confirmed.\n"
    assert published.err.startswith("RabbitMQ has no exchange praksis.events. `python -m <service>.prepare`")


async def test_an_interruption_leaves_only_whole_batches(at_broker: CommandLine, vhost: str) -> None:
    documents = [round_opened(number) for number in range(1, 5001)]
    async with Subscriber(vhost) as subscriber:
        running = await at_broker.start("events", "publish", "--json", "-")
        assert running.stdin is not None
        running.stdin.write(lines(*documents).encode())
        running.stdin.write_eof()
        await subscriber.first()
        running.send_signal(signal.SIGINT)
        interrupted = await finish(running)
        heard = await subscriber.heard()
    assert interrupted.status == 130
    published = interrupted.document["published"]
    assert published == [each["id"] for each in documents[: len(published)]]
    assert published[1:] == [str(decode(message.body).id) for message in heard]
    assert 0 < len(published) < len(documents)
    assert len(published) % 100 == 0


@pytest.mark.parametrize("command", ["validate", "publish"])
async def test_a_file_is_asked_for(shell: CommandLine, command: str) -> None:
    missing = await shell("events", command)
    assert (missing.status, missing.out) == (2, "")
    assert "Missing argument 'FILE'" in missing.err
    nowhere = await shell("events", command, "nowhere.json")
    assert (nowhere.status, nowhere.out, nowhere.err) == (
        2,
        "",
        "nowhere.json cannot be read: No such file or directory.\n",
    )
