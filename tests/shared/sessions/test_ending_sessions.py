"""Signing out ends what a copied cookie could do: here at once, in the other services as soon as they hear of it."""

import re
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import UUID, uuid4

import httpx
import pytest
from service_under_test import Browser, ServiceUnderTest, forms_of
from sqlalchemy import text

import intake.worker
import reporting.worker
import scheduling.worker
from shared.clock import SystemClock
from shared.contracts.published import PUBLISHED
from shared.database import Database
from shared.events.handlers import Handlers
from shared.sessions.ended import LOOK_AT_ALL_EVERY, LOOK_EVERY, EndedSessions
from shared.sessions.ending import KEPT, end_sessions, remember_end
from shared.sessions.tokens import Audience, Sessions

MINE = "/api/v1/today"
WORKERS = (intake.worker, scheduling.worker, reporting.worker)


@pytest.fixture
def sessions(intake_service: ServiceUnderTest) -> Sessions:
    held: Sessions = intake_service.app.state.kernel.sessions
    return held


async def signed_in(service: ServiceUnderTest, name: str = "clara") -> Browser:
    browser = Browser(service)
    assert (await browser.sign_in(name)).status_code == 303
    return browser


def copied(service: ServiceUnderTest, browser: Browser) -> Browser:
    """Somebody else who has got hold of the cookie."""
    thief = Browser(service)
    thief.http.cookies.update(dict(browser.http.cookies))
    return thief


async def is_in(browser: Browser) -> bool:
    """Whether the pages still take the cookie."""
    status = (await browser.open("/sessions")).status_code
    assert status in (200, 303)
    return status == 200


async def token(service: ServiceUnderTest, name: str) -> str:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(service.app), base_url="http://praksis.test") as client:
        return str((await client.post("/api/v1/sign-in", json={"name": name})).json()["token"])


async def test_a_copied_cookie_ends_with_signing_out(intake_service: ServiceUnderTest) -> None:
    clara, other = await signed_in(intake_service), await signed_in(intake_service)
    thief = copied(intake_service, clara)
    assert await is_in(thief)
    out = await clara.send(await clara.open("/sessions"), "/sign-out")
    assert (out.status_code, out.headers["Location"]) == (303, "/signed-out")
    assert [await is_in(each) for each in (clara, thief, other)] == [False, False, True]
    said = (await clara.follow(out)).text
    assert ("Du er logget ud" in said, "overalt" in said) == (True, False)
    assert (await other.open("/signed-out")).headers["Location"] == "/"


async def test_a_form_of_a_session_ends_with_it(intake_service: ServiceUnderTest) -> None:
    clara = await signed_in(intake_service)
    thief = copied(intake_service, clara)
    page = await thief.open("/sessions")
    await clara.send(await clara.open("/sessions"), "/sign-out")
    published = await intake_service.published()
    assert await is_in(thief) is False
    await thief.send(page, "/sessions/end")
    assert await intake_service.published() == published


async def test_who_has_been_signed_out_already_may_sign_out(intake_service: ServiceUnderTest) -> None:
    clara = await signed_in(intake_service)
    other = copied(intake_service, clara)
    page = await other.open("/sessions")
    await clara.send(await clara.open("/sessions"), "/sign-out")
    out = await other.send(page, "/sign-out")
    assert (out.status_code, out.headers["Location"]) == (303, "/signed-out")
    assert 'praksis_session=""' in out.headers["Set-Cookie"]


async def test_signing_out_everywhere_ends_every_session_and_one_that_begins_later_goes_on(
    intake_service: ServiceUnderTest,
) -> None:
    clara, phone, eva = [await signed_in(intake_service, name) for name in ("clara", "clara", "eva")]
    program = {"Authorization": f"Bearer {await token(intake_service, 'clara')}"}
    out = await clara.send(await clara.open("/sessions"), "/sessions/end")
    assert "Du er logget ud overalt" in (await clara.follow(out)).text
    assert [await is_in(each) for each in (clara, phone, eva)] == [False, False, True]
    assert (await intake_service.get(MINE, None, **program)).status_code == 401
    assert await is_in(await signed_in(intake_service, "clara"))


@pytest.mark.parametrize("name", ["gert", "hanne"])
async def test_operators_and_administrators_sign_others_out(intake_service: ServiceUnderTest, name: str) -> None:
    clara, eva, ender = [await signed_in(intake_service, each) for each in ("clara", "eva", name)]
    page = await ender.open("/sessions?lang=en")
    wrong = await ender.send(page, "/sessions/end-of-person", subject="")
    assert wrong.status_code == 422
    done = await ender.send(page, "/sessions/end-of-person", subject="local:clara")
    assert (done.status_code, "Whoever signs in with this user ID is signed out everywhere" in done.text) == (200, True)
    assert [await is_in(each) for each in (clara, eva, ender)] == [False, True, True]
    nobody = await ender.send(page, "/sessions/end-of-person", subject="local:klara")
    assert "check that it is spelled correctly" in nobody.text
    own = await ender.send(page, "/sessions/end-of-person", subject=f"local:{name}")
    assert (own.status_code, await is_in(ender)) == (303, False)


async def test_nobody_else_signs_others_out(intake_service: ServiceUnderTest) -> None:
    clara = await signed_in(intake_service)
    page = await clara.open("/sessions")
    assert "/sessions/end-of-person" not in forms_of(page.text)
    own = forms_of(page.text)["/sessions/end"]["_csrf"]
    answer = await clara.http.post("/sessions/end-of-person", data={"_csrf": own, "subject": "local:eva"})
    assert answer.status_code == 403


async def test_programs_end_their_session_all_of_theirs_and_those_of_others(intake_service: ServiceUnderTest) -> None:
    ways = (("/api/v1/sign-out", None, "clara"), ("/api/v1/sign-out-everywhere", None, "clara"))
    for path, body, name in (*ways, ("/api/v1/ended-sessions", {"subject": "local:clara"}, "gert")):
        mine, again = [{"Authorization": f"Bearer {await token(intake_service, 'clara')}"} for _ in range(2)]
        ender = mine if name == "clara" else {"Authorization": f"Bearer {await token(intake_service, name)}"}
        assert (await intake_service.post(path, body, None, Authorization=ender["Authorization"])).status_code == 204
        found = [(await intake_service.get(MINE, None, **each)).status_code for each in (mine, again)]
        assert found == [401, 200 if path == "/api/v1/sign-out" else 401]


async def test_a_cookie_is_no_bearer_token_and_a_token_no_cookie(intake_service: ServiceUnderTest) -> None:
    clara = await signed_in(intake_service)
    cookie, program = clara.http.cookies["praksis_session"], await token(intake_service, "clara")
    assert (await intake_service.get(MINE, None, Authorization=f"Bearer {program}")).status_code == 200
    assert (await intake_service.get(MINE, None, Authorization=f"Bearer {cookie}")).status_code == 401
    thief = Browser(intake_service)
    thief.http.cookies.set("praksis_session", program)
    assert not await is_in(thief)
    thief.http.cookies.set("praksis_session", cookie)
    assert await is_in(thief)


async def others_learn(service: ServiceUnderTest, other: ServiceUnderTest, handlers: Handlers) -> None:
    """What the worker of another service does with what one has published, and the next look of its web process."""
    async with service.database.work() as work:
        rows = await work.session.execute(text("select type, data from intake.event where type like '%SessionsEnded%'"))
        events = [PUBLISHED[type_name].model_validate(data) for type_name, data in rows]
    await other.happen(handlers, *events)
    other.app.state.kernel.ended._tried_at = None  # as when its second is over


async def test_what_one_service_has_ended_the_others_take_no_longer(
    intake_service: ServiceUnderTest, reporting_service: ServiceUnderTest
) -> None:
    david = await signed_in(intake_service, "david")
    elsewhere = copied(reporting_service, david)
    assert await is_in(elsewhere)
    await david.send(await david.open("/sessions"), "/sign-out")
    await others_learn(intake_service, reporting_service, reporting.worker.handlers)
    assert not await is_in(elsewhere)


@pytest.mark.parametrize("worker", WORKERS, ids=lambda worker: worker.__name__)
def test_every_service_hears_of_every_other(worker: object) -> None:
    handlers: Handlers = worker.handlers  # type: ignore[attr-defined]
    heard = {event.routing_key() for event in handlers.events if event.event_name() == "SessionsEnded"}
    assert heard == {f"{producer}.SessionsEnded.v1" for producer in ("intake", "scheduling", "reporting")}


async def test_what_is_told_of_it_names_nobody(intake_service: ServiceUnderTest, sessions: Sessions) -> None:
    await intake_service.post("/api/v1/ended-sessions", {"subject": "local:clara"}, "gert")
    ((name, data),) = await intake_service.published()
    person = str(sessions.person_of("local:clara"))
    assert (name, data) == ("SessionsEnded", {"ended_id": person, "issued_until": data["issued_until"]})


async def test_a_session_that_is_used_is_renewed(
    intake_service: ServiceUnderTest, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    clara = await signed_in(intake_service)
    first = clara.http.cookies["praksis_session"]
    assert "set-cookie" not in (await clara.open("/sessions")).headers
    now = datetime.now(UTC).timestamp()
    monkeypatch.setattr("time.time", lambda: now + 301)
    answer = await clara.open("/sessions")
    kept = re.fullmatch(
        r"praksis_session=([^;]+); HttpOnly; Max-Age=7200; Path=/; SameSite=lax", answer.headers["set-cookie"]
    )
    assert kept is not None
    before, after = (sessions.read(each, Audience.PAGES) for each in (first, kept[1]))
    assert before is not None
    assert after is not None
    assert (before.id, before.issued_at) == (after.id, after.issued_at)
    assert before.renewed_at < after.renewed_at


# What is kept, and for how long


@pytest.fixture
def ended(database: Database) -> EndedSessions:
    return EndedSessions(database)


async def kept_in(database: Database) -> list[tuple[UUID, datetime]]:
    async with database.work() as work:
        rows = await work.session.execute(text("select id, issued_until from intake.ended_session"))
        return [(id, until) for id, until in rows]


async def test_a_look_is_taken_once_a_second_at_most(database: Database, ended: EndedSessions) -> None:
    id, began = uuid4(), datetime.now(UTC)
    await ended.look()
    async with database.work() as work:
        until = await end_sessions(work, "intake", id)
        await work.commit()
    await ended.look()
    assert not ended.has_ended(began, id)
    assert ended._tried_at is not None
    ended._tried_at -= LOOK_EVERY
    await ended.look()
    assert ended.has_ended(began, id)
    assert ended.has_ended(until, uuid4(), id)
    assert not ended.has_ended(until + timedelta(milliseconds=1), id)
    assert not ended.has_ended(began, uuid4())


async def test_an_end_whose_transaction_took_long_is_learnt_from_the_next_look_at_all(
    database: Database, ended: EndedSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, began = uuid4(), datetime.now(UTC)
    await ended.look()
    async with database.work() as work:
        await remember_end(work, id, datetime.now(UTC))
        await work.session.execute(text("update intake.ended_session set recorded_at = now() - interval '10 minutes'"))
        await work.commit()
    known = []
    start = monotonic()
    for later in (LOOK_EVERY, LOOK_AT_ALL_EVERY - 1, LOOK_AT_ALL_EVERY + 1):
        monkeypatch.setattr("shared.sessions.ended.monotonic", lambda later=later: start + later)
        await ended.look()
        known.append(ended.has_ended(began, id))
    assert known == [False, False, True]


async def test_an_end_that_comes_late_or_twice_moves_nothing_back(database: Database) -> None:
    id, later = uuid4(), datetime.now(UTC)
    for until in (later, later - timedelta(minutes=1), later):
        async with database.work() as work:
            await remember_end(work, id, until)
            await work.commit()
    assert await kept_in(database) == [(id, later)]


async def test_what_no_token_can_come_of_any_more_is_forgotten_and_not_learnt_again(database: Database) -> None:
    old, new = uuid4(), uuid4()
    async with database.work() as work:
        await remember_end(work, old, datetime.now(UTC))
        await work.session.execute(
            text("update intake.ended_session set recorded_at = now() - cast(:age as interval)"),
            {"age": KEPT + timedelta(seconds=1)},
        )
        await work.commit()
    now = datetime.now(UTC)
    async with database.work() as work:
        await remember_end(work, new, now)
        await remember_end(work, uuid4(), now - KEPT - timedelta(seconds=1))
        await work.commit()
    assert await kept_in(database) == [(new, now)]


async def test_where_the_database_does_not_answer_what_was_known_counts_on(database: Database) -> None:
    nowhere = Database(
        "postgresql://nobody@127.0.0.1:1/nothing", service="intake", tables=database.tables, clock=SystemClock()
    )
    ended, id = EndedSessions(nowhere), uuid4()
    ended.note(id, datetime.now(UTC))
    await ended.look()
    assert ended.has_ended(datetime.now(UTC) - timedelta(hours=1), id)
    await nowhere.close()
