"""The operators' pages, as somebody at a screen meets them."""

import html
import json
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from operation_cases import (
    REASON,
    TYPE,
    cannot_send,
    envelope,
    execute,
    fail,
    fail_body,
    interventions,
    listed,
    of_type,
    only_failure,
    recorded,
    rows,
    wait,
)
from service_under_test import Browser, ServiceUnderTest, everybody_but, forms_of

from shared.errors import Refused
from shared.events.envelope import decode, encode
from shared.operations.pages import BODY_SHOWN
from shared.operations.queries import SHOWN
from shared.web.filled import fields_of

HTML = "text/html; charset=utf-8"
LIST = "/operations/failures"
ONE = f"{LIST}/{envelope().identity}"
EDIT = f"{ONE}/edit"
RIGHT = json.dumps({**envelope().data, "phase": "end"})


async def signed_in(service: ServiceUnderTest, name: str = "gert", language: str = "en") -> Browser:
    browser = Browser(service)
    await browser.sign_in(name)
    await browser.open(f"/?lang={language}")
    return browser


@pytest.fixture
async def service(reporting_service: ServiceUnderTest) -> ServiceUnderTest:
    """Reporting with one event that could not be handled."""
    await fail(reporting_service, envelope())
    return reporting_service


@pytest.fixture
async def gert(service: ServiceUnderTest) -> Browser:
    return await signed_in(service)


def headings(page: httpx.Response) -> list[str]:
    return re.findall("<h[12].*?>(.*?)</h[12]>", page.text.partition("<main")[2])


def seen(page: httpx.Response) -> tuple[int, str, str]:
    """The status, the kind of document and the first heading."""
    return page.status_code, page.headers["Content-Type"], re.findall("<h1>(.*?)</h1>", page.text)[0]


def tables(page: httpx.Response) -> list[list[list[str]]]:
    """The rows of each table, their cells as text."""
    found = []
    for body in re.findall("<tbody>(.*?)</tbody>", page.text, re.DOTALL):
        lines = re.findall("<tr>(.*?)</tr>", body, re.DOTALL)
        cells = [re.findall("<td.*?>(.*?)</td>", line, re.DOTALL) for line in lines]
        found.append([[" ".join(re.sub("<.*?>", " ", cell).split()) for cell in line] for line in cells])
    return found


def links(page: httpx.Response) -> dict[str, str]:
    """The links of the page's content, by what they are called; of several alike, the first."""
    content = page.text.partition("<main")[2]
    found = re.findall(r'<a href="(.*?)".*?>(.*?)</a>', content)
    return {html.unescape(name): html.unescape(address) for address, name in reversed(found)}


def areas(page: httpx.Response) -> dict[str, str]:
    """What the page's large fields hold."""
    found = re.findall(r'<textarea.*?name="(.*?)".*?>(.*?)</textarea>', page.text, re.DOTALL)
    return {name: html.unescape(value) for name, value in found}


def bodies(page: httpx.Response) -> list[str]:
    """What the page shows as it is."""
    return [html.unescape(each) for each in re.findall("<pre.*?>(.*?)</pre>", page.text, re.DOTALL)]


def alerts(page: httpx.Response) -> list[str]:
    """What is said where something is wrong."""
    shown = re.sub(r"<template.*?</template>", "", page.text, flags=re.DOTALL)  # what a script may show
    found = re.findall(r'<div class="alert.*?</div>\s*</div>', shown, re.DOTALL)
    return [" ".join(html.unescape(re.sub("<.*?>", " ", each)).split()) for each in found]


def actions(page: httpx.Response) -> list[str]:
    return [action for action in forms_of(page.text) if action != "/sign-out"]


# Every page


async def test_every_page_is_in_both_languages(service: ServiceUnderTest) -> None:
    names = {
        LIST: ("Fejlede hændelser", "Failed events"),
        ONE: (TYPE, TYPE),
        EDIT: ("Redigér data", "Edit the data"),
        f"{LIST}/{uuid4()}": ("Fejlen findes ikke", "There is no such failure"),
        "/problems/already-settled": ("Hændelsen er allerede afsluttet", "The event has been settled already"),
        "/problems/being-tried": ("Hændelsen prøves netop nu", "The event is being tried at this moment"),
        "/problems/already-happened": ("Det, der er sket, skrives ikke om", "What has happened is not rewritten"),
    }
    gert = await signed_in(service)
    for path, (danish, english) in names.items():
        for language, name in (("da", danish), ("en", english)):
            page = await gert.open(f"{path}?lang={language}")
            assert (page.headers["Content-Language"], seen(page)[2]) == (language, name)


async def test_nobody_but_operators_sees_any_of_it(service: ServiceUnderTest) -> None:
    for name in everybody_but("operator"):
        browser = await signed_in(service, name)
        own = forms_of((await browser.open("/")).text)["/sign-out"]
        pages = [
            *[await browser.open(path) for path in (LIST, ONE, EDIT)],
            *[await browser.http.post(f"{ONE}/{deed}", data=own) for deed in ("retry", "edit", "discard")],
            await browser.http.post("/operations/failure-groups/retry", data=own),
        ]
        assert {seen(page) for page in pages} == {(403, HTML, "Your role may not do this")}
    assert await interventions(service) == []


async def test_strangers_are_led_to_sign_in(service: ServiceUnderTest) -> None:
    answers = [await Browser(service).open(path) for path in (LIST, ONE, EDIT)]
    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [
        (303, f"/sign-in?next={path}") for path in (LIST, ONE, EDIT)
    ]


async def test_forms_of_others_are_refused(service: ServiceUnderTest, gert: Browser) -> None:
    for path in (f"{ONE}/retry", f"{ONE}/discard", EDIT, "/operations/failure-groups/retry"):
        answer = await gert.http.post(path, data={"reason": "x", "data": "{}", "version": "1", "outgoing": "false"})
        assert seen(answer) == (403, HTML, "The form has expired")
    assert await interventions(service) == []


async def test_what_arrives_is_shown_and_never_run(reporting_service: ServiceUnderTest) -> None:
    evil = "<script>alert(1)</script>"
    await fail(reporting_service, of_type(evil), error=Refused(evil))
    gert = await signed_in(reporting_service)
    await gert.send(await gert.open(EDIT), EDIT, data=json.dumps({"x": evil}), reason=evil)
    for path in (LIST, ONE, EDIT):
        page = await gert.open(path)
        assert (page.status_code, evil in page.text, html.escape(evil) in page.text) == (200, False, True)


# The list


async def test_the_list_shows_groups_and_each_failure(service: ServiceUnderTest, gert: Browser) -> None:
    await fail(service, envelope(course=2))
    await fail_body(service, b"no event", ValueError())
    await cannot_send(service, recorded(), recorded())
    await wait(service, envelope(2))
    groups, failures = tables(await gert.open(LIST))
    assert [(row[0], row[1], row[2], row[3], row[6].replace("\u00a0", " ")) for row in groups] == [
        (TYPE, REASON, "2", "1", "Try again"),
        ("No event", "ValueError", "1", "0", "–"),
        ("dk.praksis.reporting.ObservationRecorded.v1 Could not be sent", "Unroutable", "1", "1", "Try again"),
    ]
    assert sorted([row[0], row[1], row[2], row[3], row[5]] for row in failures) == sorted(
        [
            [TYPE, REASON, "1", "1", "Waits for an operator"],
            [TYPE, REASON, "1", "0", "Waits for an operator"],
            ["No event", "ValueError", "1", "0", "Waits for an operator"],
            [
                "dk.praksis.reporting.ObservationRecorded.v1 Could not be sent",
                "Unroutable",
                "1",
                "1",
                "Waits for an operator",
            ],
        ]
    )


async def test_nothing_has_failed(reporting_service: ServiceUnderTest) -> None:
    page = await (await signed_in(reporting_service)).open(LIST)
    assert (headings(page), "Everything has been handled" in page.text) == (["Failed events"], True)


async def test_a_group_leads_to_its_failures_and_back(service: ServiceUnderTest, gert: Browser) -> None:
    await fail_body(service, b"no event", ValueError())
    await fail(service, envelope(course=2), error=RuntimeError())
    page = await gert.open(links(await gert.open(LIST))["No event"])
    assert headings(page)[1:] == ["In groups", "One group"]
    assert [row[0] for row in tables(page)[1]] == ["No event"]
    assert links(page)["Show all failures"] == LIST
    tried = await gert.open(links(page)["Is tried again"])
    assert (len(tables(tried)), "No failure is of this kind any more." in tried.text) == (1, True)
    everything = await gert.open(links(await gert.open(LIST))["Is tried again"])
    assert [row[1] for row in tables(everything)[1]] == ["RuntimeError"]


async def test_a_group_is_tried_again_with_one_button(service: ServiceUnderTest, gert: Browser) -> None:
    await fail(service, envelope(course=2), envelope(course=3))
    answer = await gert.send(await gert.open(LIST), "/operations/failure-groups/retry")
    page = await gert.follow(answer)
    assert [row[5] for row in tables(page)[1]] == ["Is tried again"] * 3
    assert await interventions(service) == [("retry", None, "local:gert")] * 3


@pytest.mark.parametrize("change", [{"outgoing": None}, {"outgoing": "x"}, {"reason": None}, {"more": "x"}], ids=str)
async def test_a_group_that_is_not_named_is_not_tried_again(
    service: ServiceUnderTest, gert: Browser, change: dict[str, str | None]
) -> None:
    answer = await gert.send(await gert.open(LIST), "/operations/failure-groups/retry", **change)
    assert seen(answer) == (422, HTML, "Failed events")
    assert headings(answer)[0] == "Something that was sent is not right"
    assert await interventions(service) == []


async def test_a_long_list_goes_on_on_another_page(service: ServiceUnderTest, gert: Browser) -> None:
    await many(service, SHOWN)
    first = await gert.open(f"{LIST}?state=parked")
    second = await gert.open(links(first)["The next ones"])
    assert [len(tables(page)[1]) for page in (first, second)] == [SHOWN, 1]
    assert ("The next ones" in links(second), links(second)["All"]) == (False, LIST)


@pytest.mark.parametrize("query", ["state=waiting", "outgoing=x", "after=x"])
async def test_an_address_that_asks_for_nothing_is_a_problem(gert: Browser, query: str) -> None:
    assert seen(await gert.open(f"{LIST}?{query}")) == (422, HTML, "Something that was sent is not right")


async def test_pages_take_as_many_queries_for_many_failures_as_for_one(
    service: ServiceUnderTest, gert: Browser
) -> None:
    await gert.send(await gert.open(EDIT), EDIT, data=RIGHT, reason="x")

    async def queries(path: str) -> int:
        async with service.statements() as sent:
            assert (await gert.open(path)).status_code == 200
        return len(sent)

    assert [await queries(path) for path in (LIST, ONE, EDIT)] == [2, 2, 1]
    await many(service, 300)
    await wait(service, *(envelope(sequence) for sequence in range(2, 50)))
    assert [await queries(path) for path in (LIST, ONE, EDIT)] == [2, 2, 1]


async def many(service: ServiceUnderTest, number: int) -> None:
    await execute(
        service,
        "insert into {schema}.parked (id, identity, event_id, state, type, reason, attempts, body, first_failed_at,"
        " last_failed_at) select gen_random_uuid(), gen_random_uuid(), number, 'parked', 'type ' || number, 'reason',"
        f" 1, '', now(), now() from generate_series(1, {number}) as numbers (number)",
    )


# One failure


async def test_a_failure_shows_what_arrived_and_what_can_be_done(service: ServiceUnderTest, gert: Browser) -> None:
    page = await gert.open(ONE)
    assert page.text.count("A rule of this service says no to what the event tells.") == 1
    assert headings(page) == [TYPE, "What arrived", "Try again", "Edit the data", "Give up"]
    assert bodies(page) == [encode(envelope()).decode()]
    assert (actions(page), links(page).get("Edit the data")) == ([f"{ONE}/discard", f"{ONE}/retry"], None)
    assert f'class="button button-secondary" href="{EDIT}"' in page.text


async def test_a_retry_leads_back_to_the_list(service: ServiceUnderTest, gert: Browser) -> None:
    answer = await gert.send(await gert.open(ONE), f"{ONE}/retry")
    page = await gert.follow(answer)
    assert [row[5] for row in tables(page)[1]] == ["Is tried again"]
    assert await interventions(service) == [("retry", None, "local:gert")]


async def test_giving_up_without_a_reason_brings_the_form_back(service: ServiceUnderTest, gert: Browser) -> None:
    answer = await gert.send(await gert.open(ONE), f"{ONE}/discard", reason="")
    assert (seen(answer), alerts(answer)) == (
        (422, HTML, TYPE),
        ["The form has errors Why is the event given up?: This field is required."],
    )
    page = await gert.follow(await gert.send(answer, f"{ONE}/discard", reason="A test"))
    assert "Everything has been handled" in page.text
    assert await interventions(service) == [("discard", "A test", "local:gert")]


async def test_a_reason_to_give_up_is_not_thrown_away_by_trying_again(service: ServiceUnderTest, gert: Browser) -> None:
    page = await gert.open(ONE)
    back = await gert.send(page, f"{ONE}/retry", reason="It is a test")
    assert (back.status_code, fields_of(back.text)["reason"]) == (422, "It is a test")
    assert '<details class="praksis-folded" open>' in back.text
    assert await interventions(service) == []
    async with service.database.work() as trying:
        await trying.session.execute(service.database.tables.parked.select().with_for_update())
        busy = await gert.send(page, f"{ONE}/discard", reason="It is a test")
    assert (busy.status_code, fields_of(busy.text)["reason"]) == (409, "It is a test")
    assert '<details class="praksis-folded" open>' in busy.text


async def test_what_is_no_event_can_only_be_given_up(reporting_service: ServiceUnderTest) -> None:
    await fail_body(reporting_service, b"\xff\x00 no event", ValueError())
    path = f"{LIST}/{(await only_failure(reporting_service))['id']}"
    gert = await signed_in(reporting_service)
    page = await gert.open(path)
    assert (headings(page), actions(page)) == (["No event", "What arrived", "Give up"], [f"{path}/discard"])
    assert seen(await gert.open(f"{path}/edit")) == (409, HTML, "This is no event")
    settled = [await gert.send(page, f"{path}/discard", reason="noise") for _ in range(2)]
    assert (settled[0].status_code, seen(settled[1])) == (303, (409, HTML, "The event has been settled already"))


async def test_what_could_not_be_sent_is_sent_again_or_given_up_but_not_edited(
    reporting_service: ServiceUnderTest,
) -> None:
    await cannot_send(reporting_service, recorded())
    path = f"{LIST}/{(await only_failure(reporting_service))['id']}"
    gert = await signed_in(reporting_service)
    page = await gert.open(path)
    assert headings(page)[1:] == ["What was to be sent", "Try again", "Give up"]
    assert "The event will never leave this service" in page.text
    assert seen(await gert.open(f"{path}/edit")) == (409, HTML, "What has happened is not rewritten")
    assert (await gert.send(page, f"{path}/retry")).status_code == 303
    assert await reporting_service.rows("parked") == 0


@pytest.mark.parametrize("more", [0, 1])
async def test_of_a_long_body_the_beginning_is_shown(reporting_service: ServiceUnderTest, more: int) -> None:
    await fail_body(reporting_service, b"x" * (BODY_SHOWN + more), ValueError())
    gert = await signed_in(reporting_service)
    page = await gert.open(f"{LIST}/{(await only_failure(reporting_service))['id']}")
    assert (">" + "x" * BODY_SHOWN + "</pre>" in page.text) is True
    assert ("Only the first 65,536 characters are shown." in page.text) is bool(more)


# What is settled


@pytest.mark.parametrize(
    ("language", "heading", "sentence", "back"),
    [
        (
            "da",
            "Hændelsen er allerede afsluttet",
            "Den er i mellemtiden håndteret, sendt eller opgivet. Intet er ændret, og du skal ikke gøre mere.",
            "Tilbage til de fejlede hændelser",
        ),
        (
            "en",
            "The event has been settled already",
            "It has been handled, sent or given up meanwhile. Nothing was changed, and nothing more needs to be done.",
            "Back to the failed events",
        ),
    ],
)
async def test_whoever_comes_too_late_is_told_and_led_back(
    service: ServiceUnderTest, language: str, heading: str, sentence: str, back: str
) -> None:
    gert = await signed_in(service, language=language)
    page, form = await gert.open(ONE), await gert.open(EDIT)
    await gert.send(page, f"{ONE}/discard", reason="A test")
    late = [
        await gert.send(page, f"{ONE}/retry"),
        await gert.send(page, f"{ONE}/discard", reason="Another"),
        await gert.send(page, f"{ONE}/discard", reason=""),
        await gert.send(form, EDIT, data=RIGHT, reason="x"),
        await gert.send(form, EDIT, data="", reason=""),
    ]
    assert [seen(each) for each in late] == [(409, HTML, heading)] * 5
    looked = [await gert.open(path) for path in (ONE, EDIT)]
    assert [seen(each) for each in looked] == [(404, HTML, heading)] * 2
    for each in (*late, *looked):
        assert sentence in each.text
        assert links(each)[back] == LIST
        assert [row[1:] for row in tables(each)[0]] == [["Gert Skov", ACTIONS[language], "A test"]]
    assert await interventions(service) == [("discard", "A test", "local:gert")]


ACTIONS = {"da": "Opgav den", "en": "Gave it up"}


async def test_what_never_failed_is_not_there(service: ServiceUnderTest, gert: Browser) -> None:
    path, own = f"{LIST}/{uuid4()}", forms_of((await gert.open(ONE)).text)["/sign-out"]
    pages = [
        await gert.open(path),
        await gert.open(f"{path}/edit"),
        *[await gert.http.post(f"{path}/{deed}", data=own | {"reason": "x"}) for deed in ("retry", "edit", "discard")],
    ]
    assert {seen(page) for page in pages} == {(404, HTML, "There is no such failure")}
    assert {tuple(tables(page)) for page in pages} == {()}


async def test_an_event_that_the_worker_has_in_hand_is_left_alone(service: ServiceUnderTest, gert: Browser) -> None:
    page = await gert.open(ONE)
    async with service.database.work() as trying:
        await trying.session.execute(service.database.tables.parked.select().with_for_update())
        answer = await gert.send(page, f"{ONE}/retry")
    why = "What comes of it is known soon. Nothing was changed; look again, and decide then."
    assert (answer.status_code, alerts(answer)) == (409, [f"The event is being tried at this moment {why}"])


# Editing


async def test_the_data_are_set_out_for_people(gert: Browser) -> None:
    page = await gert.open(EDIT)
    assert areas(page) == {"data": json.dumps(envelope().data, indent=2)}
    assert forms_of(page.text)[EDIT]["version"] == "1"


async def test_what_is_saved_is_shown_with_what_it_was(service: ServiceUnderTest, gert: Browser) -> None:
    answer = await gert.send(await gert.open(EDIT), EDIT, data=RIGHT, reason="The phase was wrong")
    assert (answer.status_code, answer.headers["Location"]) == (303, ONE)
    page = await gert.open(ONE)
    assert headings(page)[1:3] == ["What arrived, as edited", "What has been done"]
    assert [row[1:] for row in tables(page)[0]] == [["Gert Skov", "Edited the data", "The phase was wrong"]]
    ((body,),) = await rows(service, "select body from {schema}.parked")
    assert decode(body).data == json.loads(RIGHT)
    assert bodies(page) == [body.decode(), encode(envelope()).decode()]


async def test_line_ends_of_browsers_do_no_harm(service: ServiceUnderTest, gert: Browser) -> None:
    data = json.dumps(json.loads(RIGHT), indent=2).replace("\n", "\r\n")
    assert (await gert.send(await gert.open(EDIT), EDIT, data=data, reason="x")).status_code == 303
    ((body,),) = await rows(service, "select body from {schema}.parked")
    assert decode(body).data == json.loads(RIGHT)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ('{"a": 1,\n  b}', "Data: This is not JSON; see line 2, character 3."),
        ("x", "Data: This is not JSON; see line 1, character 1."),
        ("[" * 50_000, "Data: This is not JSON."),
        ("9" * 5_000, "Data: This is not JSON."),
        ("[]", "Data: This must be an object."),
        ("{}", "/course_id: This field is required. /phase: This field is required. /on: This field is required."),
        (RIGHT.replace("2030-01-01", "<b>today"), "/on: This must be a date, as in 2026-11-03."),
        (RIGHT.replace("}", ', "x": "' + "y" * 65_536 + '"}'), "Data: This may be at most 64 kB."),
    ],
    ids=lambda value: value[:30],
)
async def test_data_that_do_not_fit_come_back_with_their_faults(
    service: ServiceUnderTest, gert: Browser, data: str, told: str
) -> None:
    page = await gert.send(await gert.open(EDIT), EDIT, data=data, reason="Why not")
    assert (seen(page), alerts(page)) == (
        (422, HTML, "Edit the data"),
        [f"The data do not fit the event {told}"],
    )
    assert areas(page) == {"data": data}
    assert 'value="Why not"' in page.text
    assert 'aria-describedby="data-hint data-error" aria-invalid="true"' in page.text
    assert await interventions(service) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reason": ""}, ["Why are the data edited?: This field is required."]),
        ({"data": ""}, ["Data: This field is required."]),
        ({"version": "0"}, ["This must be at least 1."]),
        ({"version": None}, ["This field is required."]),
        ({"subject": "x"}, ["Something was sent that is not asked for here."]),
    ],
    ids=str,
)
async def test_a_form_that_is_not_complete_comes_back(
    service: ServiceUnderTest, gert: Browser, changes: dict[str, Any], told: list[str]
) -> None:
    fields = {"data": RIGHT, "reason": "x"} | changes
    page = await gert.send(await gert.open(EDIT), EDIT, **fields)
    assert (page.status_code, alerts(page)) == (422, [f"The form has errors {sentence}" for sentence in told])
    assert areas(page) == {"data": fields["data"]}
    assert await interventions(service) == []


async def test_who_edits_what_another_has_edited_sees_both(service: ServiceUnderTest, gert: Browser) -> None:
    form = await gert.open(EDIT)
    await gert.send(form, EDIT, data=RIGHT, reason="first")
    mine = json.dumps({**envelope().data, "phase": "mine"})
    page = await gert.send(form, EDIT, data=mine, reason="second")
    assert seen(page) == (412, HTML, "Edit the data")
    assert [alert.partition("meanwhile")[:2] for alert in alerts(page)] == [
        ("Somebody else, or you on another page, has edited this event ", "meanwhile")
    ]
    assert areas(page) == {"data": mine}
    assert bodies(page) == [json.dumps(json.loads(RIGHT), indent=2)]
    assert (await gert.send(page, EDIT, data=mine, reason="second")).status_code == 303
    assert [(action, reason) for action, reason, _ in await interventions(service)] == [
        ("edit", "first"),
        ("edit", "second"),
    ]
    (failure,) = await listed(service)
    assert failure["state"] == "parked"
