"""Reporting's pages, as somebody at a screen meets them."""

import re
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import httpx
import pytest
from service_under_test import Browser, ServiceUnderTest, everybody_but, forms_of, published_programmes

from reporting.worker import handlers
from shared.contracts.intake.applications import ApplicationAccepted, ApplicationSubmitted
from shared.contracts.intake.programmes import ProgrammePublished
from shared.contracts.scheduling.courses import CourseCompleted, CourseOpened, CoursePhase, PhaseStarted
from shared.contracts.vocabulary import IntakeMode, Names

HTML = "text/html; charset=utf-8"
READERS = ("caseworker", "coordinator", "consultant", "evaluator", "administrator")
OPENED_ON = date(2024, 1, 31)


async def course(
    service: ServiceUnderTest,
    programme: str = "long-course",
    phase: str = "Start",
    *,
    on: date = OPENED_ON,
    completed: bool = False,
) -> None:
    """An application that has come as far as its course, which opened on a day, or to its end."""
    application_id, course_id = uuid4(), uuid4()
    case = {
        "application_id": application_id,
        "programme": programme,
        "programme_version": 1,
        "municipality": "0390",
        "daycares": (UUID(int=1), UUID(int=2)),
        "on": on,
    }
    planned = CoursePhase(name="start", names=Names(da=phase, en=phase), starts_on=OPENED_ON, ends_on=date(2024, 4, 30))
    await service.happen(
        handlers,
        ApplicationSubmitted.model_validate({**case, "round_id": None}),
        ApplicationAccepted.model_validate({**case, "skills": (), "hours": None}),
        CourseOpened.model_validate({**case, "course_id": course_id, "phases": (planned,)}),
        PhaseStarted(course_id=course_id, phase="start", on=on),
    )
    if completed:
        await service.happen(handlers, CourseCompleted(course_id=course_id, on=date(2024, 5, 2)))


async def signed_in(service: ServiceUnderTest, name: str) -> Browser:
    browser = Browser(service)
    answer = await browser.sign_in(name)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    return browser


def headings(page: httpx.Response, level: int = 1) -> list[str]:
    return re.findall(f"<h{level}>(.*?)</h{level}>", page.text)


def empty(page: httpx.Response) -> list[str]:
    """What the page says where there is nothing to show."""
    return re.findall('<div class="praksis-empty">\\s*<p class="h4">(.*?)</p>', page.text)


def facts(page: httpx.Response) -> list[tuple[str, str]]:
    """What the lists of facts about the courses say."""
    return re.findall("<dt>(.*?)</dt>\\s*<dd>(.*?)</dd>", page.text)


def tables(page: httpx.Response) -> list[list[list[str]]]:
    """The cells of each table's rows."""
    bodies = re.findall("<tbody>(.*?)</tbody>", page.text, re.DOTALL)
    rows = [re.findall("<tr>(.*?)</tr>", body, re.DOTALL) for body in bodies]
    return [[re.findall("<t[dh][^>]*>(.*?)</t[dh]>", row) for row in table] for table in rows]


def problem(page: httpx.Response) -> tuple[int, str, list[str]]:
    return page.status_code, page.headers["Content-Type"], headings(page)


@pytest.mark.parametrize(("language", "asked"), [("da", "da"), ("en", "en"), ("da", "de")])
async def test_every_page_is_in_the_language_that_is_asked_for(
    reporting_service: ServiceUnderTest, language: str, asked: str
) -> None:
    await reporting_service.happen(handlers, *published_programmes())
    await course(reporting_service)
    frida, stranger = await signed_in(reporting_service, "frida"), Browser(reporting_service)
    expected = [
        (frida, "/", {"da": "Sagsoversigt", "en": "The pipeline"}),
        (stranger, "/", {"da": "Sagsoversigt", "en": "The pipeline"}),
        (stranger, "/sign-in", {"da": "Log ind", "en": "Sign in"}),
        (stranger, "/problems/unknown-course", {"da": "Forløbet findes ikke", "en": "There is no such course"}),
    ]
    for browser, path, heading in expected:
        page = await browser.open(f"{path}?lang={asked}")
        assert (page.status_code, page.headers["Content-Type"]) == (200, HTML)
        assert page.headers["Content-Language"] == language
        assert re.findall('<html lang="(.*?)">', page.text) == [language]
        assert headings(page) == [heading[language]]


async def test_the_front_page_says_whom_it_is_for(reporting_service: ServiceUnderTest) -> None:
    await course(reporting_service)
    for name in (None, *everybody_but(*READERS)):
        browser = await signed_in(reporting_service, name) if name else Browser(reporting_service)
        page = await browser.open("/?lang=en")
        assert (page.status_code, page.headers["Content-Type"]) == (200, HTML)
        assert empty(page) == ["The reports are for those who run the corps"]
        assert (tables(page), facts(page)) == ([], [])


async def test_at_first_there_is_nothing_to_report(reporting_service: ServiceUnderTest) -> None:
    page = await (await signed_in(reporting_service, "clara")).open("/?lang=en")
    assert empty(page) == ["Nobody has applied yet", "No course has opened yet"]


@pytest.mark.parametrize("name", ["clara", "david", "eva", "frida", "hanne"])
async def test_the_front_page_shows_the_figures_and_the_way_of_each_course(
    reporting_service: ServiceUnderTest, name: str
) -> None:
    await reporting_service.happen(handlers, *published_programmes())
    await course(reporting_service, "unheard-of")
    await course(reporting_service, on=date(2024, 1, 30), completed=True)
    page = await (await signed_in(reporting_service, name)).open("/?lang=en")
    figures, *ways = tables(page)
    assert figures == [
        ["Long advisory course", "1", "0", "0", "1", "0", "0", "0", "0", "1"],
        ["unheard-of", "1", "0", "0", "1", "0", "0", "0", "1", "0"],
    ]
    assert headings(page, 3) == ["unheard-of, Vordingborg", "Long advisory course, Vordingborg"]
    assert ways == [
        [["Start", "31 January 2024 – 30 April 2024", "31 January 2024", "–"]],
        [["Start", "31 January 2024 – 30 April 2024", "30 January 2024", "–"]],
    ]
    begun = [("Submitted", True), ("Accepted", True), ("Agreement signed", False), ("Course opened", True)]
    assert facts(page) == [
        *((name, "31 January 2024" if told else "–") for name, told in begun),
        ("Team formed", "–"),
        ("Completed", "–"),
        *((name, "30 January 2024" if told else "–") for name, told in begun),
        ("Team formed", "–"),
        ("Completed", "2 May 2024"),
    ]
    assert forms_of(page.text).keys() == {"/sign-out"}


@pytest.mark.parametrize(
    ("failed", "warnings"),
    [(0, []), (1, ["1 event is missing from the figures"]), (2, ["2 events are missing from the figures"])],
)
async def test_the_front_page_tells_up_to_when_all_is_counted_and_what_is_not(
    reporting_service: ServiceUnderTest, failed: int, warnings: list[str]
) -> None:
    frida = await signed_in(reporting_service, "frida")
    assert "It is not known yet up to when the figures count." in (await frida.open("/?lang=en")).text
    await reporting_service.stand_at(datetime(2024, 5, 3, 12, 30, tzinfo=UTC), failed)
    page = await frida.open("/?lang=en")
    assert re.findall("As of .*?[.]", page.text) == ["As of 3 May 2024 at 14:30."]
    assert re.findall('<h2 class="alert-heading">(.*?)</h2>', page.text) == warnings


async def test_what_people_write_is_shown_and_never_run(reporting_service: ServiceUnderTest) -> None:
    script = "<script>alert(1)</script>"
    published = ProgrammePublished(
        programme="strange-course",
        version=1,
        names=Names(da=script, en=script),
        intake=IntakeMode.ROLLING,
        valid_from=OPENED_ON,
        valid_until=None,
        team_size=2,
        hour_cap=None,
        phases=(),
        skills=(),
    )
    await reporting_service.happen(handlers, published)
    await course(reporting_service, "strange-course", phase="\"'&<b>")
    await course(reporting_service, script)
    page = await (await signed_in(reporting_service, "frida")).open("/?lang=en")
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt;"
    assert page.text.count("<script") == 3
    figures, *ways = tables(page)
    assert [row[0] for row in figures] == [escaped, escaped]
    assert headings(page, 3) == [f"{escaped}, Vordingborg"] * 2
    assert sorted(way[0][0] for way in ways) == ["&#34;&#39;&amp;&lt;b&gt;", "Start"]


async def test_the_form_to_sign_out_is_turned_away_without_its_token(reporting_service: ServiceUnderTest) -> None:
    frida = await signed_in(reporting_service, "frida")
    page = await frida.open("/?lang=en")
    for token in (None, "", "nonsense"):
        answer = await frida.send(page, "/sign-out", _csrf=token)
        assert problem(answer) == (403, HTML, ["The form has expired"])
    assert (await frida.send(page, "/sign-out")).status_code == 303
    assert empty(await frida.open("/")) == ["The reports are for those who run the corps"]


async def test_the_page_takes_as_many_queries_for_fifty_courses_as_for_one(
    reporting_service: ServiceUnderTest,
) -> None:
    await reporting_service.happen(handlers, *published_programmes())
    frida = await signed_in(reporting_service, "frida")

    async def queries_and_ways() -> tuple[int, int]:
        await frida.open("/")
        async with reporting_service.statements() as sent:
            page = await frida.open("/")
        return len(sent), len(headings(page, 3))

    await course(reporting_service)
    assert await queries_and_ways() == (4, 1)
    for number in range(49):
        await course(reporting_service, f"programme-{number}")
    assert await queries_and_ways() == (4, 50)
