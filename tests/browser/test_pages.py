"""What people see, in a real browser: every page in both languages, on a phone and on a desk."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aio_pika import Message, connect
from at_the_screen import LANGUAGES, WIDTHS, check, check_everywhere, press, press_folded, sign_in
from playwright.sync_api import Browser, BrowserContext, Locator, Page
from whole_system import PlayedStory

from shared.events.topology import service_queue
from shared.office import office_date
from shared.tokens import new_token, token_hash


@dataclass(frozen=True)
class Place:
    """A page: its service, its path, who looks at it, and its heading in each language."""

    service: str
    path: str
    name: str | None
    da: str
    en: str


PLACES = {
    "intake, signed out": Place("intake", "/", None, "Programtyper og ansøgningsrunder", "Programmes and rounds"),
    "intake, a caseworker": Place("intake", "/", "clara", "I dag", "Today"),
    "intake, an applicant": Place("intake", "/", "anna", "I dag", "Today"),
    "intake, a reviewer": Place("intake", "/", "mads", "I dag", "Today"),
    "intake, the applications": Place("intake", "/applications", "clara", "Ansøgninger", "Applications"),
    "intake, a search": Place("intake", "/applications?status=accepted&q=vord", "clara", "Ansøgninger", "Applications"),
    "intake, sign-in": Place("intake", "/sign-in", None, "Log ind", "Sign in"),
    "intake, a problem": Place(
        "intake", "/nowhere", None, "Siden eller indholdet blev ikke fundet", "The page or the thing was not found"
    ),
    "intake, a programme": Place(
        "intake", "/programmes/long-course", None, "Længerevarende rådgivningsforløb", "Long advisory course"
    ),
    "intake, the assessments of a reviewer": Place("intake", "/assessments", "mads", "Bedømmelser", "Assessments"),
    "intake, the assessments of the office": Place("intake", "/assessments", "david", "Bedømmelser", "Assessments"),
    "intake, the agreements": Place("intake", "/agreements", "clara", "Aftaler", "Agreements"),
    "intake, the daycares": Place("intake", "/daycares", "clara", "Dagtilbud", "Daycares"),
    "intake, a table of daycares": Place("intake", "/daycare-table", "clara", "Importér dagtilbud", "Import daycares"),
    "intake, the municipalities": Place("intake", "/municipalities", "clara", "Kommuner", "Municipalities"),
    "intake, a merger": Place("intake", "/municipality-merger", "david", "Notér en sammenlægning", "Note a merger"),
    "intake, what can be applied for": Place("intake", "/apply", "anna", "Ansøg", "Apply"),
    "intake, the questions": Place("intake", "/enquiries", "anna", "Spørgsmål", "Questions"),
    "intake, the letters": Place("intake", "/letters", "clara", "Breve", "Letters"),
    "intake, the e-mails": Place("intake", "/operations/mail", "gert", "E-mails", "E-mails"),
    "intake, a new round": Place("intake", "/rounds/new", "david", "Slå en ansøgningsrunde op", "Announce a round"),
    "intake, the gatherings": Place("intake", "/gatherings", "lone", "Sammenkomster", "Gatherings"),
    "intake, subscribing": Place("intake", "/newsletter", None, "Nyhedsbreve", "Newsletters"),
    "intake, the newsletters": Place("intake", "/newsletters", "lone", "Nyhedsbreve", "Newsletters"),
    "intake, an interest list": Place(
        "intake", "/interest-list", None, "Skriv dig op til næste gang", "Be told of the next gathering"
    ),
    "intake, who waits for dates": Place(
        "intake", "/interested-people", "lone", "Hvem venter på en dato", "Who waits for dates"
    ),
    "intake, a new gathering": Place(
        "intake", "/announce-gathering", "lone", "Slå en sammenkomst op", "Announce a gathering"
    ),
    "scheduling, signed out": Place("scheduling", "/", None, "Forløb", "Courses"),
    "scheduling, the capacity": Place("scheduling", "/capacity", "clara", "Korpsets kapacitet", "The corps' capacity"),
    "scheduling, a consultant": Place("scheduling", "/", "eva", "Forløb", "Courses"),
    "reporting, signed out": Place("reporting", "/", None, "Sagsoversigt", "The pipeline"),
    "reporting, a coordinator": Place("reporting", "/", "david", "Sagsoversigt", "The pipeline"),
}


@pytest.mark.parametrize("what", PLACES)
def test_a_page_is_for_everybody(played: PlayedStory, context: BrowserContext, what: str) -> None:
    place = PLACES[what]
    url = played.whole.system.urls[place.service]
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    if place.name:
        sign_in(page, url, place.name)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for language in LANGUAGES:
            page.goto(f"{url}{place.path}{'&' if '?' in place.path else '?'}lang={language}")
            heading = place.da if language == "da" else place.en
            assert page.inner_text("h1") == heading
            check(page, language, width)
    assert [error for error in errors if "404" not in error] == []


@pytest.mark.parametrize(
    ("service", "name", "path"),
    [
        ("intake", "clara", "/applications"),
        ("intake", "anna", "/applications"),
        ("intake", "david", "/programmes"),
        ("intake", "clara", "/daycares"),
        ("intake", "anna", "/agreements"),
        ("scheduling", "david", "/"),
        ("scheduling", "eva", "/"),
        ("scheduling", "david", "/capacity"),
    ],
)
def test_a_list_leads_to_a_page_for_everybody(
    played: PlayedStory, context: BrowserContext, service: str, name: str, path: str
) -> None:
    url = played.whole.system.urls[service]
    page = context.new_page()
    sign_in(page, url, name)
    page.goto(f"{url}{path}")
    page.click("main tbody a >> nth=0")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for language in LANGUAGES:
            page.goto(f"{page.url.partition('?')[0]}?lang={language}")
            check(page, language, width)


def test_a_caseworker_accepts_with_the_keyboard_alone_and_without_javascript(
    played: PlayedStory, browser: Browser
) -> None:
    url = played.whole.system.urls["intake"]
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, url, "clara")
    page.goto(f"{url}/applications?lang=en")
    page.click("main tr:has-text('Submitted') a")
    press_folded(page, "Accept the application")
    page.locator("main .badge-success", has_text="Accepted").wait_for()
    assert page.locator("summary", has_text="Accept the application").count() == 0
    context.close()


def test_the_form_of_a_substitution_is_for_everybody(played: PlayedStory, context: BrowserContext) -> None:
    url = played.whole.system.urls["intake"]
    page = context.new_page()
    sign_in(page, url, "clara")
    page.goto(f"{url}/applications?lang=en")
    page.click("main tr:has-text('Agreed') a")
    page.click("text=Substitution of a daycare")
    path = page.url.partition("?")[0]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for language, button in (("da", "Udskift"), ("en", "Substitute")):
            page.goto(f"{path}?lang={language}")
            check(page, language, width)
            page.locator("summary", has_text=f"{button} …").click()
            check(page, language, width)
            page.get_by_role("button", name=button, exact=True).click()
            page.locator("#reason-error").wait_for()
            check(page, language, width)


def test_daycares_are_imported_without_javascript_and_each_step_is_for_everybody(
    played: PlayedStory, browser: Browser, context: BrowserContext, tmp_path: Path
) -> None:
    url = played.whole.system.urls["intake"]
    table = tmp_path / "dagtilbud.csv"
    row = "3000000001;Regnbuen;vuggestue;kommunal;0;2;390;10150817;Havnegade 1;4760;Vordingborg"
    headings = "p-nummer;navn;type;ejerform;alder fra;alder til;kommunekode;cvr;adresse;postnr;by"
    looked_at = context.new_page()
    sign_in(looked_at, url, "clara")
    for content, said in ((row.replace("vuggestue", "skole"), "1 row is wrong"), (row, "Nothing is stored yet")):
        table.write_text(f"{headings}\n{content}\n", encoding="utf-8")
        for width in WIDTHS:
            looked_at.set_viewport_size({"width": width, "height": 900})
            choose(looked_at, url, table)
            assert said in looked_at.inner_text("main")
            check(looked_at, "en", width)
    without = browser.new_context(java_script_enabled=False)
    page = without.new_page()
    sign_in(page, url, "clara")
    choose(page, url, table)
    page.get_by_role("button", name="Import all rows").press("Enter")
    page.get_by_text("The table has been imported").wait_for()
    page.goto(f"{url}/daycares?lang=en")
    page.get_by_role("link", name="Regnbuen").press("Enter")
    page.get_by_role("heading", name="Regnbuen").wait_for()
    looked_at.goto(page.url)
    check(looked_at, "en", WIDTHS[1])
    page.get_by_label("Closed").check()
    page.get_by_label("First day on which it was no more").fill("2030-01-01")
    press_folded(page, "Note the end")
    page.locator("main .badge-warning", has_text="Closed").wait_for()
    without.close()


def choose(page: Page, url: str, table: Path) -> None:
    """Have a table of daycares judged."""
    page.goto(f"{url}/daycare-table?lang=en")
    page.set_input_files("#file", table)
    page.get_by_role("button", name="Show what would be done").press("Enter")
    page.get_by_role("table").wait_for()


def announced(played: PlayedStory, page: Page, url: str) -> str:
    """The address of a training that the secretary has announced, with two workshops."""
    today = office_date(played.whole.clock.now())
    page.goto(f"{url}/announce-gathering?lang=en")
    page.select_option("#programme", "toolkit-training")
    page.select_option("#zone", "America/Nuuk")
    for field, value in {
        "title_da": "Kufferten i Ilulissat",
        "title_en": "The toolkit in Ilulissat",
        "starts_on": str(today + timedelta(days=30)),
        "deadline": str(today + timedelta(days=20)),
        "town": "Ilulissat",
        "address": "Kussangajaannguaq 7",
        "places": "3",
        "groups": "Leg og læring; 2\nForældre; 2",
    }.items():
        page.fill(f"#{field}", value)
    press_folded(page, "Announce the gathering")
    page.wait_for_url("**/gatherings/*-*")
    return page.url


def test_people_register_without_javascript_and_every_page_is_for_everybody(
    played: PlayedStory,
    browser: Browser,
    context: BrowserContext,
) -> None:
    url = played.whole.system.urls["intake"]
    without = browser.new_context(java_script_enabled=False)
    lone, stranger = context.new_page(), without.new_page()
    sign_in(lone, url, "lone")
    put_down(stranger, url)
    confirm(played, stranger, lone, "ida@example.org")
    address = announced(played, lone, url)
    while [status_in(each) for each in roll(lone, address)] != ["Has been offered a place"]:
        pass  # by the worker, which hears of the announcement as an event
    for number in (1, 2):
        stranger.goto(f"{address}?lang=en")
        stranger.select_option("#number", "2")
        press(stranger, "button", "Change the number")
        stranger.fill("#name", f"Åse {number}")
        stranger.fill("#email", f"aase{number}@example.org")
        for person in (1, 2):
            stranger.fill(f"#name-{person}", f"Person {number}.{person}")
            stranger.select_option(f"#audience-{person}", "staff")
            stranger.select_option(
                f"#group-{person}",
                label=f"{['Leg og læring', 'Forældre'][person - 1]} (2 free)"
                if number == 1
                else f"{['Leg og læring', 'Forældre'][person - 1]} (1 free)",
            )
        press(stranger, "button", "Register")
        stranger.get_by_text("The e-mail about it comes by itself").wait_for()  # there is no mail server here
        confirm(played, stranger, lone, f"aase{number}@example.org")
    assert [(each.inner_text().split("\t")[0], status_in(each)) for each in roll(lone, address)] == [
        ("Person 1.1", "Has a place"),
        ("Person 1.2", "Has a place"),
        ("Ida", "Has been offered a place"),
        ("Person 2.1", "Waits"),
        ("Person 2.2", "Waits"),
    ]
    token = link_to(played, "aase1@example.org")
    change_by_keyboard(lone, address)
    office = [f"{address}/{page}" for page in ("registrations", "attendance", "materials", "change")]
    for path in (address, *office, f"{url}/registrations/{token}", f"{url}/gatherings"):
        check_everywhere(lone, path)
    stranger.goto(f"{url}/registrations/{token}?lang=en")
    press_folded(stranger, "Cancel the registration")
    stranger.locator("main .badge", has_text="Cancelled").wait_for()
    assert [status_in(each) for each in roll(lone, address)] == ["Has a place"] * 2 + ["Has been offered a place"]
    without.close()
    assert (
        played.whole.sql("select type from intake.parked where type like '%Cohort%' or type like '%Registration%'")
        == []
    )


def change_by_keyboard(page: Page, address: str) -> None:
    """Move a gathering, first without saying why."""
    page.goto(f"{address}/change?lang=en")
    page.fill("#address", "Kussangajaannguaq 9")
    press_folded(page, "Save the changes")
    page.get_by_role("link", name="Reason").press("Enter")
    page.keyboard.type("A burst pipe")
    press(page, "button", "Save the changes")
    page.get_by_role("cell", name="A burst pipe").wait_for()


def put_down(page: Page, url: str) -> None:
    """Somebody asks to be told of the next training."""
    page.goto(f"{url}/interest-list?programme=toolkit-training&lang=en")
    page.fill("#name", "Ida")
    page.fill("#email", "ida@example.org")
    page.select_option("#audience", "staff")
    press(page, "button", "Put me down")
    page.get_by_text("The e-mail about it comes by itself").wait_for()  # there is no mail server here


def status_in(row: Locator) -> str:
    return row.inner_text().split("\t")[-1].strip().partition("\n")[0]


def roll(page: Page, address: str) -> list[Locator]:
    page.goto(f"{address}/registrations?lang=en")
    return page.locator("main tbody tr").all()


def confirm(played: PlayedStory, page: Page, looking: Page, email: str) -> None:
    """Look everywhere at what an e-mail in the outbox asks to confirm, on a page that runs scripts, and do so."""
    ((link,),) = played.whole.sql(f"select link from intake.mail where address = '{email}' order by id desc limit 1")
    address = f"{played.whole.system.urls['intake']}{link}"
    check_everywhere(looking, address)
    page.goto(f"{address}?lang=en")
    page.locator("main form button").first.click()
    page.wait_for_url(address)


def link_to(played: PlayedStory, email: str) -> str:
    """The token of a link to a registration, as in an e-mail."""
    token = new_token()
    played.whole.sql(
        "insert into intake.registration_link"
        f" select '{token_hash(token)}', id, now() from intake.registration where email = '{email}'"
    )
    return token


def test_one_sign_in_opens_all_three_services(played: PlayedStory, context: BrowserContext) -> None:
    page = context.new_page()
    urls = played.whole.system.urls
    sign_in(page, urls["intake"], "david")
    for service in ("scheduling", "reporting"):
        page.goto(f"{urls[service]}/?lang=en")
        assert page.get_by_role("button", name="Sign out").is_visible()
        assert page.locator("main table").count() >= 1


def test_an_operator_finds_a_failed_event_and_gives_it_up(played: PlayedStory, context: BrowserContext) -> None:
    url = played.whole.system.urls["reporting"]
    page = context.new_page()
    sign_in(page, url, "gert")
    deliver(played, b"this is no event")
    address = address_of_failure(page, url, "No event")
    for path in (f"{url}/operations/failures", address):
        check_everywhere(page, path)
    page.goto(f"{address}?lang=en")
    assert page.inner_text("pre") == "this is no event"
    page.locator("summary", has_text="Give the event up").click()
    page.fill("#reason", "Sent by a test")
    page.keyboard.press("Enter")
    page.get_by_text("Everything has been handled").wait_for()
    check_everywhere(page, address)
    assert played.whole.sql("select action, reason from reporting.intervention where event_id is null") == [
        ["discard", "Sent by a test"]
    ]


def test_an_operator_puts_an_event_right_with_the_keyboard_alone_and_without_javascript(
    played: PlayedStory, browser: Browser, context: BrowserContext
) -> None:
    url = played.whole.system.urls["reporting"]
    event, day = application_without_a_day(played)
    deliver(played, json.dumps(event).encode())
    without = browser.new_context(java_script_enabled=False)
    page, onlooker = without.new_page(), context.new_page()
    for each in (page, onlooker):
        sign_in(each, url, "gert")
    address = address_of_failure(page, url, event["type"])
    page.goto(f"{address}?lang=en")
    press(page, "link", "Edit the data")
    page.fill("#reason", "The day was in words")
    page.keyboard.press("Enter")
    page.get_by_text("/on: This must be a date, as in 2026-11-03.").wait_for()
    page.fill("#data", page.input_value("#data").replace("yesterday", day))
    press(page, "button", "Save")
    page.get_by_role("cell", name="The day was in words").wait_for()
    for path in (f"{url}/operations/failures", address, f"{address}/edit"):
        check_everywhere(onlooker, path)
    press(page, "button", "Try again")
    page.wait_for_url(f"{url}/operations/failures")
    while "Everything has been handled" not in page.inner_text("main"):
        page.goto(f"{url}/operations/failures?lang=en")
    without.close()
    check_everywhere(onlooker, address)
    assert played.whole.sql(
        f"select action from reporting.intervention where event_id = '{event['id']}' order by id"
    ) == [
        ["edit"],
        ["retry"],
    ]


def address_of_failure(page: Page, url: str, name: str) -> str:
    """Where the failure of this name is shown, as soon as it has failed."""
    link = page.locator("main a[href^='/operations/failures/']", has_text=name)
    while link.count() == 0:
        page.goto(f"{url}/operations/failures?lang=en")
    return f"{url}{link.get_attribute('href')}"


def application_without_a_day(played: PlayedStory) -> tuple[dict[str, Any], str]:
    """An application of the story, told once more with a word for its day; and that day, to put it right."""
    ((subject, written),) = played.whole.sql(
        "select subject, data from intake.event where type like '%.ApplicationSubmitted.v1' order by position limit 1"
    )
    data = json.loads(written)
    event = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/praksis/intake",
        "type": "dk.praksis.intake.ApplicationSubmitted.v1",
        "subject": subject,
        "sequence": "1",
        "time": "2030-03-04T08:00:00+01:00",
        "correlationid": str(uuid4()),
        "data": data | {"on": "yesterday"},
    }
    return event, data["on"]


def deliver(played: PlayedStory, body: bytes) -> None:
    """Let reporting receive this."""
    with ThreadPoolExecutor() as elsewhere:  # Playwright has an event loop of its own in this thread
        elsewhere.submit(asyncio.run, send(played.whole.system.servers.amqp_url, body)).result()


async def send(amqp_url: str, body: bytes) -> None:
    async with await connect(amqp_url, timeout=10) as connection:
        channel = await connection.channel()
        await channel.default_exchange.publish(
            Message(body), service_queue("reporting", 1, 1), mandatory=True, timeout=10
        )


def test_what_a_merger_would_move_is_seen_by_everybody_before_it_is_noted(
    played: PlayedStory, context: BrowserContext
) -> None:
    url = played.whole.system.urls["intake"]
    page = context.new_page()
    sign_in(page, url, "clara")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for language in LANGUAGES:
            page.goto(f"{url}/municipality-merger?lang={language}")
            page.select_option("#municipality", "0390")
            page.select_option("#into", "0461")
            page.fill("#on", "2020-01-01")
            page.locator("main form button").press("Enter")
            page.locator("main table").wait_for()
            check(page, language, width)
