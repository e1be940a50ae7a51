"""Whoever does not sign in has us write to few addresses, and has no place before the address is proven."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from gathering_cases import OpenGathering, owed, posted, proofs
from service_under_test import Browser, ServiceUnderTest
from sqlalchemy import text

from intake.confirmations.commands import forget_lapsed
from intake.confirmations.model import DAYS_TO_CONFIRM, ConfirmationKind
from intake.confirmations.queries import pending_by_token
from shared.formats import format_moment
from shared.monitoring.numbers import REGISTRY
from shared.office import office_date, office_midnight
from shared.settings import KernelSettings
from shared.web.guesses import WRONG
from shared.web.strangers import _network

SECRET = "not a secret, since this is a test"
TOO_MANY = "/problems/too-many-requests"


def limited(service: ServiceUnderTest, **limits: int) -> None:
    """Let few e-mails be sent by strangers from now on."""
    kernel = service.app.state.kernel
    service.app.state.kernel = replace(kernel, settings=kernel.settings.model_copy(update=limits))


@pytest.fixture
async def gathering(intake_service: ServiceUnderTest) -> OpenGathering:
    return await OpenGathering.of(intake_service)


def advance(service: ServiceUnderTest, by: timedelta) -> None:
    service.clock.move_to(service.clock.now() + by)


async def confirm(gathering: OpenGathering, token: str) -> Any:
    return await gathering.service.post(f"/api/v1/registrations/{token}/confirmation", None, None)


# Proof


async def test_nobody_has_a_place_before_they_have_confirmed_it(gathering: OpenGathering) -> None:
    await gathering.ask(1, 2)
    (token,) = await proofs(gathering.service)
    places = (await gathering.service.get(f"{gathering.path}/places", None)).json()
    assert (places["left"], places["waiting"], await gathering.roll()) == (3, 0, [])
    assert [name for name, _ in await gathering.service.published() if name.startswith("Registration")] == []
    shown = await gathering.service.get(f"/api/v1/registrations/{token}", None)
    assert (shown.status_code, shown.json()["type"]) == (409, "/problems/registration-unconfirmed")
    first, again = await confirm(gathering, token), await confirm(gathering, token)
    assert (first.status_code, first.json()) == (200, again.json())
    assert (await gathering.roll(), await gathering.service.rows("confirmation")) == ([("1", "confirmed", 2)], 0)
    told = [name for name, _ in await gathering.service.published() if name.startswith("Registration")]
    assert told == ["RegistrationConfirmed"]


async def test_places_go_to_those_who_confirm_first(gathering: OpenGathering) -> None:
    for number in (1, 2):
        await gathering.ask(number, 2)
    first, second = await proofs(gathering.service)
    for token in (second, first):
        advance(gathering.service, timedelta(minutes=1))
        assert (await confirm(gathering, token)).status_code == 200
    assert await gathering.roll() == [("2", "confirmed", 2), ("1", "waiting", 2)]


async def test_of_two_who_confirm_the_same_at_once_one_registers(gathering: OpenGathering) -> None:
    await gathering.ask(1)
    (token,) = await proofs(gathering.service)
    answers = await asyncio.gather(*(confirm(gathering, token) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert await gathering.roll() == [("1", "confirmed", 1)]


async def test_to_look_at_the_link_registers_nobody(gathering: OpenGathering) -> None:
    await gathering.ask(1)
    (token,) = await proofs(gathering.service)
    before = await gathering.service.stored()
    page = await Browser(gathering.service).open(f"/registrations/{token}?lang=en")
    assert (page.status_code, "You have no place yet" in page.text) == (200, True)
    assert await gathering.service.stored() == before


@pytest.mark.parametrize("is_closed", [False, True])
async def test_until_when_it_can_be_confirmed_is_said_by_the_clock_of_the_place(
    intake_service: ServiceUnderTest, is_closed: bool
) -> None:
    today = office_date(intake_service.clock.now())
    deadline = str(today + timedelta(days=1))
    gathering = await OpenGathering.of(intake_service, zone="America/Nuuk", deadline=deadline)
    await gathering.ask(1)
    (token,) = await proofs(intake_service)
    async with intake_service.database.work() as work:
        pending = await pending_by_token(work, ConfirmationKind.REGISTRATION, token)
    assert pending is not None
    there = format_moment(pending.lapses_at, "en", ZoneInfo("America/Nuuk"))
    if is_closed:
        advance(intake_service, timedelta(days=2, hours=12))
    page = (await Browser(intake_service).open(f"/registrations/{token}?lang=en")).text
    assert (there in page, "Registration is closed." in page) == (True, is_closed)


async def test_who_never_meant_it_has_it_deleted_at_once(gathering: OpenGathering) -> None:
    await gathering.ask(1)
    (token,) = await proofs(gathering.service)
    browser = Browser(gathering.service)
    page = await browser.open(f"/registrations/{token}?lang=en")
    done = await browser.follow(await browser.send(page, f"/registrations/{token}/withdrawal"))
    assert ("Nobody was registered." in done.text, await gathering.service.rows("confirmation")) == (True, 0)
    assert (await confirm(gathering, token)).status_code == 404


async def test_the_e_mail_that_asks_says_nothing_that_a_stranger_has_written(gathering: OpenGathering) -> None:
    said: dict[str, Any] = {
        "name": "Zyx Qwerty",
        "workplace": "Vqxz",
        "attendees": [{"name": "Jkwx Pl", "audience": "leaders"}],
    }
    await gathering.ask(1, **said)
    await gathering.service.post(
        "/api/v1/interests",
        {"programme": "learning-day", "name": "Zyx Qwerty", "email": "z@example.org", "audience": "leaders"},
        None,
    )
    async with gathering.service.database.work() as work:
        words = str((await work.session.execute(text("select subject, paragraphs from intake.mail"))).all())
    assert (len(await proofs(gathering.service)), [each for each in ("Zyx", "Vqxz", "Jkwx") if each in words]) == (
        2,
        [],
    )


@pytest.mark.parametrize(("late", "status"), [(timedelta(minutes=-1), 200), (timedelta(), 404)])
async def test_what_is_not_confirmed_in_time_is_not_taken_up(
    gathering: OpenGathering, late: timedelta, status: int
) -> None:
    await gathering.ask(1)
    (token,) = await proofs(gathering.service)
    advance(gathering.service, timedelta(days=DAYS_TO_CONFIRM) + late)
    page = await Browser(gathering.service).open(f"/registrations/{token}")
    assert (page.status_code, (await confirm(gathering, token)).status_code) == (status, status)


async def test_what_has_lapsed_goes_with_the_names_in_it(gathering: OpenGathering) -> None:
    await gathering.ask(1)
    advance(gathering.service, timedelta(days=DAYS_TO_CONFIRM))
    async with gathering.service.database.work() as work:
        assert await forget_lapsed(work) == 1
        await work.commit()
    assert await gathering.service.rows("confirmation") == 0


async def test_whom_the_office_registers_has_a_place_at_once(gathering: OpenGathering) -> None:
    limited(gathering.service, stranger_mails_per_source=1, stranger_mails=1)
    for number in range(3):
        body = {"name": "A", "email": f"a{number}@example.org", "attendees": [{"name": "A", "audience": "leaders"}]}
        answer = await gathering.service.post(f"{gathering.path}/registrations", body, "lone")
        assert answer.status_code == 202
    assert [status for _, status, _ in await gathering.roll()] == ["confirmed"] * 3
    assert await proofs(gathering.service) == []


async def test_what_would_be_refused_is_refused_before_anybody_is_written_to(gathering: OpenGathering) -> None:
    answer = await gathering.ask(1, attendees=[{"name": "A", "audience": "staff"}])
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/not-the-audience")
    assert await owed(gathering.service) == []


# Limits


async def test_one_source_has_us_write_to_few_addresses(intake_service: ServiceUnderTest) -> None:
    limited(intake_service, stranger_mails_per_source=3)
    answers = [
        await intake_service.post("/api/v1/subscriptions", {"email": f"r{n}@example.org", "topics": ["rounds"]}, None)
        for n in range(60)
    ]
    assert [answer.status_code for answer in answers] == [202] * 3 + [429] * 57
    assert len(await owed(intake_service)) == await intake_service.rows("subscription") == 3
    refused = answers[3]
    assert (refused.json()["type"], 0 < int(refused.headers["Retry-After"]) <= 1200) == (TOO_MANY, True)
    assert refused.json()["texts"]["da"].startswith("Der er bedt om så mange e-mails fra dit netværk")
    advance(intake_service, timedelta(seconds=int(refused.headers["Retry-After"])))
    later = await intake_service.post("/api/v1/subscriptions", {"email": "r@example.org", "topics": ["rounds"]}, None)
    assert later.status_code == 202


async def test_at_midnight_there_is_no_second_allowance(intake_service: ServiceUnderTest) -> None:
    limited(intake_service, stranger_mails_per_source=4)
    now = intake_service.clock.now()
    midnight = office_midnight(office_date(now) + timedelta(days=1))

    async def asked(times: int) -> list[int]:
        return [
            (
                await intake_service.post("/api/v1/subscriptions", {"email": f"{n}@a.dk", "topics": ["rounds"]}, None)
            ).status_code
            for n in range(times)
        ]

    advance(intake_service, midnight - now - timedelta(minutes=1))
    assert await asked(5) == [202] * 4 + [429]
    advance(intake_service, timedelta(minutes=2))
    assert await asked(1) == [429]
    advance(intake_service, timedelta(minutes=14))
    assert await asked(2) == [202, 429]


TOKEN = "dGhpcyBpcyBubyB0b2tlbiBvZiBvdXJz"


@pytest.mark.parametrize("address", ["/registrations", "/interests", "/subscriptions"])
async def test_whoever_tries_many_links_has_to_wait(gathering: OpenGathering, address: str) -> None:
    await gathering.ask(1)
    (right,) = await proofs(gathering.service)
    before = guessed()
    for _ in range(WRONG.most // 2):
        read = await gathering.service.get(f"/api/v1{address}/{TOKEN}", None)
        done = await gathering.service.post(f"/api/v1{address}/{TOKEN}/confirmation", None, None)
        assert (read.status_code, done.status_code) == (404, 404)
    stopped = await gathering.service.get(f"/api/v1{address}/{TOKEN}", None)
    assert (stopped.status_code, stopped.json()["type"], stopped.headers["Retry-After"]) == (429, TOO_MANY, "120")
    assert stopped.json()["texts"]["da"].startswith("Der er prøvet så mange forkerte navne, links eller koder")
    assert (await Browser(gathering.service).open(f"{address}/{TOKEN}")).status_code == 429
    assert (await confirm(gathering, right)).status_code == 429
    assert [now - was for now, was in zip(guessed(), before, strict=True)] == [WRONG.most, 3]
    advance(gathering.service, timedelta(minutes=2))
    assert (await confirm(gathering, right)).status_code == 200


async def test_whoever_has_a_right_link_may_use_it_as_often_as_they_like(gathering: OpenGathering) -> None:
    await gathering.ask(1)
    (token,) = await proofs(gathering.service)
    answers = {(await confirm(gathering, token)).status_code for _ in range(WRONG.most + 5)}
    assert answers == {200}


def guessed() -> list[float]:
    return [
        REGISTRY.get_sample_value("praksis_security_events_total", {"service": "intake", "kind": kind}) or 0.0
        for kind in ("guessed-wrong", "too-many-requests")
    ]


async def test_what_strangers_ask_for_is_counted_together_whatever_it_is(gathering: OpenGathering) -> None:
    service = gathering.service
    limited(service, stranger_mails_per_source=2)
    interest = {"programme": "learning-day", "name": "A", "email": "a@example.org", "audience": "leaders"}
    answers = [
        await gathering.ask(1),
        await service.post("/api/v1/interests", interest, None),
        await service.post("/api/v1/subscriptions", {"email": "b@example.org", "topics": ["rounds"]}, None),
        await gathering.ask(2),
        await service.post("/api/v1/interests", interest | {"email": "c@example.org"}, None),
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 429, 429, 429]


async def test_at_once_no_more_get_through_than_one_after_the_other(gathering: OpenGathering) -> None:
    limited(gathering.service, stranger_mails_per_source=3)
    answers = await asyncio.gather(*(gathering.ask(number) for number in range(10)))
    assert sorted(answer.status_code for answer in answers) == [202] * 3 + [429] * 7
    assert len(await proofs(gathering.service)) == 3


async def test_all_strangers_together_have_a_limit_that_operators_see(intake_service: ServiceUnderTest) -> None:
    limited(intake_service, stranger_mails=2)
    answers = [
        await intake_service.post("/api/v1/subscriptions", {"email": f"r{n}@example.org", "topics": ["rounds"]}, None)
        for n in range(3)
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[2].json()["texts"]["en"].startswith("So many people write to us at the moment")
    found = (await intake_service.get("/api/v1/operations/mail", "gert")).json()
    assert (found["stranger_mails"], found["stranger_mails_most"]) == (2, 2)
    gert = Browser(intake_service)
    await gert.sign_in("gert")
    page = await gert.open("/operations/mail?lang=en")
    assert ("2 of at most 2" in page.text, "no more are taken for the moment" in page.text) == (True, True)


async def test_one_mailbox_is_asked_so_often_and_whoever_asks_is_not_told(gathering: OpenGathering) -> None:
    answers = []
    for number in range(12):
        people = [{"name": f"A{number}", "audience": "leaders"}]
        answers.append(await gathering.ask(1, email=f"victim+{number}@example.org", attendees=people))
    wish = {"programme": "learning-day", "name": "A", "email": "Victim@example.org", "audience": "leaders"}
    answers.append(await gathering.service.post("/api/v1/interests", wish, None))
    assert {answer.status_code for answer in answers} == {202}
    assert len(await owed(gathering.service)) == 10


async def test_where_strangers_come_from_stands_nowhere(gathering: OpenGathering) -> None:
    await gathering.ask(1)
    async with gathering.service.database.work() as work:
        kept = str((await work.session.execute(text("select encode(key, 'escape') from intake.allowance"))).all())
    assert ("127.0.0.1" in kept, "example.org" in kept) == (False, False)
    assert await gathering.service.rows("allowance") == 3


async def allowances(service: ServiceUnderTest) -> list[Any]:
    """How much of each limit is used up."""
    async with service.database.work() as work:
        found = await work.session.execute(text("select key, clear_at from intake.allowance order by key"))
        return [tuple(row) for row in found]


FORMS = ["/newsletter", "/interest-list", "gathering"]


async def sent_by_a_stranger(gathering: OpenGathering, path: str) -> httpx.Response:
    """What somebody is answered who fills in one of the forms that have us send an e-mail."""
    browser = Browser(gathering.service)
    action = f"/gatherings/{gathering.id}/registrations" if path == "gathering" else path
    page = await browser.open(f"/gatherings/{gathering.id}?lang=en" if path == "gathering" else f"{path}?lang=en")
    said = {"email": "aase@example.org"}
    said |= {
        "/newsletter": {"topics": "rounds"},
        "/interest-list": {"programme": "learning-day", "name": "Åse", "audience": "leaders"},
        "gathering": {"name": "Åse", "audience-1": "leaders"},
    }[path]
    return await browser.send(page, action, **said)


@pytest.mark.parametrize("path", FORMS)
async def test_what_is_not_sent_uses_no_allowance_up(gathering: OpenGathering, path: str) -> None:
    limited(gathering.service, stranger_mails_per_source=3, stranger_mails=1)
    await gathering.ask(1)
    counted = await allowances(gathering.service)
    for _ in range(4):
        refused = await sent_by_a_stranger(gathering, path)
        assert (refused.status_code, "So many people write to us at the moment" in refused.text) == (429, True)
    assert await allowances(gathering.service) == counted


@pytest.mark.parametrize("path", FORMS)
async def test_who_has_to_wait_finds_the_form_as_it_was(gathering: OpenGathering, path: str) -> None:
    limited(gathering.service, stranger_mails_per_source=1)
    await gathering.ask(1)
    refused = await sent_by_a_stranger(gathering, path)
    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
    assert ("you have to wait" in refused.text, 'value="aase@example.org"' in refused.text) == (True, True)
    assert len(await owed(gathering.service)) == 1


def test_a_network_of_version_six_is_one_source() -> None:
    assert _network("2001:db8:1:2:3:4:5:6") == _network("2001:db8:1:2::9") != _network("2001:db8:1:3::9")
    assert _network("::ffff:192.0.2.1") == _network("192.0.2.1") != _network("192.0.2.2")


@pytest.mark.parametrize(
    ("proxies", "believed"),
    [
        ("", ""),
        ("none", ""),
        (" none ", ""),
        ("10.0.0.1, 10.1.0.0/16, 2001:db8::/32", "10.0.0.1, 10.1.0.0/16, 2001:db8::/32"),
        ("proxy", None),
        ("10.1.2.3/8", None),
        ("10.0.0.1, none", None),
    ],
)
def test_proxies_are_named_by_their_addresses(proxies: str, believed: str | None) -> None:
    if believed is not None:
        assert KernelSettings(session_secret=SECRET, trusted_proxies=proxies).proxies_in_front == believed
        return
    with pytest.raises(ValueError, match="trusted_proxies"):
        KernelSettings(session_secret=SECRET, trusted_proxies=proxies)


# After it


async def test_who_has_confirmed_is_not_asked_again_and_hears_that_they_are_registered(
    gathering: OpenGathering,
) -> None:
    await gathering.register(1)
    await gathering.ask(1)
    subjects = [subject.partition(":")[0] for _, subject, _ in await posted(gathering.service)]
    assert (subjects, len(await proofs(gathering.service))) == (["You have a place", "You had registered already"], 1)
