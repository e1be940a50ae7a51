"""What stood in the tables before a migration that changes rows is right after it.

Each test needs a database of its own, since the template has every migration behind it.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from service_under_test import Browser, ServiceUnderTest

import intake.settings
import intake.web
from local.state import CHECKOUT
from shared.migrations import upgrade
from shared.settings import KernelSettings
from shared.tokens import token_hash
from shared.web.sealing import Seal

ANNA, PLUS, SHOUTED = "anna@example.org", "anna+news@example.org", "ANNA+x@Example.org"
BEFORE = [
    pytest.param(("0030", ANNA, PLUS), id="nobody has been at 0031"),
    pytest.param(("0034", PLUS, ANNA), id="the second had the key of the mailbox"),
]
Before = tuple[str, str, str]
"""The revision, and the keys of the address as it is and of that with a plus."""
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def run(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    async def fetch() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(url)
        try:
            return [tuple(row) for row in await connection.fetch(statement, *values)]
        finally:
            await connection.close()

    return asyncio.run(fetch())


def subscription(url: str, email: str, key: str, topics: list[str], confirmed_at: datetime | None) -> None:
    """A subscription with one link, whose token is the address."""
    statement = (
        "insert into intake.subscription values (gen_random_uuid(), 1, $1, $2, 'da', $3, $4, $5) returning id::text"
    )
    ((id,),) = run(url, statement, email, key, topics, DAY, confirmed_at)
    run(url, "insert into intake.subscription_link values ($1, $2, $3)", token_hash(email), id, DAY)


def kept(url: str) -> list[tuple[Any, ...]]:
    return run(url, "select email, email_key, topics, confirmed_at is not null from intake.subscription order by 1")


@pytest.mark.parametrize("before", BEFORE)
def test_of_several_subscriptions_of_a_mailbox_one_stays_with_the_topics_of_all(
    empty: Callable[[str], str], before: Before
) -> None:
    url = empty("intake")
    revision, *keys = before
    upgrade("intake", url, CHECKOUT, revision)
    subscription(url, ANNA, keys[0], ["rounds"], DAY.replace(day=3))
    subscription(url, PLUS, keys[1], ["publications"], DAY.replace(day=2))
    subscription(url, SHOUTED, SHOUTED.lower(), ["conferences"], None)
    subscription(url, "Bo+x@example.org", "bo+x@example.org", ["rounds"], None)
    upgrade("intake", url, CHECKOUT)
    assert kept(url) == [
        ("Bo+x@example.org", "bo@example.org", ["rounds"], False),
        (PLUS, ANNA, ["publications", "rounds"], True),
    ]


@pytest.mark.parametrize("before", BEFORE)
def test_of_several_that_nobody_has_confirmed_the_last_stays(empty: Callable[[str], str], before: Before) -> None:
    url = empty("intake")
    revision, *keys = before
    upgrade("intake", url, CHECKOUT, revision)
    subscription(url, ANNA, keys[0], ["rounds"], None)
    subscription(url, PLUS, keys[1], ["publications"], None)
    run(url, "update intake.subscription set asked_at = $1 where email = $2", DAY.replace(day=2), PLUS)
    upgrade("intake", url, CHECKOUT)
    assert kept(url) == [(PLUS, ANNA, ["publications"], False)]


@pytest.fixture(params=BEFORE)
def merged(empty: Callable[[str], str], request: pytest.FixtureRequest) -> str:
    """A database where one mailbox had two subscriptions, the second of them unconfirmed and still written to."""
    url = empty("intake")
    revision, *keys = request.param
    upgrade("intake", url, CHECKOUT, revision)
    subscription(url, ANNA, keys[0], ["rounds"], DAY)
    subscription(url, PLUS, keys[1], ["rounds"], None)
    owed = (
        "insert into intake.mail (id, address, language, subject, paragraphs, link, created_at, attempts)"
        " values (gen_random_uuid(), $1, 'da', '{}', '[]', '/subscriptions/x', now(), 0)"
    )
    run(url, owed, PLUS)
    upgrade("intake", url, CHECKOUT)
    return url


@pytest.fixture
async def service(merged: str, kernel_settings: KernelSettings, tmp_path: Path) -> Any:
    settings = intake.settings.IntakeSettings(database_url=merged, attachments=tmp_path / "attachments")
    async with ServiceUnderTest(intake.web.create(kernel_settings, settings), kernel_settings) as service:
        yield service


@pytest.mark.parametrize("token", [ANNA, PLUS])
async def test_every_link_to_the_mailbox_goes_on_working(service: ServiceUnderTest, token: str) -> None:
    browser = Browser(service)
    page = await browser.open(f"/subscriptions/{token}?lang=en")
    chosen = await browser.send(page, f"/subscriptions/{token}/topics", topics="publications")
    assert (page.status_code, chosen.status_code) == (200, 303)
    confirmed = await service.post(f"/api/v1/subscriptions/{token}/confirmation", None, None)
    assert (confirmed.status_code, confirmed.json()["topics"]) == (200, ["publications"])
    again = await service.post("/api/v1/subscriptions", {"email": SHOUTED, "topics": ["rounds"]}, None)
    assert (again.status_code, await service.rows("subscription")) == (202, 1)
    assert (await service.post(f"/api/v1/subscriptions/{token}/removal", None, None)).is_success
    assert (await service.rows("subscription"), await service.rows("mail")) == (0, 0)


@pytest.mark.parametrize(("name", "before"), [("intake", "0031"), ("scheduling", "0007"), ("reporting", "0006")])
def test_a_kept_answer_is_sealed_for_whoever_has_its_key_and_sent_mail_is_forgotten(
    empty: Callable[[str], str], name: str, before: str
) -> None:
    url = empty(name)
    upgrade(name, url, CHECKOUT, before)
    digest = sha256(b"POST /x?\n{}").hexdigest()
    run(
        url,
        f"insert into {name}.answer (caller, key, fingerprint, status, headers, body)"
        " values ('anna', 'the-key', $1, 201, '[]', $2)",
        digest,
        b'{"token": "t"}',
    )
    mail = (
        f"insert into {name}.mail (id, address, language, subject, paragraphs, link, created_at, attempts, sent_at)"
        """ values (gen_random_uuid(), $1, 'da', '{"message": "Hi {name}", "values": {"name": "Åse"}}', '["words"]',"""
        " '/x', now(), 0, $2) returning id::text"
    )
    for address, sent_at in (("sent@example.org", DAY), ("owed@example.org", None)):
        ((id,),) = run(url, mail, address, sent_at)
        run(url, f"insert into {name}.enclosure values ($1, 1, 'a.pdf', 'application/pdf', '')", id)
    upgrade(name, url, CHECKOUT)

    seal = Seal("anna", "the-key", digest)
    ((key, fingerprint, body),) = run(url, f"select key, fingerprint, body from {name}.answer")
    assert (key, fingerprint, seal.open(body)) == (seal.key_hash, seal.fingerprint, b'{"token": "t"}')
    assert b"token" not in body
    columns = "address, subject -> 'values' ->> 'name', paragraphs::text, link"
    joined = f"{name}.mail left join {name}.enclosure on mail_id = id"
    assert run(url, f"select {columns}, position from {joined} order by 1") == [
        ("", None, "[]", None, None),
        ("owed@example.org", "Åse", '["words"]', "/x", 1),
    ]
