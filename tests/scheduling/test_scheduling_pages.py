"""Scheduling's pages, as somebody at a screen meets them."""

import re
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from service_under_test import Browser, ServiceUnderTest, everybody_but, forms_of, published_programmes

from scheduling.worker import handlers
from shared.contracts.intake.agreements import AgreementSigned
from shared.contracts.intake.programmes import PlannedPhase, ProgrammePublished
from shared.contracts.vocabulary import IntakeMode, Names, Skill
from shared.office import office_date

HTML = "text/html; charset=utf-8"
READERS = ("caseworker", "coordinator", "consultant", "administrator")
OPENED_ON = date(2026, 1, 31)
TEAM = {"Asta Brink": ["learning_environments", "parents"], "Birk Dalsgaard": ["leadership"]}


def signed(**changes: Any) -> AgreementSigned:
    """A long course for two daycares, which starts on the day of the last signature unless another is given."""
    facts = {
        "agreement_id": uuid4(),
        "application_id": uuid4(),
        "programme": "long-course",
        "programme_version": 1,
        "municipality": "0390",
        "daycares": (UUID(int=1), UUID(int=2)),
        "skills": (Skill.LEADERSHIP, Skill.LEARNING_ENVIRONMENTS),
        "hours": None,
        "on": OPENED_ON,
        "starts_on": changes.get("on", OPENED_ON),
    }
    return AgreementSigned.model_validate(facts | changes)


@pytest.fixture
async def service(scheduling_service: ServiceUnderTest) -> ServiceUnderTest:
    """Scheduling that has heard of the programmes, and has nobody in its corps."""
    await scheduling_service.happen(handlers, *published_programmes())
    return scheduling_service


async def corps_of(service: ServiceUnderTest, **corps: list[str]) -> None:
    for name, skills in corps.items():
        answer = await service.post("/api/v1/consultants", {"name": name, "skills": skills}, "david")
        assert answer.status_code == 201, answer.text


async def opened(service: ServiceUnderTest, **changes: Any) -> str:
    """The address of the course of an agreement that has just been signed."""
    event = signed(**changes)
    await service.happen(handlers, event)
    courses = (await service.get("/api/v1/courses", "david")).json()
    [id] = [course["id"] for course in courses if course["application_id"] == str(event.application_id)]
    return f"/courses/{id}"


async def signed_in(service: ServiceUnderTest, name: str) -> Browser:
    browser = Browser(service)
    answer = await browser.sign_in(name)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    return browser


def headings(page: httpx.Response) -> list[str]:
    """The first heading, which says what the page is."""
    return re.findall("<h1>(.*?)</h1>", page.text)


def facts(page: httpx.Response) -> dict[str, str]:
    """What the list of facts about a course says."""
    return dict(re.findall("<dt>(.*?)</dt>\\s*<dd>(.*?)</dd>", page.text))


def cells(page: httpx.Response) -> list[list[str]]:
    """The rows of the page's table."""
    rows = re.findall("<tr>(.*?)</tr>", page.text.partition("<tbody>")[2], re.DOTALL)
    return [[re.sub("<.*?>", "", cell).strip() for cell in re.findall("<td>(.*?)</td>", row)] for row in rows]


def folded(page: httpx.Response) -> list[str]:
    """What is said of the button that completes a phase, once it is asked for."""
    inside = page.text.rpartition("<details")[2].partition("<form")[0]
    return [re.sub("<.*?>", "", each) for each in re.findall("<p>(.*?)</p>", inside)]


def problem(page: httpx.Response) -> tuple[int, str, list[str]]:
    return page.status_code, page.headers["Content-Type"], headings(page)


def came_back(page: httpx.Response) -> tuple[int, str, list[str]]:
    """How a page answers whose form is shown again, and what it says stood in the way."""
    titles = re.findall(r'id="returned-title">([^<]*)<', page.text)
    return page.status_code, page.headers["Content-Type"], titles


def actions(page: httpx.Response) -> list[str]:
    """Where the page's own forms go."""
    return [action for action in forms_of(page.text) if action != "/sign-out"]


# Every page


@pytest.mark.parametrize(("language", "asked"), [("da", "da"), ("en", "en"), ("da", "de")])
async def test_every_page_is_in_the_language_that_is_asked_for(
    service: ServiceUnderTest, language: str, asked: str
) -> None:
    course = await opened(service)
    eva = await signed_in(service, "eva")
    expected = {
        "/": {"da": "Forløb", "en": "Courses"},
        course: {
            "da": "Længerevarende rådgivningsforløb, Vordingborg",
            "en": "Long advisory course, Vordingborg",
        },
        "/sign-in": {"da": "Log ind", "en": "Sign in"},
        "/problems/unknown-course": {"da": "Forløbet findes ikke", "en": "There is no such course"},
    }
    for path, heading in expected.items():
        page = await eva.open(f"{path}?lang={asked}")
        assert (page.status_code, page.headers["Content-Type"]) == (200, HTML)
        assert page.headers["Content-Language"] == language
        assert re.findall('<html lang="(.*?)">', page.text) == [language]
        assert headings(page) == [heading[language]]


async def test_what_people_write_is_shown_and_never_run(service: ServiceUnderTest) -> None:
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
        phases=(PlannedPhase(name='"start"', names=Names(da=script, en=script), months=3),),
        skills=(),
    )
    await service.happen(handlers, published)
    await corps_of(service, **{script: ["leadership"], "'\"&": ["learning_environments"]})
    harmless, strange = await opened(service, municipality="0390"), await opened(service, programme="strange-course")
    eva = await signed_in(service, "eva")
    pages = [await eva.open(f"{path}?lang=en") for path in (harmless, strange, "/")]
    assert [page.text.count("<script") for page in pages] == [3, 3, 3]
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt;"
    assert headings(pages[1]) == [f"{escaped}, Vordingborg"]
    assert sorted(facts(pages[1])["Team"].split(", ")) == ["&#39;&#34;&amp;", escaped]
    assert cells(pages[1])[0][0] == escaped
    completed = await eva.send(pages[1], f"{strange}/phases/&#34;start&#34;/completion".replace("&#34;", '"'))
    assert completed.status_code == 303


# Who sees what


async def test_the_front_page_says_whom_it_is_for(service: ServiceUnderTest) -> None:
    await opened(service)
    for name in (None, *everybody_but(*READERS)):
        browser = await signed_in(service, name) if name else Browser(service)
        page = await browser.open("/?lang=en")
        assert (page.status_code, page.headers["Content-Type"]) == (200, HTML)
        assert re.findall('<div class="praksis-empty">\\s*<p class="h4">(.*?)</p>\\s*<p>(.*?)</p>', page.text) == [
            (
                "Courses are for those who run them",
                "Sign in as a consultant, coordinator, caseworker or administrator to see them.",
            )
        ]
        assert page.text.count("/courses/") == 0


async def test_the_front_page_lists_the_courses_for_those_who_run_them(service: ServiceUnderTest) -> None:
    older = await opened(service)
    await corps_of(service, **TEAM)
    newer = await opened(service, programme="short-course", skills=(), on=date(2026, 2, 1))
    for name in ("clara", "david", "eva", "hanne"):
        page = await (await signed_in(service, name)).open("/?lang=en")
        assert re.findall('<a href="(/courses/.*?)">', page.text) == [newer, older]
        assert [row[1:] for row in cells(page)] == [
            ["Vordingborg", "1 February 2026", "Formed", "Advice"],
            ["Vordingborg", "31 January 2026", "Missing", "Start"],
        ]


async def test_a_stranger_is_led_to_sign_in_and_on_to_the_course(service: ServiceUnderTest) -> None:
    course = await opened(service)
    browser = Browser(service)
    answer = await browser.open(course)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/sign-in?next={course}")
    signed = await browser.send(await browser.follow(answer), "/sign-in", name="eva")
    assert headings(await browser.follow(signed)) == ["Længerevarende rådgivningsforløb, Vordingborg"]


async def test_a_course_is_not_for_the_others(service: ServiceUnderTest) -> None:
    course = await opened(service)
    for name in everybody_but(*READERS):
        page = await (await signed_in(service, name)).open(f"{course}?lang=en")
        assert problem(page) == (403, HTML, ["Your role may not do this"])


async def test_a_course_that_does_not_exist_is_not_found(service: ServiceUnderTest) -> None:
    page = await (await signed_in(service, "eva")).open(f"/courses/{uuid4()}?lang=en")
    assert problem(page) == (404, HTML, ["There is no such course"])


async def test_a_course_shows_its_phases_and_what_they_owe(service: ServiceUnderTest) -> None:
    await corps_of(service, **TEAM)
    course = await opened(service)
    page = await (await signed_in(service, "hanne")).open(f"{course}?lang=en")
    assert facts(page) == {
        "Opened": "31 January 2026",
        "Daycares": "2",
        "Skills needed": "Learning environments, Professional leadership",
        "Team": "Asta Brink, Birk Dalsgaard",
    }
    assert cells(page) == [
        ["Start", "31 January 2026 – 30 April 2026", "31 January 2026", "–", "Observation (2), Leadership survey (1)"],
        ["Advice", "30 April 2026 – 30 April 2027", "–", "–", "–"],
        ["Closing", "30 April 2027 – 31 July 2027", "–", "–", "Observation (2)"],
    ]
    assert actions(page) == []


async def test_each_sees_the_buttons_that_they_may_press(service: ServiceUnderTest) -> None:
    course = await opened(service)
    seen = {}
    for name in ("clara", "david", "eva", "hanne"):
        page = await (await signed_in(service, name)).open(course)
        seen[name] = [action.removeprefix(course) for action in actions(page)]
    completion = "/phases/start/completion"
    assert seen == {"clara": [], "david": ["/team", completion], "eva": [completion], "hanne": []}


async def test_before_a_phase_is_completed_the_page_says_what_begins_or_ends_and_when_that_was_planned(
    service: ServiceUnderTest,
) -> None:
    today = office_date(service.clock.now())
    first = await opened(service, on=today)
    last = await opened(service, on=today, programme="short-course", skills=(), hours=20)
    eva = await signed_in(service, "eva")
    pages = {each: await eva.open(f"{each}?lang=en") for each in (first, last)}
    ends = {each: cells(page)[0][1].partition(" – ")[2] for each, page in pages.items()}
    assert {each: folded(page) for each, page in pages.items()} == {
        first: [
            "The phase Advice starts at once. This cannot be undone.",
            f"The phase is planned to end on {ends[first]}.",
        ],
        last: [
            "It is the last phase, so the whole course ends. This cannot be undone.",
            f"The course is planned to end on {ends[last]}.",
        ],
    }
    late = await opened(service)
    assert folded(await eva.open(f"{late}?lang=en")) == ["The phase Advice starts at once. This cannot be undone."]


# Doing


async def test_a_coordinator_forms_a_team_by_the_button_on_the_page(service: ServiceUnderTest) -> None:
    course = await opened(service)
    await corps_of(service, **TEAM)
    david = await signed_in(service, "david")
    page = await david.open(f"{course}?lang=en")
    answer = await david.send(page, f"{course}/team")
    assert (answer.status_code, answer.headers["Location"]) == (303, course)
    formed = await david.follow(answer)
    assert (facts(page)["Team"], facts(formed)["Team"]) == ("–", "Asta Brink, Birk Dalsgaard")
    assert actions(formed) == [f"{course}/phases/start/completion"]
    assert [name for name, _ in await service.published()] == ["CourseOpened", "PhaseStarted", "TeamAssigned"]


async def test_a_team_that_nobody_can_form_gets_the_page_that_says_so(service: ServiceUnderTest) -> None:
    course = await opened(service)
    david = await signed_in(service, "david")
    answer = await david.send(await david.open(f"{course}?lang=en"), f"{course}/team")
    assert came_back(answer) == (409, HTML, ["No team has the skills"])


async def test_a_consultant_completes_a_course_by_the_button_on_the_page(service: ServiceUnderTest) -> None:
    course = await opened(service, programme="short-course", skills=(), hours=20)
    eva = await signed_in(service, "eva")
    page = await eva.open(f"{course}?lang=en")
    answer = await eva.send(page, f"{course}/phases/advice/completion")
    assert (answer.status_code, answer.headers["Location"]) == (303, course)
    completed = await eva.follow(answer)
    assert [facts(each).keys() for each in (page, completed)] == [
        {"Opened", "Daycares", "Skills needed", "Team"},
        {"Opened", "Daycares", "Skills needed", "Team", "Completed"},
    ]
    assert actions(completed) == []
    assert [name for name, _ in await service.published()][2:] == ["PhaseCompleted", "CourseCompleted"]


async def test_a_phase_that_owes_something_gets_the_page_that_says_so(service: ServiceUnderTest) -> None:
    course = await opened(service)
    eva = await signed_in(service, "eva")
    stored = await service.stored()
    answer = await eva.send(await eva.open(f"{course}?lang=en"), f"{course}/phases/start/completion")
    assert came_back(answer) == (409, HTML, ["The phase still owes something"])
    assert await service.stored() == stored


@pytest.mark.parametrize("form", ["/team", "/phases/start/completion"])
async def test_a_form_with_a_version_of_before_gets_the_page_that_says_so(service: ServiceUnderTest, form: str) -> None:
    course = await opened(service)
    david = await signed_in(service, "david")
    page = await david.open(f"{course}?lang=en")
    await corps_of(service, **TEAM)
    formed = await service.post(f"/api/v1{course}/team", None, "david", if_match='"1"')
    assert formed.status_code == 200
    stored = await service.stored()
    answer = await david.send(page, f"{course}{form}")
    assert came_back(answer) == (412, HTML, ["Somebody else, or you on another page, has changed this"])
    assert await service.stored() == stored


async def test_a_form_whose_version_is_none_is_not_valid(service: ServiceUnderTest) -> None:
    course = await opened(service)
    david = await signed_in(service, "david")
    page = await david.open(f"{course}?lang=en")
    stored = await service.stored()
    for form in ("/team", "/phases/start/completion"):
        for version in (None, "", "0", "one"):
            answer = await david.send(page, f"{course}{form}", version=version)
            assert came_back(answer) == (422, HTML, ["Something that was sent is not right"])
    assert await service.stored() == stored


async def test_a_form_without_a_token_of_this_session_is_turned_away(service: ServiceUnderTest) -> None:
    course = await opened(service)
    david, elsewhere = await signed_in(service, "david"), await signed_in(service, "david")
    page = await david.open(f"{course}?lang=en")
    fields = {action: sorted(fields) for action, fields in forms_of(page.text).items()}
    assert fields == {
        "/sign-out": ["_csrf"],
        f"{course}/team": ["_csrf", "version"],
        f"{course}/phases/start/completion": ["_csrf", "version"],
    }
    others = forms_of((await elsewhere.open(course)).text)["/sign-out"]["_csrf"]
    stored = await service.stored()
    for token in (None, "", "nonsense", others):
        for action in fields:
            answer = await david.send(page, action, _csrf=token)
            assert problem(answer) == (403, HTML, ["The form has expired"])
    assert await service.stored() == stored


async def test_those_who_may_not_do_it_cannot_send_the_form_either(service: ServiceUnderTest) -> None:
    course = await opened(service)
    stored = await service.stored()
    for name, form in (("eva", "/team"), ("clara", "/phases/start/completion"), ("hanne", "/team")):
        browser = await signed_in(service, name)
        own = forms_of((await browser.open(f"{course}?lang=en")).text)["/sign-out"]
        answer = await browser.http.post(f"{course}{form}", data={**own, "version": "1"})
        assert problem(answer) == (403, HTML, ["Your role may not do this"])
    assert await service.stored() == stored


# Queries


async def test_pages_take_as_many_queries_for_fifty_courses_as_for_one(service: ServiceUnderTest) -> None:
    await corps_of(service, **TEAM)
    course = await opened(service)
    david = await signed_in(service, "david")

    async def queries_and_rows(path: str) -> tuple[int, int]:
        await david.open(path)
        async with service.statements() as sent:
            page = await david.open(path)
        return len(sent), len(cells(page))

    assert [await queries_and_rows(path) for path in ("/", course)] == [(4, 1), (5, 3)]
    await service.happen(handlers, *(signed() for _ in range(49)))
    assert [await queries_and_rows(path) for path in ("/", course)] == [(4, 50), (5, 3)]


async def test_a_course_that_has_not_started_yet_says_when_it_does(service: ServiceUnderTest) -> None:
    path = await opened(service, starts_on=date(2026, 3, 1))
    eva = await signed_in(service, "eva")
    page = await eva.open(f"{path}?lang=en")
    assert "The course starts on 1 March 2026." in page.text
    assert [action for action in forms_of(page.text) if action.startswith(path)] == []
    assert "Not started yet" in (await eva.open("/")).text
