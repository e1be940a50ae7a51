"""The broker as the command line reaches it, and what to say where it does not answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aio_pika import connect
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import (
    AMQPConnectionError,
    AMQPError,
    AuthenticationError,
    ChannelInvalidStateError,
    ChannelNotFoundEntity,
    ProbableAuthenticationError,
)
from aiormq.exceptions import ChannelAccessRefused, ConnectionNotAllowed, InvalidFrameError

from praksis.errors import CommandError, Unreachable
from praksis.settings import Settings, host_of
from shared.events.recovery.log_stream import NoLog
from shared.events.topology import LOG

CONNECT_WITHIN = 10.0
"""Seconds until a broker that does not answer counts as one that cannot be reached."""
PREPARE = "`python -m <service>.prepare`, run for each service, declares exchanges, queues and log."
LOST = "The connection to RabbitMQ was lost."
_FAILURES = (AMQPError, ChannelInvalidStateError, ConnectionError, TimeoutError)


@asynccontextmanager
async def broker(settings: Settings) -> AsyncIterator[AbstractConnection]:
    """A connection to the broker. Raises `WrongUsage` without an address, and `Unreachable` where nobody answers."""
    url = settings.broker_url()
    try:
        connection = await connect(url, timeout=CONNECT_WITHIN)
    except (AMQPError, OSError, TimeoutError) as error:
        raise Unreachable(_why(error, host_of(url))) from None
    async with connection:
        try:
            yield connection
        except _FAILURES as error:
            raise in_words(error) from None


@asynccontextmanager
async def channel_of(connection: AbstractConnection) -> AsyncIterator[AbstractChannel]:
    """A channel to read over. What goes wrong on it is raised as a `CommandError` that says what to do."""
    try:
        async with connection.channel(publisher_confirms=False) as channel:
            yield channel
    except _FAILURES as error:
        raise in_words(error) from None


def in_words(error: BaseException) -> CommandError:
    """What the broker has refused, or that it is lost, as the command says it."""
    match error:
        case NoLog():
            return CommandError(f"RabbitMQ has no queue {LOG}. {PREPARE}")
        case ChannelNotFoundEntity():
            return CommandError(f"RabbitMQ has no {_named(error)}. {PREPARE}")
        case ChannelAccessRefused():
            return CommandError(f"The user of PRAKSIS_AMQP_URL may not use {_named(error)}.")
        case TimeoutError():
            return Unreachable("RabbitMQ has not answered in time.")
        case AMQPConnectionError() | ChannelInvalidStateError() | ConnectionError():
            return Unreachable(LOST)
        case _:
            return CommandError(f"RabbitMQ says no ({type(error).__name__}).")


def _why(error: Exception, host: str) -> str:
    match error:
        case AuthenticationError() | ProbableAuthenticationError():
            return f"RabbitMQ at {host} does not take the user and password in PRAKSIS_AMQP_URL."
        case ConnectionNotAllowed() | InvalidFrameError():
            return f"RabbitMQ at {host} does not let this user into the virtual host that PRAKSIS_AMQP_URL names."
        case TimeoutError():
            return f"RabbitMQ at {host} did not answer within {CONNECT_WITHIN:.0f} seconds. See PRAKSIS_AMQP_URL."
        case _:
            return f"RabbitMQ at {host} cannot be reached. Is it running there? PRAKSIS_AMQP_URL says where."


def _named(error: BaseException) -> str:
    """The queue or exchange of which the broker speaks: `NOT_FOUND - no queue 'praksis.log' in vhost '/'`."""
    words = str(error).split("'")
    kind = "exchange" if "exchange" in words[0] else "queue"
    return f"{kind} {words[1]}" if len(words) > 1 else f"such {kind}"
