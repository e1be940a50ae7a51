"""Queues by partition: another number of them, lost ones, and the log read again, without loss and out of no order."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator

import pytest
from aio_pika import Message, connect
from kernel_cases import Kernel, loops, opened, running

from shared.database import Database
from shared.events.recovery.generations import generations, prepare_generation, queues
from shared.events.recovery.replay import progress_of
from shared.events.topology import EVENTS, MARK, PARTITION_KEY, TICK, service_queue

SUBJECTS = 12


@pytest.fixture
async def kernel(database: Database, vhost: str) -> AsyncIterator[Kernel]:
    async with running(Kernel(database, vhost)) as kernel:
        yield kernel


async def publish_numbered(kernel: Kernel, numbers: range) -> None:
    for number in numbers:
        await kernel.publish(opened(number % SUBJECTS, str(number)))


async def assert_each_once_and_in_order(kernel: Kernel, count: int) -> None:
    async def there() -> bool:
        return len(await kernel.effects()) >= count

    await kernel.until(there, seconds=60)
    await asyncio.sleep(0.3)  # one too many would come now
    effects = [int(effect) for effect in await kernel.effects()]
    by_subject: dict[int, list[int]] = defaultdict(list)
    for number in effects:
        by_subject[number % SUBJECTS].append(number)
    assert by_subject == {subject: list(range(subject, count, SUBJECTS)) for subject in range(SUBJECTS)}


async def test_the_first_generation_has_one_queue(kernel: Kernel) -> None:
    assert queues("intake", await generations(kernel.database)) == ("praksis.intake.1.1",)


async def test_preparing_again_changes_nothing(kernel: Kernel) -> None:
    before = await generations(kernel.database)
    await prepare_generation(kernel.database, kernel.amqp_url, kernel.handlers)
    await prepare_generation(kernel.database, kernel.amqp_url, kernel.handlers, partitions=1)
    after = await generations(kernel.database)
    assert [(each.number, each.partitions, each.undrained) for each in after] == [(1, 1, (1,))]
    assert before[0].number == after[0].number


async def test_the_number_of_partitions_changes_under_load(kernel: Kernel) -> None:
    writing = asyncio.create_task(publish_numbered(kernel, range(240)))
    for partitions in (4, 2, 1):
        await asyncio.sleep(0.3)
        await prepare_generation(kernel.database, kernel.amqp_url, kernel.handlers, partitions)
    await writing
    await assert_each_once_and_in_order(kernel, 240)

    async def emptied() -> bool:
        return queues("intake", await generations(kernel.database)) == ("praksis.intake.4.1",)

    await kernel.until(emptied)
    async with await connect(kernel.amqp_url, timeout=10) as broker:
        for generation, partitions in ((1, 1), (2, 4), (3, 2)):
            for number in range(1, partitions + 1):
                assert not await exists(broker, service_queue("intake", generation, number))


async def test_events_of_a_subject_go_to_one_queue_and_all_queues_are_used(kernel: Kernel) -> None:
    await prepare_generation(kernel.database, kernel.amqp_url, kernel.handlers, partitions=4)
    kernel.stop.set()  # the inbox must not empty them
    await asyncio.sleep(0.5)
    kernel.stop.clear()
    relaying = asyncio.create_task(kernel.relay.run(kernel.stop))
    await kernel.publish(*(opened(number % 40, str(number)) for number in range(200)))

    async def sent() -> bool:
        return await kernel.rows("select 1 from intake.event where dispatched_at is null") == []

    await kernel.until(sent)
    counts = []
    async with await connect(kernel.amqp_url, timeout=10) as broker:
        channel = await broker.channel()
        for number in range(1, 5):
            queue = await channel.declare_queue(service_queue("intake", 2, number), passive=True)
            counts.append(queue.declaration_result.message_count or 0)
    assert sum(counts) == 200
    assert [count % 5 for count in counts] == [0, 0, 0, 0]  # five of each subject, together
    assert min(counts) > 0
    kernel.stop.set()
    await relaying


async def test_a_lost_queue_is_made_anew_and_filled_from_the_log(kernel: Kernel) -> None:
    await publish_numbered(kernel, range(60))
    await assert_each_once_and_in_order(kernel, 60)
    async with await connect(kernel.amqp_url, timeout=10) as broker:
        writing = asyncio.create_task(publish_numbered(kernel, range(60, 180)))
        await asyncio.sleep(0.1)
        await (await broker.channel()).queue_delete(service_queue("intake", 1, 1))
        await writing
    await assert_each_once_and_in_order(kernel, 180)
    assert queues("intake", await generations(kernel.database)) == ("praksis.intake.2.1",)


async def test_what_only_calls_itself_a_mark_or_a_tick_is_a_malformed_event(kernel: Kernel) -> None:
    await publish_numbered(kernel, range(12))
    async with await connect(kernel.amqp_url, timeout=10) as broker:
        events = await (await broker.channel()).get_exchange(EVENTS, ensure=False)
        for name, id in ((MARK, None), (TICK, None), (TICK, "no UUID")):
            forged = Message(
                name.encode() + (id or "").encode(), type=name, message_id=id, headers={PARTITION_KEY: "x"}
            )
            await events.publish(forged, "intake.RoundOpened.v1")
    await publish_numbered(kernel, range(12, 24))
    await assert_each_once_and_in_order(kernel, 24)
    assert (
        await kernel.rows("select reason, type from intake.parked")
        == [("Malformed: not JSON: JSONDecodeError", None)] * 3
    )
    assert queues("intake", await generations(kernel.database)) == ("praksis.intake.1.1",)


@pytest.mark.parametrize("partitions", [1, 2])
async def test_the_newest_generation_noted_as_emptied_gives_way_to_another(
    database: Database, vhost: str, partitions: int
) -> None:
    first = Kernel(database, vhost)
    await prepare_generation(database, vhost, first.handlers, partitions)
    async with running(first):
        await publish_numbered(first, range(24))
        await assert_each_once_and_in_order(first, 24)
    await first.execute("update intake.partition set drained_at = now() where number = 1")
    second = Kernel(database, vhost)
    await publish_numbered(second, range(24, 48))
    async with running(second):
        await assert_each_once_and_in_order(second, 48)
        newest = (await generations(database))[-1]
        assert (newest.number, newest.undrained) == (2, tuple(range(1, partitions + 1)))


async def test_a_queue_lost_while_nobody_consumes_is_noticed_at_the_start(database: Database, vhost: str) -> None:
    first = Kernel(database, vhost)
    async with running(first):
        await publish_numbered(first, range(24))
        await assert_each_once_and_in_order(first, 24)
    async with await connect(vhost, timeout=10) as broker:
        await (await broker.channel()).queue_delete(service_queue("intake", 1, 1))
    second = Kernel(database, vhost)
    await publish_numbered(second, range(24, 48))
    async with running(second):
        await assert_each_once_and_in_order(second, 48)


@pytest.mark.parametrize("prepared", [False, True], ids=["noticed by the worker", "noticed when it is prepared"])
@pytest.mark.parametrize("lost", [(1,), (2,), (1, 2)])
async def test_a_queue_of_an_old_generation_lost_before_it_is_drained_is_filled_from_the_log(
    database: Database, vhost: str, lost: tuple[int, ...], prepared: bool
) -> None:
    """What the other one holds comes first still, and nothing newer overtakes it."""
    first, relaying, second = (Kernel(database, vhost) for _ in range(3))
    await prepare_generation(database, vhost, first.handlers, partitions=2)
    async with running(first):
        await publish_numbered(first, range(24))
        await assert_each_once_and_in_order(first, 24)
    task = asyncio.create_task(relaying.relay.run(relaying.stop))
    await publish_numbered(relaying, range(24, 60))
    await relaying.until(lambda: all_sent(relaying))
    await prepare_generation(database, vhost, first.handlers, partitions=3)
    await publish_numbered(relaying, range(60, 96))
    await relaying.until(lambda: all_sent(relaying))
    relaying.stop.set()
    await asyncio.wait_for(task, 20)
    async with await connect(vhost, timeout=10) as broker:
        for number in lost:
            await (await broker.channel()).queue_delete(service_queue("intake", 1, number))
    if prepared:
        await prepare_generation(database, vhost, second.handlers)
    async with loops(second):
        await publish_numbered(second, range(96, 120))
        await assert_each_once_and_in_order(second, 120)
        assert [(each.number, each.partitions) for each in await generations(database)] == [(2, 3)]


async def all_sent(kernel: Kernel) -> bool:
    return await kernel.rows("select 1 from intake.event where dispatched_at is null") == []


async def test_a_late_service_reads_the_log_from_its_first_event(kernel: Kernel) -> None:
    await publish_numbered(kernel, range(36))
    await assert_each_once_and_in_order(kernel, 36)
    for table in ("effect", "received", "partition", "generation"):
        await kernel.execute(f"delete from intake.{table}")  # as if the service had never been there
    await prepare_generation(kernel.database, kernel.amqp_url, kernel.handlers)
    late = Kernel(kernel.database, kernel.amqp_url)
    kernel.stop.set()
    async with loops(late):
        await publish_numbered(late, range(36, 60))
        await assert_each_once_and_in_order(late, 60)


async def test_reading_the_log_again_has_no_second_effect_and_heals_what_was_missed(kernel: Kernel) -> None:
    await publish_numbered(kernel, range(24))
    await assert_each_once_and_in_order(kernel, 24)
    await kernel.execute("delete from intake.effect where what = '23'")
    await kernel.execute(
        "delete from intake.received where identity = encode(substring(sha256(convert_to((select E'intake\\n' || id"
        " from intake.event order by position desc limit 1), 'UTF8')) from 1 for 16), 'hex')::uuid"
    )
    await prepare_generation(kernel.database, kernel.amqp_url, kernel.handlers, replay_from="first")
    await assert_each_once_and_in_order(kernel, 24)
    assert await kernel.rows("select projection, events, total from intake.rebuild") == [("inbox", 24, 24)]


async def test_a_replay_begins_at_a_moment(kernel: Kernel) -> None:
    await publish_numbered(kernel, range(10))
    await kernel.until_effects(*(str(number) for number in range(10)))
    ((moment,),) = await kernel.rows(
        "select to_char(time at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') from intake.event"
        " order by position offset 6 limit 1"
    )
    await kernel.execute("delete from intake.effect")
    await kernel.execute("delete from intake.received")
    await prepare_generation(kernel.database, kernel.amqp_url, kernel.handlers, replay_from=str(moment))
    await kernel.until_effects("6", "7", "8", "9")


@pytest.mark.parametrize("start", ["2999-01-01T00:00+00:00", "next", "yesterday", "-1"])
async def test_a_replay_from_the_future_or_from_nowhere_is_refused(kernel: Kernel, start: str) -> None:
    with pytest.raises(ValueError, match=r"begins in the past|is neither"):
        await prepare_generation(kernel.database, kernel.amqp_url, kernel.handlers, replay_from=start)
    assert [each.number for each in await generations(kernel.database)] == [1]


@pytest.mark.parametrize(("start", "events"), [("1999-01-01", 12), ("first", 12), ("100000", 0)])
async def test_a_replay_from_before_the_first_event_begins_with_it_and_one_from_beyond_the_last_is_empty(
    kernel: Kernel, start: str, events: int
) -> None:
    await publish_numbered(kernel, range(12))
    await assert_each_once_and_in_order(kernel, 12)
    await prepare_generation(kernel.database, kernel.amqp_url, kernel.handlers, replay_from=start)

    async def replayed() -> bool:
        return (await generations(kernel.database))[-1].replay_from is None

    await kernel.until(replayed)
    progress = await progress_of(kernel.database, "inbox")
    assert progress is not None
    assert (progress.events, progress.total) == (events, events)
    await assert_each_once_and_in_order(kernel, 12)


async def test_two_workers_prepare_at_once(kernel: Kernel) -> None:
    await asyncio.gather(
        *(prepare_generation(kernel.database, kernel.amqp_url, kernel.handlers, partitions) for partitions in (3, 3, 3))
    )
    found = await generations(kernel.database)
    assert [(each.number, each.partitions) for each in found][-1] == (2, 3)
    await publish_numbered(kernel, range(24))
    await assert_each_once_and_in_order(kernel, 24)


async def test_two_workers_share_the_partitions(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.events.recovery.shares.LOOK_EVERY", 0.3)
    await prepare_generation(kernel.database, kernel.amqp_url, kernel.handlers, partitions=4)
    other = Kernel(kernel.database, kernel.amqp_url)
    published = 0

    async def both_at_work() -> bool:
        nonlocal published
        handled = kernel.handled, other.handled
        await publish_numbered(kernel, range(published, published + SUBJECTS))
        published += SUBJECTS
        await asyncio.sleep(0.3)
        return kernel.handled > handled[0] and other.handled > handled[1]

    async with loops(other):
        await kernel.until(both_at_work, seconds=60)
        await assert_each_once_and_in_order(kernel, published)


async def exists(broker: object, name: str) -> bool:
    channel = await broker.channel()  # type: ignore[attr-defined]
    try:
        await channel.get_queue(name, ensure=True)
    except Exception:
        return False
    await channel.close()
    return True
