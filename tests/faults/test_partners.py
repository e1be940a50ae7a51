"""What queues of other systems do to the events of the services: nothing."""

from aio_pika import connect
from faults.size import events
from faults.stage import Stage
from pamqp.common import FieldTable

from shared.events.recovery.log_stream import FIRST, read_log
from shared.events.topology import EVENTS


async def test_a_full_queue_that_refuses_holds_up_nobody_and_nothing_stands_in_the_log_twice(stage: Stage) -> None:
    async with await connect(stage.amqp_url, timeout=10) as broker:
        arguments: FieldTable = {"x-queue-type": "quorum", "x-max-length": 5, "x-overflow": "reject-publish"}
        partner = await (await broker.channel()).declare_queue("partner", durable=True, arguments=arguments)
        await partner.bind(EVENTS, "#")
    worker = stage.start_worker()
    async with stage.load(events(300)):
        await stage.until_effects(100)
    await stage.ledger.check()
    logged = [entry.body async for entries in read_log(stage.amqp_url, FIRST) for entry in entries]
    (told,) = await stage.ledger.row("select count(*) from intake.event")
    assert (len(logged), len(set(logged))) == (told, told)
    assert worker.lines("interrupted") == []
