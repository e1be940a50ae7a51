"""Every page there is: with the longest texts on a narrow screen, and the same without JavaScript."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from at_the_screen import WIDTHS, check, press_folded, sign_in
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from longest_texts import LINE, PROSE, LongestTexts
from pdf_cases import PDF
from playwright.sync_api import Browser, Page
from pydantic import SecretStr
from whole_system import PlayedStory

import intake.settings
import intake.web
import reporting.settings
import reporting.web
import scheduling.settings
import scheduling.web
from shared.settings import KernelSettings

TIME_OF_DAY = re.compile(r"\d\d\.\d\d[.,]?")
NOWHERE = SecretStr("postgresql://nobody@127.0.0.1:1/nothing")


@dataclass(frozen=True)
class Visit:
    """A page by the path of its route, who looks at it, and what stands in the path."""

    route: str
    name: str | None = None
    thing: str = ""
    service: str = "intake"
    query: str = ""

    def address(self, found: dict[str, str]) -> str:
        path = self.route
        if "{" in path:
            before, _, rest = path.partition("{")
            path = f"{before}{found.get(self.thing, self.thing)}{rest.partition('}')[2]}"
        query = "".join(f"&{name}={found[name]}" for name in self.query.split() if name in found)
        return f"{path}?lang=da{query or self.query}"


EVERYWHERE = ("/problems/{slug}", "/sign-in", "/signed-out", "/operations/failures", "/operations/mail", "/sessions")
VISITS = (
    *(
        Visit(route, "gert" if "operations" in route or route == "/sessions" else None, "not-signed-in", service)
        for service in ("intake", "scheduling", "reporting")
        for route in EVERYWHERE
    ),
    Visit("/sessions", "anna"),
    *(Visit("/", name) for name in (None, "anna", "clara", "david", "mads", "lone", "hanne")),
    Visit("/programmes"),
    Visit("/programmes/{slug}", None, "long-course"),
    Visit("/rounds/{id}", None, "round"),
    Visit("/rounds/{id}", "david", "round"),
    Visit("/rounds/new", "david"),
    Visit("/applications", "anna"),
    Visit("/applications", "clara"),
    *(
        Visit("/applications/{id}", name, kind)
        for kind in ("waiting", "declined", "agreed", "refused")
        for name in ("anna", "clara")
    ),
    Visit("/applications/{id}/override", "clara", "refused"),
    Visit("/applications/{id}/agreement", "clara", "agreed"),
    Visit("/applications/{id}/substitution", "clara", "agreed"),
    *(
        Visit("/applications/{id}/clarifications", name, kind)
        for name, kind in (("anna", "waiting"), ("clara", "waiting"), ("clara", "declined"))
    ),
    Visit("/agreements", "clara"),
    Visit("/agreements/{id}", "anna", "agreement"),
    Visit("/agreements/{id}", "clara", "agreement"),
    Visit("/rankings/{round_id}", "david", "round"),
    Visit("/releases/{id}", "clara", "round"),
    Visit("/assessments", "mads"),
    Visit("/assessments", "david"),
    Visit("/assessments/{id}", "mads", "waiting"),
    Visit("/assessments/{id}", "david", "declined"),
    Visit("/apply", "anna"),
    Visit("/drafts/{id}", "anna", "draft"),
    Visit("/shared-draft", "ida", query="token"),
    Visit("/letters", "clara"),
    Visit("/letters/{id}", "clara", "letter"),
    Visit("/letters/{id}", "clara", "draft letter"),
    Visit("/letters/{id}", "anna", "letter"),
    Visit("/enquiries", "anna"),
    Visit("/enquiries", "david"),
    Visit("/enquiries/{id}", "anna", "enquiry"),
    Visit("/enquiries/{id}", "david", "enquiry"),
    Visit("/daycares", "clara"),
    Visit("/daycares/{id}", "clara", "daycare"),
    Visit("/daycare-table", "clara"),
    Visit("/municipalities", "david"),
    Visit("/municipality-merger", "david"),
    Visit("/gatherings"),
    Visit("/gatherings/{id}", None, "gathering"),
    Visit("/gatherings/{id}", "lone", "gathering"),
    *(
        Visit(f"/gatherings/{{id}}/{page}", "lone", "gathering")
        for page in ("registrations", "attendance", "materials")
    ),
    Visit("/gatherings/{id}/change", "lone", "gathering"),
    Visit("/announce-gathering", "lone"),
    Visit("/registrations/{token}", None, "registration"),
    Visit("/interest-list"),
    Visit("/interested-people", "lone"),
    Visit("/interests/{token}", None, "interest"),
    Visit("/newsletter"),
    Visit("/newsletters", "lone"),
    Visit("/newsletters/{id}", "lone", "issue"),
    Visit("/subscriptions/{token}", None, "subscription"),
    Visit("/unsubscribe/{token}", None, "subscription"),
    *(Visit("/", name, service="scheduling") for name in (None, "david", "eva")),
    Visit("/capacity", "david", service="scheduling"),
    Visit("/courses/{id}", "david", "course", "scheduling"),
    Visit("/consultants/{id}", "david", "consultant", "scheduling"),
    *(Visit("/", name, service="reporting") for name in (None, "david", "frida")),
)
NO_PAGES = (
    *("/health/live", "/health/ready", "/api/openapi.json", "/contracts/", "/contracts/{routing_key}.json"),
    *("/daycare-table.csv", "/daycare-table.xlsx", "/gatherings/{id}/registrations.csv"),
    *("/gatherings/{id}/registrations.xlsx", "/letters/{id}/document", "/materials/{id}", "/attachments/{id}"),
    "/assessments/{id}/attachments/{attachment_id}",
)
"""What answers with a file or a document for programs."""
VISITED_WITH_A_FAILURE = ("/operations/failures/{id}", "/operations/failures/{id}/edit")
"""See test_pages.py: they need an event that has failed."""


def apps(kernel: KernelSettings) -> Iterator[tuple[str, FastAPI]]:
    yield "intake", intake.web.create(kernel, intake.settings.IntakeSettings(database_url=NOWHERE))
    yield "scheduling", scheduling.web.create(kernel, scheduling.settings.SchedulingSettings(database_url=NOWHERE))
    yield "reporting", reporting.web.create(kernel, reporting.settings.ReportingSettings(database_url=NOWHERE))


def test_every_page_is_visited(kernel_settings: KernelSettings) -> None:
    pages = {
        (service, str(route.path))
        for service, app in apps(kernel_settings)
        for route in iter_route_contexts(app.routes)
        if "GET" in (route.methods or ()) and not str(route.path).startswith("/api/")
    }
    left_out = {(service, path) for service, _ in pages for path in (*NO_PAGES, *VISITED_WITH_A_FAILURE)}
    assert {(visit.service, visit.route) for visit in VISITS} == pages - left_out


@pytest.fixture(scope="module")
def found(played: PlayedStory, browser: Browser) -> dict[str, str]:
    """The ids and tokens of the things that pages show; the draft is written on its page, the letter approved there."""
    found = LongestTexts(played).found
    ((found["course"],),) = played.whole.sql("select id from scheduling.course limit 1")
    ((found["consultant"],),) = played.whole.sql("select id from scheduling.consultant limit 1")
    url = played.whole.system.urls["intake"]
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, url, "anna")
    found |= written_draft(page, url)
    page.goto(f"{url}/?lang=en")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, url, "clara")
    page.goto(f"{url}/letters/{found['letter']}?lang=en")
    press_folded(page, "Approve the letter")
    page.get_by_text("Change the draft").wait_for(state="detached")
    context.close()
    return found


def written_draft(page: Page, url: str) -> dict[str, str]:
    page.goto(f"{url}/apply?lang=en")
    page.locator("main form:has(input[value=long-course]) button").first.click()
    page.wait_for_url("**/drafts/*")
    id = page.url.rpartition("/")[2]
    page.locator("main input[name=daycares]").first.check()
    page.get_by_role("button", name="Save").click()
    page.get_by_label("What the inspections found").fill(PROSE)
    page.get_by_label("Motivation").fill(PROSE * 2)
    page.get_by_label("Name", exact=True).fill(LINE)
    page.get_by_role("button", name="Save").click()
    assert page.input_value("#motivation") == PROSE * 2
    page.set_input_files("#file", {"name": f"{'a' * 146}.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.get_by_role("button", name="Attach", exact=True).click()
    page.get_by_role("button", name="Make a link for others").click()
    return {"draft": id, "token": page.inner_text(".praksis-link").partition("token=")[2]}


def named(visit: Visit) -> str:
    return " ".join(filter(None, (visit.service, visit.route, visit.thing, visit.name)))


@pytest.fixture(scope="module")
def screen(played: PlayedStory, browser: Browser) -> Callable[[Visit, bool], Page]:
    """The page of a browser in which somebody is signed in, with scripts or without."""

    @cache
    def of(service: str, name: str | None, scripts: bool) -> Page:
        page = browser.new_context(java_script_enabled=scripts).new_page()
        if name:
            sign_in(page, played.whole.system.urls[service], name)
        return page

    return lambda visit, scripts: of(visit.service, visit.name, scripts)


@pytest.mark.parametrize("visit", VISITS, ids=named)
def test_a_page_holds_the_longest_texts_and_is_the_same_without_javascript(
    played: PlayedStory, found: dict[str, str], screen: Callable[[Visit, bool], Page], visit: Visit
) -> None:
    address = f"{played.whole.system.urls[visit.service]}{visit.address(found)}"
    words = {}
    for scripts in (True, False):
        page = screen(visit, scripts)
        for width in WIDTHS if scripts else WIDTHS[:1]:
            page.set_viewport_size({"width": width, "height": 900})
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200
            if scripts:
                check(page, "da", width)
        words[scripts] = words_of(page)
    assert words[True] == words[False]


def words_of(page: Page) -> list[str]:
    """What a page says, but for the time of day: some say when they were made, and time goes on between two visits."""
    return [word for word in page.inner_text("main").split() if not TIME_OF_DAY.fullmatch(word)]
