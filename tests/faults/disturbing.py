"""Makes this process go wrong as its plan says, by replacing functions of the kernel with wrapped ones.

Nothing in the kernel knows of it.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from functools import partial, wraps
from importlib import import_module
from typing import Any

import aio_pika
import aiormq
from faults.plan import Act, Broken, Disturbance, Plan, Step

import shared.events.consumer
import shared.events.consumption
import shared.events.dead_letters
import shared.events.journal
import shared.events.relay
import shared.worker
from shared.events.dead_letters import DeadLetters
from shared.events.effects import Effects
from shared.events.inbox import Inbox
from shared.events.lead import Lead
from shared.events.outgoing import Outgoing
from shared.events.sending import Outcome, Sending


def disturb(plan: Plan) -> Callable[[], None]:
    """Change this process for good; returns what its handlers call when an effect has been written."""
    _name_connections()
    for name, value in plan.constants.items():
        module, _, constant = name.rpartition(".")
        setattr(import_module(module), constant, value)
    if not plan.relays:
        setattr(shared.worker, "Relay", _Idle)  # noqa: B010 (it is not for others to import from there)
    if not plan.consumes:
        setattr(shared.worker, "Consumer", _Idle)  # noqa: B010
    if plan.second_leader:
        Lead.take = _take_part  # type: ignore[method-assign]
    if plan.dead_letters_after:
        DeadLetters.run = _late(DeadLetters.run, plan.dead_letters_after)  # type: ignore[method-assign]
    if plan.broken is not None:
        _break(plan.broken)
    return _hook(plan.disturbance) if plan.disturbance else lambda: None


def _name_connections() -> None:
    """So that a test can close one of them from the broker's side."""
    modules = {"relay": shared.events.relay, "inbox": shared.events.consumer, "dead": shared.events.dead_letters}
    for name, module in modules.items():
        module.connect = partial(aio_pika.connect, client_properties={"connection_name": name})  # type: ignore[attr-defined]


class _Idle:
    """Stands where a relay or a consumer would."""

    leads = consuming = False
    queues = ()

    def __init__(self, **_: object) -> None:
        pass

    async def run(self, stop: Any) -> None:
        await stop.wait()


def _late(run: Any, seconds: float) -> Any:
    async def wrapped(self: DeadLetters, stop: Any) -> None:
        await asyncio.sleep(seconds)
        await run(self, stop)

    return wrapped


async def _take_part(self: Lead) -> bool:
    """Lead by the lease that another has, so that neither notices."""
    return await self._hold(_SHARED_LEAD, self._holder)


_SHARED_LEAD = """
insert into lead (holder, number, until) values ($1, 1, clock_timestamp() + make_interval(secs => $2))
on conflict (singleton) do update set until = excluded.until returning number
"""


def _hook(disturbance: Disturbance) -> Callable[[], None]:
    """Put the disturbance where it belongs; inside a handler, that is where the handler calls it."""
    left = disturbance.nth

    def reached() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            _do(disturbance)

    match disturbance.step:
        case Step.BATCH_READ:
            _after(Outgoing, "next_batch", reached, when=bool)
        case Step.UNPUBLISHED:
            _before(aiormq.Channel, "basic_publish", reached)
        case Step.UNCONFIRMED:
            _before(aiormq.Channel, "_on_confirm_frame", reached)
        case Step.UNMARKED:
            _after(Sending, "send", reached)
        case Step.MARKED:
            _after(Outgoing, "settle", reached)
        case Step.DELIVERED:
            _before(Inbox, "handle_group", reached)
        case Step.HANDLING:
            return reached
        case Step.UNCOMMITTED:
            _after(Effects, "of_unseen", reached)
        case Step.COMMITTED:
            _after(Inbox, "handle_group", reached)
        case Step.ACKNOWLEDGED:
            _after(aiormq.Channel, "basic_ack", reached)
    return lambda: None


def _do(disturbance: Disturbance) -> None:
    match disturbance.act:
        case Act.KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        case Act.PAUSE:
            os.kill(os.getpid(), signal.SIGSTOP)
        case Act.SLEEP:
            time.sleep(disturbance.seconds)


def _before(owner: type, name: str, call: Callable[[], None]) -> None:
    original = getattr(owner, name)

    @wraps(original)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        call()
        return await original(*args, **kwargs)

    setattr(owner, name, wrapped)


def _after(owner: type, name: str, call: Callable[[], None], when: Callable[[Any], bool] = lambda _: True) -> None:
    original = getattr(owner, name)

    @wraps(original)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = await original(*args, **kwargs)
        if when(result):
            call()
        return result

    setattr(owner, name, wrapped)


def _break(mechanism: Broken) -> None:
    match mechanism:
        case Broken.ACKNOWLEDGEMENT_AFTER_COMMIT:
            acknowledge = aiormq.Channel.basic_ack
            shared.events.consumption._next_group = _acknowledging(shared.events.consumption._next_group, acknowledge)
            aiormq.Channel.basic_ack = _nothing  # type: ignore[method-assign]
        case Broken.MARK_AFTER_CONFIRM:
            Outgoing.next_batch = _marking(Outgoing.next_batch)  # type: ignore[method-assign]
        case Broken.DEDUPLICATION:
            shared.events.journal.note = _everything_is_new  # type: ignore[assignment]


def _acknowledging(next_group: Any, acknowledge: Any) -> Any:
    async def wrapped(*arguments: Any) -> Any:
        if group := await next_group(*arguments):
            await acknowledge(group[-1].channel, group[-1].delivery_tag, multiple=True)
            await asyncio.sleep(0.2)  # until the broker knows it
        return group

    return wrapped


def _marking(next_batch: Any) -> Any:
    async def wrapped(self: Outgoing) -> Any:
        batch = await next_batch(self)
        await self.settle(batch, [Outcome.CONFIRMED for _ in batch])
        return batch

    return wrapped


async def _everything_is_new(_work: Any, _envelopes: Any, identities: Any) -> set[Any]:
    return set(identities)


async def _nothing(*_: object, **__: object) -> None:
    pass
