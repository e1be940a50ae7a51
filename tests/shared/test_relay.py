"""What the relay does when the broker does not take an event, or takes nothing, or goes away."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest
from aio_pika import connect
from aio_pika.abc import AbstractChannel
from hypothesis import given
from hypothesis import strategies as st
from kernel_cases import HOME, Kernel, opened, running

from shared.database import Database
from shared.events.envelope import Envelope, decode, encode
from shared.events.lead import Lead
from shared.events.outgoing import BATCH, MOST_OF_ONE, Outgoing
from shared.events.sending import LARGEST, Outcome, Sending, _waves
from shared.events.topology import EVENTS, LOG, declare_generation, declare_shared, service_exchange


@pytest.fixture
async def kernel(database: Database, vhost: str) -> AsyncIterator[Kernel]:
    async with running(Kernel(database, vhost)) as kernel:
        yield kernel


@pytest.fixture
async def channel(vhost: str) -> AsyncIterator[AbstractChannel]:
    async with await connect(vhost, timeout=10) as connection:
        yield await connection.channel()


def envelope(number: int, subject: int, size: int = 1) -> Envelope:
    return Envelope(
        id=str(UUID(int=number)),
        source="intake",
        type="dk.praksis.intake.RoundOpened.v1",
        subject=f"round/{subject}",
        sequence=number + 1,
        time=datetime(2030, 1, 1, tzinfo=UTC),
        correlation_id=uuid4(),
        causation_id=None,
        traceparent=None,
        data={"filling": "x" * size},
    )


async def test_an_event_that_no_queue_takes_is_parked_with_its_reason(kernel: Kernel, channel: AbstractChannel) -> None:
    log = await channel.get_queue(LOG)
    await log.unbind(EVENTS, "#")
    await (await channel.get_exchange(service_exchange("intake", 1))).unbind(EVENTS, "intake.RoundOpened.v1")
    await kernel.publish(opened(1, "lost"), opened(2, "lost too"), opened(1, "behind"))

    async def parked() -> bool:
        return len(await kernel.rows("select 1 from intake.parked")) == 2

    await kernel.until(parked)
    columns = "outgoing, state, source, subject, sequence, type, reason, attempts"
    rows = await kernel.rows(f"select {columns} from intake.parked order by subject")
    type_name = "dk.praksis.intake.RoundOpened.v1"
    assert rows == [
        (True, "parked", "intake", f"round/{UUID(int=number)}", 1, type_name, "Unroutable", 1) for number in (1, 2)
    ]
    ((body,),) = await kernel.rows("select body from intake.parked order by subject limit 1")
    assert isinstance(body, bytes)
    assert decode(body).data["programme"] == "lost"
    await asyncio.sleep(1.5)  # a poll of the relay later, what stands behind still waits
    assert len(await kernel.rows("select 1 from intake.event where dispatched_at is null")) == 3

    await (await channel.get_exchange(service_exchange("intake", 1))).bind(EVENTS, "intake.RoundOpened.v1")
    await kernel.execute("delete from intake.parked")  # what an operator's retry does

    async def all_there() -> bool:
        return sorted(await kernel.effects()) == ["behind", "lost", "lost too"]

    await kernel.until(all_there)
    order = await kernel.effects()
    assert order.index("lost") < order.index("behind")


async def test_an_oversized_event_is_parked_and_others_go_on(kernel: Kernel) -> None:
    await kernel.publish(opened(1, "x" * LARGEST), opened(2, "small"))
    await kernel.until_effects("small")
    rows = await kernel.rows("select outgoing, state, reason, length(body) from intake.parked")
    assert [(outgoing, state, reason) for outgoing, state, reason, _ in rows] == [(True, "parked", "Oversized")]
    assert int(str(rows[0][3])) > LARGEST


async def test_the_largest_event_is_sent_and_one_byte_more_is_not(vhost: str, kernel: Kernel) -> None:
    filling = LARGEST - len(encode(envelope(1, 1, 0)))
    async with await connect(vhost, timeout=10) as broker:
        sending = await Sending.over(broker)
        outcomes = await sending.send([envelope(1, 1, filling), envelope(2, 2, filling + 1)])
    assert outcomes == [Outcome.CONFIRMED, Outcome.OVERSIZED]


async def test_what_follows_an_event_that_cannot_be_sent_is_not_sent(vhost: str, kernel: Kernel) -> None:
    batch = [envelope(1, 1), envelope(2, 1, LARGEST), envelope(3, 1), envelope(4, 2), envelope(5, 1)]
    async with await connect(vhost, timeout=10) as broker:
        outcomes = await (await Sending.over(broker)).send(batch)
    confirmed, unsent = Outcome.CONFIRMED, Outcome.UNSENT
    assert outcomes == [confirmed, Outcome.OVERSIZED, unsent, confirmed, unsent]


@pytest.mark.parametrize(("others", "of_the_crowd"), [(0, 50), (20, 50), (460, 40)])
async def test_subjects_take_turns_where_there_are_too_many_events_for_a_batch(
    database: Database, others: int, of_the_crowd: int
) -> None:
    connection = await asyncpg.connect(database.dsn, server_settings={"search_path": "intake"})
    async with database.work() as work:
        work.publish(*(opened(0, str(number)) for number in range(BATCH + 1)))
        work.publish(*(opened(subject, "other") for subject in range(1, others + 1)))
        await work.commit()
    batch = await Outgoing(Lead(connection, uuid4()), "intake", HOME).next_batch()
    await connection.close()
    crowd = [each.data["programme"] for each in batch if each.subject == f"round/{UUID(int=0)}"]
    assert crowd == [str(number) for number in range(of_the_crowd)]
    assert len(batch) == of_the_crowd + others


@pytest.mark.parametrize("room", [0, 1])
async def test_subjects_take_no_turns_where_a_batch_has_room_for_all(database: Database, room: int) -> None:
    connection = await asyncpg.connect(database.dsn, server_settings={"search_path": "intake"})
    async with database.work() as work:
        work.publish(*(opened(0, str(number)) for number in range(BATCH - room)))
        await work.commit()
    batch = await Outgoing(Lead(connection, uuid4()), "intake", HOME).next_batch()
    await connection.close()
    assert len(batch) == (BATCH - 1 if room else MOST_OF_ONE)


@given(st.lists(st.integers(0, 5), max_size=60))
def test_waves_hold_a_subject_once_and_keep_its_order(subjects: list[int]) -> None:
    batch = [envelope(number, subject) for number, subject in enumerate(subjects)]
    waves = list(_waves(batch))
    for wave in waves:
        assert len({each.subject for each in wave}) == len(wave)
    flat = [each for wave in waves for each in wave]
    for subject in set(subjects):
        own = [each.sequence for each in flat if each.subject == f"round/{subject}"]
        assert own == sorted(own)
    assert sorted(each.sequence for each in flat) == [each.sequence for each in batch]


async def test_a_lost_broker_connection_does_not_cost_the_lead(kernel: Kernel, channel: AbstractChannel) -> None:
    async def leads() -> bool:
        return kernel.relay.leads

    await kernel.until(leads)
    ((leader,),) = await kernel.rows(
        "select pid from pg_stat_activity where application_name = 'praksis-intake-relay'"
        " and datname = current_database()"
    )
    await channel.exchange_delete(EVENTS)  # the relay's channel is closed when it publishes next
    await kernel.publish(opened(1, "late"))
    await asyncio.sleep(1)
    assert kernel.relay.leads
    async with await connect(kernel.amqp_url, timeout=10) as connection:
        fresh = await connection.channel()
        await declare_shared(fresh, "intake")
        await declare_generation(fresh, "intake", 1, 1, kernel.handlers)
    await kernel.until_effects("late")
    assert await kernel.rows(f"select pid from pg_stat_activity where pid = {leader}") == [(leader,)]


async def test_what_is_committed_late_leaves_although_later_events_have_left(kernel: Kernel) -> None:
    """A position is taken when a row is written, not when it is committed: a reader that only looks ahead loses it."""
    async with kernel.database.work() as late, kernel.database.work() as soon:
        late.publish(opened(1, "late"))
        await late._append()  # its row is written now, and seen by nobody
        late._published.clear()
        soon.publish(opened(2, "soon"))
        await soon.commit()
        await kernel.until_effects("soon")
        await late.commit()
    await kernel.until_effects("soon", "late")
