"""The pipeline shows what it showed before courses stood under a key of their own."""

import asyncio
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest
from service_under_test import ServiceUnderTest

import reporting.settings
import reporting.web
from local.state import CHECKOUT
from shared.migrations import upgrade
from shared.settings import KernelSettings

RUNNING, WAITING, COURSE = (f"00000000-0000-0000-0000-00000000000{number}" for number in (1, 2, 3))
CASES = f"""
insert into reporting."case" (application_id, programme, municipality, submitted_on, course_id, opened_on,
team_assigned_on) values ('{RUNNING}', 'long-course', '0390', '2026-03-01', '{COURSE}', '2026-04-01', '2026-04-02'),
('{WAITING}', 'long-course', '0391', '2026-03-02', null, null, null)
"""
STRETCHES = f"""
insert into reporting.stretch values
('{COURSE}', 1, 'second', '{{"da": "Anden", "en": "Second"}}', '2026-05-01', '2026-06-01', null, null),
('{COURSE}', 0, 'first', '{{"da": "Første", "en": "First"}}', '2026-04-01', '2026-05-01', '2026-04-03', '2026-05-02')
"""


@pytest.fixture
def migrated_url(empty: Callable[[str], str]) -> str:
    url = empty("reporting")
    upgrade("reporting", url, CHECKOUT, "0012")

    async def fill() -> None:
        connection = await asyncpg.connect(url)
        for statement in (CASES, STRETCHES):
            await connection.execute(statement)
        await connection.close()

    asyncio.run(fill())
    upgrade("reporting", url, CHECKOUT)
    return url


@pytest.fixture
async def migrated(migrated_url: str, kernel_settings: KernelSettings) -> AsyncIterator[ServiceUnderTest]:
    settings = reporting.settings.ReportingSettings(database_url=migrated_url)
    async with ServiceUnderTest(reporting.web.create(kernel_settings, settings), kernel_settings) as service:
        yield service


async def test_ways_and_figures_are_what_they_were(migrated: ServiceUnderTest) -> None:
    (line,) = (await migrated.get("/api/v1/pipeline", "clara")).json()["programmes"]
    assert (line["submitted"], line["running"], line["completed"]) == (2, 1, 0)
    (way,) = (await migrated.get("/api/v1/ways", "clara")).json()
    assert (way["application_id"], way["course_id"], way["opened_on"]) == (RUNNING, COURSE, "2026-04-01")
    assert way["team_assigned_on"] == "2026-04-02"
    assert [(each["phase"], each["names"]["en"], each["completed_on"]) for each in way["stretches"]] == [
        ("first", "First", "2026-05-02"),
        ("second", "Second", None),
    ]
