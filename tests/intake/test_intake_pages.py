"""Intake's pages, as somebody at a screen meets them."""

import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from service_under_test import DAYCARES, Browser, OpenIntake, ServiceUnderTest, everybody_but, forms_of

HTML = "text/html; charset=utf-8"
STAFF = ("caseworker", "coordinator", "administrator")


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def signed_in(office: OpenIntake, name: str) -> Browser:
    browser = Browser(office.service)
    answer = await browser.sign_in(name)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    return browser


def headings(page: httpx.Response) -> list[str]:
    """The first heading, which says what the page is."""
    return re.findall("<h1>(.*?)</h1>", page.text)


def badges(page: httpx.Response) -> list[str]:
    return re.findall('<span class="badge[^"]*">(.*?)</span>', page.text)


def problem(page: httpx.Response) -> tuple[int, str, list[str]]:
    return page.status_code, page.headers["Content-Type"], headings(page)


def came_back(page: httpx.Response) -> tuple[int, str, str]:
    """The status of a form that has come back, and what it says stood in the way."""
    return (
        page.status_code,
        page.headers["Content-Type"],
        page.text.partition('id="returned-title">')[2].partition("<")[0],
    )


# Every page


@pytest.mark.parametrize(("language", "path_language"), [("da", "da"), ("en", "en"), ("da", "de")])
async def test_every_page_is_in_the_language_that_is_asked_for(
    office: OpenIntake, language: str, path_language: str
) -> None:
    application = await office.submitted()
    somebody, clara = Browser(office.service), await signed_in(office, "clara")
    expected = {
        "/programmes": {"da": "Programtyper og ansøgningsrunder", "en": "Programmes and rounds"},
        "/programmes/long-course": {"da": "Længerevarende rådgivningsforløb", "en": "Long advisory course"},
        "/sign-in": {"da": "Log ind", "en": "Sign in"},
        "/problems/unknown-programme": {"da": "Programtypen findes ikke", "en": "There is no such programme"},
        "/": {"da": "I dag", "en": "Today"},
        "/applications": {"da": "Ansøgninger", "en": "Applications"},
        f"/applications/{application['id']}": {
            "da": "Længerevarende rådgivningsforløb, Vordingborg",
            "en": "Long advisory course, Vordingborg",
        },
    }
    for path, heading in expected.items():
        page = await (clara if "application" in path or path == "/" else somebody).open(f"{path}?lang={path_language}")
        assert (page.status_code, page.headers["Content-Type"]) == (200, HTML)
        assert page.headers["Content-Language"] == language
        assert re.findall('<html lang="(.*?)">', page.text) == [language]
        assert headings(page) == [heading[language]]


async def test_a_programme_without_phases_has_no_empty_row_for_them(office: OpenIntake) -> None:
    page = await Browser(office.service).open("/programmes?lang=en")
    assert "<dt>Phases</dt>" in page.text
    assert re.findall(r"<dt>(.*?)</dt>\s*<dd>\s*</dd>", page.text) == []


async def test_a_chosen_language_is_remembered(office: OpenIntake) -> None:
    browser = Browser(office.service)
    await browser.open("/programmes?lang=en")
    assert (await browser.open("/programmes")).headers["Content-Language"] == "en"


async def test_what_people_write_is_shown_and_never_run(office: OpenIntake) -> None:
    clara = await signed_in(office, "clara")
    harmless = await office.submitted()
    script, image = "<script>alert(1)</script>", "\"><img src=x onerror='alert(1)'> & {{ 7 * 7 }}"
    daycare = DAYCARES["nursery"] | {"p_number": "1003909999", "name": script}
    registered = await office.service.post("/api/v1/daycares", daycare, "anna")
    daycares = [registered.json()["id"], office.daycares["nursery"]]
    written = await office.submitted(daycares=daycares, motivation=image, round_id=await office.another_round())
    tags = []
    for application in (harmless, written):
        page = await clara.open(f"/applications/{application['id']}?lang=en")
        tags.append((page.text.count("<script"), page.text.count("<img")))
    assert tags == [(3, 0), (3, 0)]
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt;"
    assert re.findall("<li>(.*?) \\(0–2 years\\)\\s*</li>", page.text) == [escaped, "Vuggestuen Havblik"]
    assert page.text.count(escaped) == 1 + len([v for v in written["verdicts"] if v["daycare_id"] == daycares[0]])
    assert re.findall('<p class="praksis-prose">(.*?)</p>', page.text) == [
        "&#34;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt; &amp; {{ 7 * 7 }}"
    ]


async def test_a_problem_shows_what_was_sent_and_never_runs_it(office: OpenIntake) -> None:
    clara = await signed_in(office, "clara")
    page = await clara.open("/applications/<script>alert(1)<%2Fscript>?lang=<script>alert(1)</script>")
    assert page.headers["Content-Type"] == HTML
    assert page.text.count("<script") == 3


# Who sees what


async def test_the_front_page_leads_everybody_else_to_the_programmes(office: OpenIntake) -> None:
    for name in (None, *everybody_but("applicant", "reviewer", "secretary", *STAFF)):
        browser = Browser(office.service) if name is None else await signed_in(office, name)
        answer = await browser.open("/")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/programmes")
        assert (await browser.follow(answer)).status_code == 200


async def test_the_list_holds_what_somebody_may_see(office: OpenIntake) -> None:
    annas = await office.submitted()
    bos = (await office.service.post("/api/v1/applications", office.short_course(), "bo")).json()
    links = {}
    for name in ("anna", "bo", "ingrid", "clara", "david", "hanne"):
        page = await (await signed_in(office, name)).open("/applications")
        links[name] = re.findall('<a href="/applications/(.*?)">', page.text)
    everything = [bos["id"], annas["id"]]
    assert links == {
        "anna": [annas["id"]],
        "bo": [bos["id"]],
        "ingrid": [],
        "clara": everything,
        "david": everything,
        "hanne": everything,
    }


async def test_a_stranger_is_led_to_sign_in_and_on_to_the_page_they_wanted(office: OpenIntake) -> None:
    path = f"/applications/{(await office.submitted())['id']}"
    browser = Browser(office.service)
    answer = await browser.open(f"{path}?lang=en")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/sign-in?next={path}%3Flang%3Den")
    signed = await browser.send(await browser.follow(answer), "/sign-in", name="anna")
    assert signed.headers["Location"] == f"{path}?lang=en"
    assert headings(await browser.follow(signed)) == ["Long advisory course, Vordingborg"]


async def test_nobody_is_led_elsewhere_after_signing_in(intake_service: ServiceUnderTest) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"):
        browser = Browser(intake_service)
        answer = await browser.send(await browser.open("/sign-in"), "/sign-in", name="anna", next=elsewhere)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")


async def test_somebody_unknown_is_shown_the_people_again(office: OpenIntake) -> None:
    browser = Browser(office.service)
    for name in (None, "", "nobody", "local:clara"):
        page = await browser.send(await browser.open("/sign-in?lang=en"), "/sign-in", name=name)
        assert problem(page) == (422, HTML, ["Sign in"])
        assert page.text.count("Choose one of the people.") == 2
    assert (await browser.open(f"/applications/{uuid4()}")).status_code == 303


async def test_after_signing_out_one_is_a_stranger(office: OpenIntake) -> None:
    browser = await signed_in(office, "clara")
    answer = await browser.send(await browser.open("/"), "/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/signed-out")
    assert (await browser.open("/")).headers["Location"] == "/programmes"


async def test_an_application_is_not_for_the_others(office: OpenIntake) -> None:
    path = f"/applications/{(await office.submitted())['id']}"
    for name in everybody_but("applicant", *STAFF):
        page = await (await signed_in(office, name)).open(f"{path}?lang=en")
        assert problem(page) == (403, HTML, ["Your role may not do this"])
        assert "This may be done by: Applicant, Caseworker, Coordinator and Administrator." in page.text


async def test_an_application_that_somebody_may_not_see_is_not_found(office: OpenIntake) -> None:
    application = await office.submitted()
    for name, id in (("bo", application["id"]), ("clara", uuid4())):
        page = await (await signed_in(office, name)).open(f"/applications/{id}?lang=en")
        assert problem(page) == (404, HTML, ["There is no such application"])


async def test_an_address_that_names_nothing_leads_to_the_list(office: OpenIntake) -> None:
    page = await (await signed_in(office, "clara")).open("/applications/nonsense?lang=en")
    assert problem(page) == (404, HTML, ["The page or the thing was not found"])
    main = page.text.partition("<main")[2]
    assert ("nonsense" in main, '<a href="/applications">Go to Applications</a>' in main) == (False, True)


async def test_a_page_at_no_address_is_not_found(office: OpenIntake) -> None:
    page = await Browser(office.service).open("/nowhere?lang=en")
    assert problem(page) == (404, HTML, ["The page or the thing was not found"])


# Accepting


async def test_a_caseworker_accepts_by_the_button_on_the_page(office: OpenIntake) -> None:
    application = await office.submitted()
    path = f"/applications/{application['id']}"
    clara = await signed_in(office, "clara")
    page = await clara.open(f"{path}?lang=en")
    answer = await clara.send(page, f"{path}/acceptance")
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    accepted = await clara.follow(answer)
    assert (badges(page)[0], badges(accepted)[0]) == ("Submitted", "Accepted")
    assert forms_of(accepted.text).keys() == {"/sign-out"}
    shown = (await office.service.get(f"/api/v1{path}", "clara")).json()
    assert (shown["status"], shown["version"]) == ("accepted", 2)
    assert [name for name, _ in await office.service.published()][-2:] == [
        "ApplicationSubmitted",
        "ApplicationAccepted",
    ]


async def test_those_who_may_not_accept_see_no_button_and_cannot_send_its_form(office: OpenIntake) -> None:
    path = f"/applications/{(await office.submitted())['id']}"
    stored = await office.service.stored()
    for name in ("anna", "david", "hanne"):
        browser = await signed_in(office, name)
        page = await browser.open(f"{path}?lang=en")
        forms = forms_of(page.text)
        assert forms.keys() - {f"{path}/withdrawal"} == {"/sign-out"}
        answer = await browser.http.post(f"{path}/acceptance", data={**forms["/sign-out"], "version": "1"})
        assert problem(answer) == (403, HTML, ["Your role may not do this"])
    assert await office.service.stored() == stored


async def test_a_form_with_a_version_of_before_gets_the_page_that_says_so(office: OpenIntake) -> None:
    application = await office.submitted()
    path = f"/applications/{application['id']}"
    clara = await signed_in(office, "clara")
    page = await clara.open(f"{path}?lang=en")
    other = await office.service.post(f"/api/v1{path}/acceptance", None, "clara", if_match='"1"')
    assert other.status_code == 200
    stored = await office.service.stored()
    answer = await clara.send(page, f"{path}/acceptance")
    assert came_back(answer) == (412, HTML, "Somebody else, or you on another page, has changed this")
    assert await office.service.stored() == stored


async def test_a_form_of_what_was_decided_already_gets_the_page_that_says_so(office: OpenIntake) -> None:
    application = await office.submitted()
    path = f"/applications/{application['id']}"
    clara = await signed_in(office, "clara")
    page = await clara.open(f"{path}?lang=en")
    await clara.send(page, f"{path}/acceptance")
    answer = await clara.send(page, f"{path}/acceptance", version="2")
    assert came_back(answer) == (409, HTML, "The application is not waiting for a decision")


async def test_a_form_whose_version_is_none_is_not_valid(office: OpenIntake) -> None:
    path = f"/applications/{(await office.submitted())['id']}"
    clara = await signed_in(office, "clara")
    page = await clara.open(f"{path}?lang=en")
    stored = await office.service.stored()
    for version in (None, "", "0", "-1", "one", "1.5", "1\x00", "9" * 5000):
        answer = await clara.send(page, f"{path}/acceptance", version=version)
        assert came_back(answer) == (422, HTML, "Something that was sent is not right")
    assert await office.service.stored() == stored


async def test_a_form_with_more_fields_than_it_has_is_not_valid(office: OpenIntake) -> None:
    path = f"/applications/{(await office.submitted())['id']}"
    clara = await signed_in(office, "clara")
    answer = await clara.send(await clara.open(f"{path}?lang=en"), f"{path}/acceptance", status="refused")
    assert came_back(answer) == (422, HTML, "Something that was sent is not right")


# The token of a form


async def test_every_form_carries_a_token(office: OpenIntake) -> None:
    application = await office.submitted()
    clara = await signed_in(office, "clara")
    forms: dict[str, Any] = {}
    for browser, path in (
        (Browser(office.service), "/sign-in"),
        (clara, "/applications"),
        (clara, "/programmes"),
        (clara, f"/applications/{application['id']}"),
    ):
        forms |= forms_of((await browser.open(path)).text)
    fields = {action: sorted(fields) for action, fields in forms.items()}
    assert fields == {
        "/sign-in": ["_csrf", "next"],
        "/sign-out": ["_csrf", "_stood"],
        f"/applications/{application['id']}/acceptance": ["_csrf", "_stood", "version"],
        f"/applications/{application['id']}/declination": ["_csrf", "_stood", "version"],
        f"/applications/{application['id']}/waiting": ["_csrf", "_stood", "version"],
    }


async def test_a_form_without_a_token_of_this_session_is_turned_away(office: OpenIntake) -> None:
    path = f"/applications/{(await office.submitted())['id']}"
    clara, elsewhere, stranger = (
        await signed_in(office, "clara"),
        await signed_in(office, "clara"),
        Browser(office.service),
    )
    page = await clara.open(f"{path}?lang=en")
    others = forms_of((await elsewhere.open(path)).text)[f"{path}/acceptance"]["_csrf"]
    strangers = forms_of((await stranger.open("/sign-in")).text)["/sign-in"]["_csrf"]
    own = forms_of(page.text)[f"{path}/acceptance"]["_csrf"]
    assert own is not None
    stored = await office.service.stored()
    for token in (None, "", "nonsense", others, strangers, own[:-2], own.swapcase()):
        for action in (f"{path}/acceptance", "/sign-out"):
            answer = await clara.send(page, action, _csrf=token)
            assert problem(answer) == (403, HTML, ["The form has expired"])
    for token in (None, "", "nonsense", own):
        page = await stranger.open("/sign-in?lang=en")
        answer = await stranger.send(page, "/sign-in", _csrf=token, name="clara")
        assert problem(answer) == (403, HTML, ["The form has expired"])
        assert "set-cookie" not in answer.headers or "praksis_session" not in answer.headers["set-cookie"]
    assert await office.service.stored() == stored


async def test_a_form_of_somebody_whose_session_ended_leads_to_sign_in(office: OpenIntake) -> None:
    path = f"/applications/{(await office.submitted())['id']}"
    clara = await signed_in(office, "clara")
    page = await clara.open(path)
    clara.http.cookies.delete("praksis_session")
    answer = await clara.send(page, f"{path}/acceptance")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")


# Queries


async def test_pages_take_as_many_queries_for_fifty_rows_as_for_one(office: OpenIntake) -> None:
    clara, anna, stranger = await signed_in(office, "clara"), await signed_in(office, "anna"), Browser(office.service)
    pages = [(clara, "/applications", "<tr>"), (anna, "/applications", "<tr>"), (stranger, "/programmes", "<tr>")]

    async def queries_and_rows() -> list[tuple[int, int]]:
        counted = []
        for browser, path, row in pages:
            await browser.open(path)
            async with office.service.statements() as sent:
                page = await browser.open(path)
            counted.append((len(sent), page.text.count(row) - 1))
        return counted

    await office.submitted()
    assert await queries_and_rows() == [(4, 1), (3, 1), (4, 1)]
    for _ in range(49):
        await office.submitted(round_id=await office.another_round())
    assert await queries_and_rows() == [(4, 50), (3, 50), (4, 50)]


# A programme and its history


async def test_a_programme_tells_what_it_offers_and_by_what_it_judges(office: OpenIntake) -> None:
    page = await Browser(office.service).open("/programmes/long-course?lang=en")
    text = " ".join(re.sub("<[^>]+>", " ", page.text).split())
    assert page.status_code == 200
    assert badges(page) == ["In force"]
    for said in (
        "Version 1, from 1 January 2021 on",
        "Advice to the administration is a condition of the course",
        "Number of daycares from 2 to 5",
        "Ages in focus 0–2 years",
        "Price Free",
        "Documented need to develop the learning environment 3 0: Not shown 1: To a small degree",
        "Start 3 an observation of every daycare a survey of the leadership",
        "The first version",
    ):
        assert said in text


async def test_a_version_that_is_no_longer_in_force_says_so(office: OpenIntake) -> None:
    page = await Browser(office.service).open("/programmes/mini-course?version=1&lang=en")
    assert badges(page) == ["No longer in force"]


@pytest.mark.parametrize("path", ["/programmes/no-such", "/programmes/long-course?version=2"])
async def test_a_programme_or_version_that_there_is_not_is_not_found(office: OpenIntake, path: str) -> None:
    page = await Browser(office.service).open(f"{path}{'&' if '?' in path else '?'}lang=en")
    assert problem(page) == (404, HTML, ["There is no such programme"])
