"""Stages for the fault tests: on the servers that all tests share, or on servers of their own to be destroyed."""

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from faults.processes import warm_up
from faults.stage import Stage, stage_on

from local.postgres import PrivatePostgres
from local.provision import SERVICES, provision, service_url
from local.rabbitmq import PrivateRabbitMQ
from local.state import CHECKOUT
from shared.migrations import upgrade

_TEMPLATE = "fault_template"


@pytest.fixture(scope="session")
def forking() -> None:
    """The process that workers are forked from."""
    warm_up()


@pytest.fixture(scope="session")
def mortal_servers(servers_folder: Path) -> Iterator[tuple[PrivatePostgres, PrivateRabbitMQ]]:
    """Servers that may be restarted and killed; they keep what they have confirmed."""
    postgres = PrivatePostgres(servers_folder / "mortal-postgres")
    rabbitmq = PrivateRabbitMQ(servers_folder / "mortal-rabbitmq")
    try:
        with ThreadPoolExecutor() as side_by_side:
            list(side_by_side.map(lambda server: server.start(), (rabbitmq, postgres)))
        postgres.create_database(_TEMPLATE)
        passwords = {service: postgres.secrets.get(f"role-{service}") for service in SERVICES}
        provision(postgres.admin_url(_TEMPLATE), passwords)
        upgrade("intake", service_url(postgres.admin_url(_TEMPLATE), "intake", passwords["intake"]), CHECKOUT)
        yield postgres, rabbitmq
    finally:
        rabbitmq.kill()
        postgres.stop()


@pytest.fixture
async def bare_stage(
    postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ, template: str, tmp_path: Path, forking: None
) -> AsyncIterator[Stage]:
    """On the servers that all tests share, and not prepared yet."""
    async with stage_on(postgres, rabbitmq, template, tmp_path) as stage:
        yield stage


@pytest.fixture
async def stage(bare_stage: Stage) -> Stage:
    """On the servers that all tests share: for faults of the service and of its connections."""
    await bare_stage.begin()
    return bare_stage


@pytest.fixture
async def bare_mortal_stage(
    mortal_servers: tuple[PrivatePostgres, PrivateRabbitMQ], tmp_path: Path, forking: None
) -> AsyncIterator[Stage]:
    """On servers that may be restarted and killed, and not prepared yet."""
    async with stage_on(*mortal_servers, _TEMPLATE, tmp_path) as stage:
        yield stage


@pytest.fixture
async def mortal_stage(bare_mortal_stage: Stage) -> Stage:
    """On servers that may be restarted and killed."""
    await bare_mortal_stage.begin()
    return bare_mortal_stage
