"""From the log through a real broker into an effect: relay, topology and inbox together."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from aio_pika import Message, connect
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelPreconditionFailed
from kernel_cases import HOME, MOMENT, Kernel, opened, running
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import text

from shared.contracts.intake.rounds import RoundOpened
from shared.database import Database
from shared.errors import Refused
from shared.events.dead_letters import DeadLetters
from shared.events.envelope import CONTENT_TYPE, Envelope, decode, encode
from shared.events.failures import IMMEDIATE_ATTEMPTS, SCHEDULE, park
from shared.events.handlers import Handlers
from shared.events.inbox import SUSPICIOUS, Inbox
from shared.events.recovery.generations import prepare_generation
from shared.events.relay import Relay
from shared.events.retries import Retries
from shared.events.supervision import keep_running
from shared.events.topology import DELIVERY_LIMIT, EVENTS, declare_generation, declare_shared, service_queue
from shared.operations.commands import discard, retry
from shared.work import UnitOfWork


class Killed(BaseException):
    """Ends what runs, as the end of the process would: nothing in it gets to do anything about it."""


@pytest.fixture
async def kernel(database: Database, vhost: str) -> AsyncIterator[Kernel]:
    async with running(Kernel(database, vhost)) as kernel:
        yield kernel


@pytest.fixture
async def channel(vhost: str) -> AsyncIterator[AbstractChannel]:
    async with await connect(vhost, timeout=10) as connection:
        yield await connection.channel()


async def test_events_have_their_effect_in_the_order_of_the_log(kernel: Kernel) -> None:
    names = [f"programme-{number}" for number in range(700)]  # more than a batch of the relay, and than a prefetch
    await kernel.publish(*(opened(number % 7, name) for number, name in enumerate(names)))
    await kernel.until_effects(*names)
    assert await kernel.rows("select count(*) from intake.event where dispatched_at is null") == [(0,)]
    assert await kernel.rows("select count(*) from intake.received") == [(700,)]


async def test_a_second_delivery_has_no_second_effect(kernel: Kernel) -> None:
    await kernel.publish(opened(1, "first"), opened(2, "second"))
    await kernel.until_effects("first", "second")
    async with kernel.database.work() as work:
        await work.session.execute(text("update intake.event set dispatched_at = null"))
        await work.commit()
    await kernel.publish(opened(3, "third"))
    await kernel.until_effects("first", "second", "third")


async def test_two_sources_may_call_their_events_the_same(kernel: Kernel, channel: AbstractChannel) -> None:
    """Whether both are of Praksis or not, and whatever the id is; and each has its effect once."""
    for source, id in (("scheduling", "7"), ("https://elsewhere.dk", "7"), ("scheduling", "7"), ("scheduling", "x")):
        event = stray_event(opened(1, f"{source} {id}").model_dump(mode="json"))
        await send(channel, encode(replace(event, source=source, id=id)))
    await kernel.until_effects("scheduling 7", "https://elsewhere.dk 7", "scheduling x")


async def test_what_is_parked_of_one_source_is_not_that_of_another(kernel: Kernel, channel: AbstractChannel) -> None:
    for source in ("one", "two"):
        kernel.failures[source] = [Refused("no"), Refused("no")]
        event = stray_event(opened(1, source).model_dump(mode="json"))
        await send(channel, encode(replace(event, source=source, id="7")))

    async def parked() -> bool:
        rows = await kernel.rows("select source, event_id, state from intake.parked order by source")
        return rows == [("one", "7", "parked"), ("two", "7", "parked")]

    await kernel.until(parked)
    ((first,), _) = await kernel.rows("select id from intake.parked order by source")
    async with kernel.database.work() as work:
        await discard(work, UUID(str(first)), "an operator", "wrong")
        await work.commit()
    kernel.failures.clear()
    await kernel.execute("update intake.parked set state = 'retrying', retry_at = now()")
    await kernel.until_effects("two")
    assert await kernel.rows("select 1 from intake.parked") == []


async def test_the_same_event_twice_in_one_group_has_one_effect(kernel: Kernel, channel: AbstractChannel) -> None:
    body = await envelope_of(kernel, channel, "twins")
    for _ in range(50):
        await send(channel, body)
    await kernel.publish(opened(2, "last"))
    await kernel.until_effects("twins", "last")


async def test_only_the_guilty_one_is_parked(kernel: Kernel) -> None:
    kernel.failures["guilty"] = [RuntimeError("no") for _ in range(10)]
    await kernel.publish(*(opened(number, name) for number, name in enumerate(["a", "b", "guilty", "c", "d"])))
    await kernel.until_effects("a", "b", "c", "d")
    parked = await kernel.rows("select type, subject, reason, attempts from intake.parked")
    assert parked == [("dk.praksis.intake.RoundOpened.v1", f"round/{UUID(int=2)}", "RuntimeError", 3)]


async def test_a_passing_failure_is_tried_again(kernel: Kernel) -> None:
    kernel.failures["shaky"] = [RuntimeError("not yet"), RuntimeError("not yet")]
    await kernel.publish(opened(1, "shaky"))
    await kernel.until_effects("shaky")
    assert await kernel.rows("select reason from intake.parked") == []


async def test_later_events_of_a_subject_wait_behind_a_parked_one_and_are_released_in_order(kernel: Kernel) -> None:
    kernel.failures["guilty"] = [Refused("no"), Refused("no")]  # once in its group, once alone
    course = ["before", "guilty", "after", "and after that"]
    await kernel.publish(*(opened(1, name) for name in course), opened(2, "another subject"))
    await kernel.until_effects("before", "another subject")
    await kernel.publish(opened(1, "last"))
    await asyncio.sleep(0.5)
    states = await kernel.rows("select state, sequence from intake.parked order by sequence")
    assert states == [("parked", 2), ("waiting", 3), ("waiting", 4), ("waiting", 5)]
    ((failure,),) = await kernel.rows("select id from intake.parked where state = 'parked'")
    async with kernel.database.work() as work:
        await retry(work, UUID(str(failure)), "an operator")
        await work.commit()
    await kernel.until_effects("before", "another subject", "guilty", "after", "and after that", "last")
    assert await kernel.rows("select 1 from intake.parked") == []


async def test_what_fails_for_a_while_is_tried_again_on_a_schedule(kernel: Kernel) -> None:
    kernel.failures["shaky"] = [RuntimeError("down") for _ in range(5)]  # in its group, three times alone, once later
    await kernel.publish(opened(1, "shaky"), opened(1, "behind"))

    async def retrying() -> bool:
        return await kernel.rows("select state, attempts from intake.parked where sequence = 1") == [("retrying", 3)]

    await kernel.until(retrying)
    ((pause,),) = await kernel.rows(
        "select extract(epoch from retry_at - last_failed_at)::float from intake.parked limit 1"
    )
    assert 5 <= float(str(pause)) <= 6
    for attempts in (4, 5):
        await kernel.execute("update intake.parked set retry_at = now() where state = 'retrying'")

        async def tried(so_often: int = attempts) -> bool:
            rows = await kernel.rows("select attempts from intake.parked where sequence = 1")
            return rows == [(so_often,)] or rows == []

        await kernel.until(tried)
    await kernel.until_effects("shaky", "behind")
    assert await kernel.rows("select 1 from intake.parked") == []


async def test_what_never_succeeds_is_left_to_an_operator_in_the_end(kernel: Kernel) -> None:
    kernel.failures["never"] = [RuntimeError("no") for _ in range(100)]
    await kernel.publish(opened(1, "never"))

    async def given_up() -> bool:
        await kernel.execute("update intake.parked set retry_at = now() where state = 'retrying'")
        return await kernel.rows("select state, reason from intake.parked") == [("parked", "RuntimeError")]

    await kernel.until(given_up, seconds=30)
    assert await kernel.rows("select attempts, retry_at from intake.parked") == [(9, None)]
    assert await kernel.effects() == []


async def test_a_parked_event_that_comes_again_stays_one(kernel: Kernel, channel: AbstractChannel) -> None:
    kernel.failures["refused"] = [Refused("no") for _ in range(20)]
    body = await envelope_of(kernel, channel, "refused")
    await send(channel, body)
    await send(channel, body)
    await kernel.publish(opened(2, "neighbour"))
    await kernel.until_effects("neighbour")
    assert await kernel.rows("select state, attempts from intake.parked") == [("parked", 1)]


async def test_a_refusal_is_parked_at_once_with_its_reason(kernel: Kernel) -> None:
    kernel.failures["refused"] = [Refused("round-unknown"), Refused("round-unknown"), RuntimeError("a third try")]
    await kernel.publish(opened(1, "refused"), opened(2, "good"))
    await kernel.until_effects("good")
    assert await kernel.rows("select reason, attempts from intake.parked") == [("Refused: round-unknown", 1)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"not json at all", "Malformed: not JSON"),
        (b"[1, 2]", "Malformed: not a CloudEvent of version 1.0"),
        (b'{"specversion": "1.0"}', "Malformed: attribute 'id' is missing"),
        (b"\xff\xfe\x00", "Malformed: not JSON"),
        (b"", "Malformed: not JSON"),
    ],
)
async def test_what_is_no_event_is_parked_with_its_body(
    kernel: Kernel, channel: AbstractChannel, body: bytes, reason: str
) -> None:
    await send(channel, body)
    await kernel.publish(opened(2, "neighbour"))
    await kernel.until_effects("neighbour")
    await kernel.until(lambda: kernel.rows("select 1 from intake.parked"))
    ((kept, why, event_id),) = await kernel.rows("select body, reason, event_id from intake.parked")
    assert (kept, event_id) == (body, None)
    assert str(why).startswith(reason)


async def test_what_is_no_event_is_kept_once_however_often_it_comes(kernel: Kernel, channel: AbstractChannel) -> None:
    for name in ("first", "second"):
        await send(channel, b"no event")
        await kernel.publish(opened(1, name))
    await kernel.until_effects("first", "second")
    ((failure,),) = await kernel.rows("select id from intake.parked")
    async with kernel.database.work() as work:
        await discard(work, UUID(str(failure)), "an operator", "no event")
        await work.commit()
    await send(channel, b"no event")
    await kernel.publish(opened(1, "third"))
    await kernel.until_effects("first", "second", "third")
    assert await kernel.rows("select 1 from intake.parked") == []


async def test_an_event_that_cannot_be_set_apart_is_parked_and_harms_no_other(database: Database) -> None:
    """Half a character can be read in JSON, and written nowhere."""
    handlers = Handlers()
    effects = []

    @handlers(RoundOpened)
    async def react(event: RoundOpened, work: UnitOfWork) -> None:
        effects.append(event.programme)

    good = encode(stray_event(opened(1, "good").model_dump(mode="json")))
    bad = another(good).replace(b'"programme":"good"', b'"programme":"\\ud800"').replace(b"round/1", b"round/2")
    inbox = Inbox(database=database, handlers=handlers)
    await inbox.handle_group([bad, good], SUSPICIOUS)
    async with database.work() as work:
        parked = await work.session.execute(text("select state, subject, reason, body from intake.parked"))
        assert [tuple(row) for row in parked] == [("parked", "round/2", "UnicodeEncodeError", bad)]
    assert effects == ["good"]


async def test_what_was_in_hand_with_an_event_that_ends_its_process_is_known_before_that_is_tried(
    database: Database,
) -> None:
    handlers = Handlers()
    effects = []

    @handlers(RoundOpened)
    async def react(event: RoundOpened, work: UnitOfWork) -> None:
        if event.programme == "deadly":
            raise Killed
        effects.append(event.programme)

    course = [(1, "first"), (2, "deadly"), (1, "second"), (3, "third"), (2, "fourth"), (3, "fifth")]
    bodies = [
        encode(
            replace(stray_event(opened(subject, name).model_dump(mode="json")), subject=f"round/{subject}", sequence=n)
        )
        for n, (subject, name) in enumerate(course, start=1)
    ]
    inbox = Inbox(database=database, handlers=handlers)
    with pytest.raises(Killed):
        await inbox.handle_group([*bodies, b"no event"], SUSPICIOUS)
    states = text("select state, subject, sequence from intake.parked order by sequence nulls first")
    known = [
        ("parked", None, None),
        ("retrying", "round/2", 2),
        ("waiting", "round/1", 3),
        ("retrying", "round/3", 4),
        ("waiting", "round/2", 5),
        ("waiting", "round/3", 6),
    ]
    async with database.work() as work:
        assert [tuple(row) for row in await work.session.execute(states)] == known
    await inbox.handle_group(bodies, SUSPICIOUS + 1)
    async with database.work() as work:
        assert [tuple(row) for row in await work.session.execute(states)] == known
    assert effects == ["first"]


async def test_a_retry_that_ends_its_process_is_counted_and_left_to_an_operator(database: Database) -> None:
    handlers = Handlers()

    @handlers(RoundOpened)
    async def end_the_process(event: RoundOpened, work: UnitOfWork) -> None:
        raise Killed

    event = stray_event(opened(1).model_dump(mode="json"))
    async with database.work() as work:
        await park(work, database.tables, encode(event), RuntimeError(), 3)
        await work.commit()
    ended = 0
    for _ in range(20):
        async with database.work() as work:
            await work.session.execute(
                text("update intake.parked set retry_at = now() - interval '1 s' where state = 'retrying'")
            )
            await work.commit()
        try:
            await Retries(database=database, handlers=handlers).retry_next()
        except Killed:
            ended += 1
    assert ended == len(SCHEDULE)
    async with database.work() as work:
        rows = await work.session.execute(text("select state, reason, attempts, retry_at from intake.parked"))
        assert [tuple(row) for row in rows] == [("parked", "Interrupted", 3 + len(SCHEDULE), None)]


def stray_event(data: dict[str, Any]) -> Envelope:
    return Envelope(
        id=str(uuid4()),
        source="intake",
        type=RoundOpened.type_name(),
        subject="round/1",
        sequence=1,
        time=MOMENT,
        correlation_id=uuid4(),
        causation_id=None,
        traceparent=None,
        data=data,
    )


async def test_what_the_broker_gives_up_on_is_tried_again_on_the_schedule(database: Database, vhost: str) -> None:
    await prepare_generation(database, vhost, Handlers())
    event = stray_event({})
    async with await connect(vhost, timeout=10) as connection:
        await send(await connection.channel(), encode(event))
    for _ in range(DELIVERY_LIMIT + 1):  # a process that takes it and dies before it acknowledges
        async with await connect(vhost, timeout=10) as connection:
            taken: asyncio.Queue[object] = asyncio.Queue()
            queue = await (await connection.channel()).get_queue(service_queue("intake", 1, 1))
            await queue.consume(taken.put, timeout=10)
            await asyncio.wait_for(taken.get(), 10)
    stop = asyncio.Event()
    running = asyncio.create_task(DeadLetters(database=database, amqp_url=vhost).run(stop))
    statement = text("select event_id, state, reason, attempts from intake.parked")
    async with asyncio.timeout(20):
        parked: list[tuple[object, ...]] = []
        while not parked:
            async with database.work() as work:
                parked = [tuple(row) for row in await work.session.execute(statement)]
            await asyncio.sleep(0.05)
    assert parked == [(event.id, "retrying", "GivenUp", IMMEDIATE_ATTEMPTS)]
    stop.set()
    await running


async def test_an_event_whose_data_do_not_fit_is_parked(kernel: Kernel, channel: AbstractChannel) -> None:
    body = await envelope_of(kernel, channel, "fits")
    await kernel.until_effects("fits")
    await send(channel, another(body).replace(b'"closes_at"', b'"clozes_at"'))
    await kernel.publish(opened(2, "neighbour"))
    await kernel.until_effects("fits", "neighbour")
    assert await kernel.rows("select reason, attempts from intake.parked") == [
        ("ValidationError: closes_at (missing)", 1)
    ]


async def test_an_event_that_nobody_reacts_to_is_seen_and_done(kernel: Kernel, channel: AbstractChannel) -> None:
    body = await envelope_of(kernel, channel, "known")
    await kernel.until_effects("known")
    await send(channel, another(body).replace(b"RoundOpened.v1", b"RoundForgotten.v9"))
    await kernel.publish(opened(2, "neighbour"))
    await kernel.until_effects("known", "neighbour")
    assert await kernel.rows("select reason from intake.parked") == []


async def test_a_message_says_what_it_is(kernel: Kernel, channel: AbstractChannel) -> None:
    queue = await channel.declare_queue(exclusive=True)
    await queue.bind(EVENTS, "intake.RoundOpened.v1")
    await kernel.publish(opened(1, "seen"))
    message = await queue.get(timeout=10, fail=False) or await later(queue)
    envelope = decode(message.body)
    assert (message.content_type, message.type, message.message_id) == (CONTENT_TYPE, envelope.type, envelope.id)
    assert int(message.delivery_mode or 0) == 2
    assert message.correlation_id == str(envelope.correlation_id)
    assert message.headers == {"partitionkey": envelope.subject}
    assert (envelope.source, envelope.subject, envelope.sequence) == ("intake", f"round/{UUID(int=1)}", 1)


async def test_a_message_continues_the_trace_of_its_event(kernel: Kernel, channel: AbstractChannel) -> None:
    """For clients of others, which read headers and no envelopes."""
    queue = await channel.declare_queue(exclusive=True)
    await queue.bind(EVENTS, "intake.RoundOpened.v1")
    with TracerProvider().get_tracer("test").start_as_current_span("request") as span:
        await kernel.publish(opened(1, "traced"))
    message = await later(queue)
    envelope = decode(message.body)
    assert f"{span.get_span_context().trace_id:032x}" in str(envelope.traceparent)
    assert message.headers == {"partitionkey": envelope.subject, "traceparent": envelope.traceparent}


async def test_a_message_says_where_everybody_finds_its_schema(kernel: Kernel, channel: AbstractChannel) -> None:
    queue = await channel.declare_queue(exclusive=True)
    await queue.bind(EVENTS, "intake.RoundOpened.v1")
    await kernel.publish(opened(1, "described"))
    told = json.loads((await later(queue)).body)["dataschema"]
    assert told == f"{HOME}/contracts/intake.RoundOpened.v1.json"


async def test_a_standby_takes_the_lead_within_five_seconds(kernel: Kernel) -> None:
    standby = Relay(database=kernel.database, amqp_url=kernel.amqp_url, home=HOME)
    stop = asyncio.Event()

    async def leads() -> bool:
        return kernel.relay.leads

    await kernel.until(leads)
    running = asyncio.create_task(keep_running("standby", lambda: standby.run(stop), stop))
    await asyncio.sleep(0.5)
    assert not standby.leads
    kernel.stop.set()

    async def taken_over() -> bool:
        return standby.leads

    await kernel.until(taken_over, seconds=5)
    await kernel.publish(opened(1, "after the change of the guard"))

    async def sent() -> bool:
        return await kernel.rows("select 1 from intake.event where dispatched_at is null") == []

    await kernel.until(sent)
    stop.set()
    await running


async def test_the_topology_can_be_declared_again_but_not_changed(channel: AbstractChannel) -> None:
    for _ in range(2):
        await declare_shared(channel, "intake")
        await declare_generation(channel, "intake", 1, 1, Handlers())
    with pytest.raises(ChannelPreconditionFailed):
        await channel.declare_queue(service_queue("intake", 1, 1), durable=True, arguments={"x-queue-type": "quorum"})


async def envelope_of(kernel: Kernel, channel: AbstractChannel, programme: str) -> bytes:
    """The body of a real event, as the relay sent it."""
    queue = await channel.declare_queue(exclusive=True)
    await queue.bind(EVENTS, "#")
    await kernel.publish(opened(1, programme))
    return (await later(queue)).body


def another(body: bytes) -> bytes:
    """The same event under an id of its own."""
    return body.replace(decode(body).id.encode(), str(uuid4()).encode())


async def later(queue: object) -> Message:
    async with asyncio.timeout(10):
        while (message := await queue.get(fail=False, no_ack=True)) is None:  # type: ignore[attr-defined]
            await asyncio.sleep(0.02)
    return message  # type: ignore[no-any-return]


async def send(channel: AbstractChannel, body: bytes) -> None:
    await channel.default_exchange.publish(Message(body), service_queue("intake", 1, 1), mandatory=True, timeout=10)
