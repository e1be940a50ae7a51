import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from web_demo import demo_application, token_of

from shared.database import Database
from shared.identity import Role
from shared.web.sealing import Seal

EFFECTS = "/api/v1/things/effects"


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(database) as client:
        yield client


def client_of(database: Database) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(demo_application(database))
    headers = {"Authorization": f"Bearer {token_of(Role.CASEWORKER)}"}
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


def a_thing(note: str = "", parent: UUID | None = None) -> dict[str, str]:
    return {"name": "x", "note": note or "none", "parent": str(parent or uuid4())}


async def rows(database: Database) -> tuple[int, int]:
    """How many effects and how many answers are stored."""
    async with database.work() as work:
        effects = await work.session.scalar(select(func.count()).select_from(database.tables.received))
        answers = await work.session.scalar(select(func.count()).select_from(database.tables.answer))
    return effects or 0, answers or 0


async def test_a_write_without_a_key_is_refused(client: httpx.AsyncClient, database: Database) -> None:
    answer = await client.post(EFFECTS, json=a_thing())
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/idempotency-key-missing")
    assert await rows(database) == (0, 0)


@pytest.mark.parametrize("key", ["with space", "x" * 201, "æ", "tab\tbed"])
async def test_a_key_that_is_none_is_refused(client: httpx.AsyncClient, database: Database, key: str) -> None:
    headers = {b"Idempotency-Key": key.encode("latin-1")}
    answer = await client.post(EFFECTS, json=a_thing(), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/idempotency-key-malformed")
    assert await rows(database) == (0, 0)


async def test_the_same_request_gets_the_same_answer_byte_for_byte(
    client: httpx.AsyncClient, database: Database
) -> None:
    key = {"Idempotency-Key": "x" * 200}
    first = await client.post("/api/v1/things", json={"name": "Mælkevejen"}, headers=key)
    again = await client.post("/api/v1/things", json={"name": "Mælkevejen"}, headers=key)
    assert (first.status_code, first.json()) == (201, {"name": "Mælkevejen", "by": "test:caseworker"})
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers.pop("Idempotency-Replayed") == "true"
    assert dict(again.headers) == dict(first.headers)
    assert first.headers["ETag"] == '"1"'


async def test_an_effect_happens_once(client: httpx.AsyncClient, database: Database) -> None:
    thing = a_thing()
    for _ in range(3):
        answer = await client.post(EFFECTS, json=thing, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 201
    assert await rows(database) == (1, 1)


async def test_another_request_under_the_key_is_refused(client: httpx.AsyncClient, database: Database) -> None:
    key = {"Idempotency-Key": "k"}
    thing = a_thing()
    await client.post(EFFECTS, json=thing, headers=key)
    for path, body in ((EFFECTS, a_thing()), ("/api/v1/things", thing), (f"{EFFECTS}?x=1", thing)):
        answer = await client.post(path, json=body, headers=key)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert await rows(database) == (1, 1)


async def test_a_key_belongs_to_its_caller(client: httpx.AsyncClient, database: Database) -> None:
    key = {"Idempotency-Key": "k"}
    other = {**key, "Authorization": f"Bearer {token_of(Role.CASEWORKER, 'somebody-else')}"}
    first = await client.post("/api/v1/things", json={"name": "x"}, headers=key)
    second = await client.post("/api/v1/things", json={"name": "x"}, headers=other)
    assert (first.json()["by"], second.json()["by"]) == ("test:caseworker", "somebody-else")
    assert await rows(database) == (0, 2)


async def test_requests_at_the_same_time_have_one_effect(client: httpx.AsyncClient, database: Database) -> None:
    thing = a_thing()
    answers = await asyncio.gather(
        *(client.post(EFFECTS, json=thing, headers={"Idempotency-Key": "k"}) for _ in range(6))
    )
    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 5
    assert await rows(database) == (1, 1)


async def test_a_refusal_that_is_answered_is_kept(client: httpx.AsyncClient, database: Database) -> None:
    thing = a_thing("answer")
    first = await client.post(EFFECTS, json=thing, headers={"Idempotency-Key": "k"})
    again = await client.post(EFFECTS, json=thing, headers={"Idempotency-Key": "k"})
    assert [first.status_code, again.status_code, again.json()] == [422, 422, {"verdict": "no"}]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await rows(database) == (1, 1)


@pytest.mark.parametrize(
    ("note", "status", "slug"),
    [("refuse", 409, "too-many"), ("problem", 400, "too-many"), ("break", 500, "internal-error")],
)
async def test_what_is_raised_leaves_nothing_behind(
    client: httpx.AsyncClient, database: Database, note: str, status: int, slug: str
) -> None:
    parent = uuid4()
    answer = await client.post(EFFECTS, json=a_thing(note, parent), headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert await rows(database) == (0, 0)
    # The key is free again, also for another request.
    answer = await client.post(EFFECTS, json=a_thing(parent=parent), headers={"Idempotency-Key": "k"})
    assert answer.status_code == 201


async def test_a_refusal_says_what_it_rests_on(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        EFFECTS, json=a_thing("refuse"), headers={"Idempotency-Key": "k", "Accept-Language": "en"}
    )
    assert answer.json() == {
        "type": "/problems/too-many",
        "title": "Too many",
        "status": 409,
        "detail": "1 is more than 3.",
        "texts": {"da": "1 er mere end 3.", "en": "1 is more than 3."},
        "instance": EFFECTS,
        "parameters": {"count": 1, "limit": 3},
    }


async def test_texts_in_a_problem_come_in_every_language(client: httpx.AsyncClient) -> None:
    answer = await client.post(EFFECTS, json=a_thing("problem"), headers={"Idempotency-Key": "k"})
    assert answer.json()["reasons"] == [{"da": "For mange", "en": "Too many"}]


@pytest.fixture
async def impatient(database: Database) -> AsyncIterator[Database]:
    """The same database, where nobody waits longer than a moment for a lock."""

    def hurry(connection: DBAPIConnection, _record: object) -> None:
        connection.run_async(lambda driver: driver.execute("set lock_timeout = '200ms'"))

    other = Database(database.dsn, service=database.service, tables=database.tables, clock=database.clock)
    event.listen(Engine, "connect", hurry)
    yield other
    event.remove(Engine, "connect", hurry)
    await other.close()


async def test_a_request_that_waits_too_long_is_told_so(database: Database, impatient: Database) -> None:
    thing = a_thing()
    async with database.work() as work, client_of(impatient) as client:
        # Another transaction holds the key and does not end.
        table = database.tables.answer
        await work.session.execute(
            table.insert().values(caller="test:caseworker", key=Seal("", "k", "").key_hash, fingerprint="", status=None)
        )
        answer = await client.post(EFFECTS, json=thing, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/idempotency-key-in-use")
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize(("seen", "status"), [(None, 428), ('"6"', 412), ("x", 400), ('"7"', 200)])
async def test_a_change_rests_on_a_version(client: httpx.AsyncClient, seen: str | None, status: int) -> None:
    headers = {"Idempotency-Key": "k", **({"If-Match": seen} if seen else {})}
    assert (await client.put("/api/v1/things/x", headers=headers)).status_code == status


async def test_a_kept_answer_cannot_be_read_without_the_key_of_its_request(
    client: httpx.AsyncClient, database: Database
) -> None:
    key, name = str(uuid4()), "CODE-TOLD-ONCE"
    first = await client.post("/api/v1/things", json={"name": name}, headers={"Idempotency-Key": key})
    async with database.work() as work:
        (kept,) = (await work.session.execute(select(database.tables.answer))).all()
    assert name in first.text
    assert name.encode() not in kept.body
    assert key not in str(kept)
    again = await client.post("/api/v1/things", json={"name": name}, headers={"Idempotency-Key": key})
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")


async def test_a_process_with_its_database_says_so(database: Database) -> None:
    async with client_of(database) as client:
        answer = await client.get("/health/ready")
    assert answer.json()["checks"] == {"database": "passed", "clock": "passed", "static-files": "failed"}
