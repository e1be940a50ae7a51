"""Shells in which commands are typed, and services that they reach over real HTTP."""

from collections.abc import AsyncIterator

import pytest
from aio_pika import connect
from command_line import CommandLine, served
from service_under_test import ServiceUnderTest

from shared.events.topology import declare_shared

NOBODY = "http://127.0.0.1:1"
"""An address at which nobody listens."""


@pytest.fixture
def shell() -> CommandLine:
    """A shell that knows of no part of Praksis, and finds none by accident."""
    services = ("INTAKE", "SCHEDULING", "REPORTING")
    own = {"PRAKSIS_ENVIRONMENT": "development"}
    webs = {f"PRAKSIS_{service}_URL": NOBODY for service in services}
    return CommandLine(own | webs | {f"{service}_MONITOR_URL": NOBODY for service in services})


@pytest.fixture
async def at_broker(shell: CommandLine, vhost: str) -> CommandLine:
    """A shell that knows a broker with an empty log."""
    async with await connect(vhost, timeout=10) as connection:
        await declare_shared(await connection.channel(), "intake")
    return shell.knowing(PRAKSIS_AMQP_URL=vhost)


@pytest.fixture
async def at_reporting(shell: CommandLine, reporting_service: ServiceUnderTest) -> AsyncIterator[CommandLine]:
    """A shell that knows reporting, over HTTP."""
    async with served(reporting_service.app) as url:
        yield shell.knowing(PRAKSIS_REPORTING_URL=url)
