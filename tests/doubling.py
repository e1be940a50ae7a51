"""Delivers every event a second time, straight into the queues of the services that react to it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aio_pika import Message, connect
from aio_pika.abc import AbstractIncomingMessage

import reporting.worker
import scheduling.worker
from shared.events.topology import EVENTS, service_exchange

HANDLERS = {"scheduling": scheduling.worker.handlers, "reporting": reporting.worker.handlers}


@contextmanager
def doubled_events(amqp_url: str) -> Iterator[list[str]]:
    """While the context lasts; gives the list of the routing keys that have been doubled so far."""
    doubled: list[str] = []
    ready, stop = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_double(amqp_url, doubled, ready, stop)))
    thread.start()
    assert ready.wait(10)
    try:
        yield doubled
    finally:
        stop.set()
        thread.join(10)


async def _double(amqp_url: str, doubled: list[str], ready: threading.Event, stop: threading.Event) -> None:
    async with await connect(amqp_url, timeout=10) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(EVENTS, "#")

        async def deliver_again(message: AbstractIncomingMessage) -> None:
            for service, handlers in HANDLERS.items():
                if handlers.of(f"dk.praksis.{message.routing_key}"):
                    again = Message(
                        message.body,
                        content_type=message.content_type,
                        message_id=message.message_id,
                        headers=message.headers,
                    )
                    queues = await channel.get_exchange(service_exchange(service, 1), ensure=False)
                    await queues.publish(again, str(message.routing_key), mandatory=True, timeout=10)
            doubled.append(str(message.routing_key))

        await queue.consume(deliver_again, no_ack=True, timeout=10)
        ready.set()
        await asyncio.to_thread(stop.wait)
