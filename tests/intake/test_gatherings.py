"""Gatherings: announced by the secretary, called off, and shown to everybody."""

import asyncio
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from gathering_cases import COHORT, PARENTS, PLAY, OpenGathering, posted, proofs, wish
from intake_cases import NOON
from python_calamine import CalamineWorkbook
from service_under_test import PROGRAMMES, Browser, ServiceUnderTest, everybody_but, publish_real_programmes

from intake.gatherings.decisions import announce, call_off, hold
from intake.gatherings.model import Cohort, CohortStatus
from intake.programmes.files import load_programmes
from intake.programmes.offer import Audience
from intake.worker import handlers
from shared.contracts.intake.cohorts import CohortAnnounced, CohortCancelled
from shared.decision import Decision
from shared.errors import Refused

PROGRAMME = next(each for each in load_programmes(PROGRAMMES) if each.slug == "learning-day")
TOOLKIT = next(each for each in load_programmes(PROGRAMMES) if each.slug == "toolkit-training")


# Decisions


def test_a_gathering_is_for_all_whom_its_programme_is_for_unless_somebody_says_less() -> None:
    event = CohortAnnounced(
        cohort_id=COHORT.id,
        programme="learning-day",
        programme_version=1,
        starts_on=COHORT.starts_on,
        places=4,
        on=NOON.date(),
    )
    everybody = replace(COHORT, audiences=PROGRAMME.offer.audiences)
    assert announce(replace(COHORT, audiences=()), PROGRAMME, NOON) == Decision(everybody, (event,))
    assert announce(COHORT, PROGRAMME, NOON).state == COHORT


def test_a_form_of_the_training_is_for_its_own_audience() -> None:
    cohort = replace(COHORT, audiences=(), form="form-1", topic="parents")
    assert announce(cohort, TOOLKIT, NOON).state.audiences == (Audience.LEADERS, Audience.DEPUTY_LEADERS)


DAY = COHORT.starts_on


@pytest.mark.parametrize(
    ("cohort", "slug"),
    [
        (replace(COHORT, ends_on=DAY - timedelta(days=1)), "gathering-ends-before-it-starts"),
        (replace(COHORT, deadline=DAY + timedelta(days=1)), "registration-closes-too-late"),
        (replace(COHORT, deadline=NOON.date() - timedelta(days=1)), "registration-over-already"),
        (replace(COHORT, audiences=(Audience.STAFF,)), "audience-not-offered"),
        (replace(COHORT, form="form-1"), "part-not-offered"),
        (replace(COHORT, topic="parents"), "part-not-offered"),
        (replace(COHORT, groups=(PLAY, replace(PARENTS, name="PLAY"))), "group-named-twice"),
        (replace(COHORT, ends_on=date(2031, 11, 3)), "day-too-far-ahead"),
    ],
)
def test_what_cannot_be_held_is_not_announced(cohort: Cohort, slug: str) -> None:
    with pytest.raises(Refused, match=slug):
        announce(cohort, PROGRAMME, NOON)


def test_a_gathering_ends_at_most_five_years_ahead() -> None:
    latest = replace(COHORT, ends_on=date(2031, 11, 2))
    assert announce(latest, PROGRAMME, NOON).state.ends_on == date(2031, 11, 2)


@pytest.mark.parametrize("deadline", [NOON.date(), DAY])
def test_the_deadline_may_be_today_or_the_first_day(deadline: date) -> None:
    assert announce(replace(COHORT, deadline=deadline), PROGRAMME, NOON).state.deadline == deadline


def test_a_programme_that_takes_applications_has_no_gatherings() -> None:
    course = next(each for each in load_programmes(PROGRAMMES) if each.slug == "long-course")
    with pytest.raises(Refused, match="programme-takes-applications"):
        announce(COHORT, course, NOON)


def test_a_gathering_is_called_off_once() -> None:
    called_off = replace(COHORT, status=CohortStatus.CANCELLED)
    event = CohortCancelled(cohort_id=COHORT.id, programme="learning-day", on=NOON.date())
    assert call_off(COHORT, NOON) == Decision(called_off, (event,))
    with pytest.raises(Refused, match="gathering-settled"):
        call_off(called_off, NOON)


@pytest.mark.parametrize("status", CohortStatus)
def test_only_an_announced_gathering_has_been_held_once_it_is_known_who_came(status: CohortStatus) -> None:
    after = CohortStatus.HELD if status is CohortStatus.ANNOUNCED else status
    assert hold(replace(COHORT, status=status)) == Decision(replace(COHORT, status=after))


# Over HTTP


@pytest.fixture
async def gathering(intake_service: ServiceUnderTest) -> OpenGathering:
    return await OpenGathering.of(intake_service)


async def called_off(gathering: OpenGathering, seen: int = 1) -> Any:
    return await gathering.service.post(f"{gathering.path}/cancellation", None, "lone", if_match=f'"{seen}"')


async def test_everybody_sees_what_the_secretary_has_announced(gathering: OpenGathering) -> None:
    shown = await gathering.service.get(gathering.path, None)
    listed = await gathering.service.get("/api/v1/gatherings", None)
    assert (shown.json(), listed.json()) == (gathering.cohort, [gathering.cohort])
    assert (gathering.cohort["audiences"], gathering.cohort["version"]) == (
        ["administration", "area_leaders", "leaders", "consultants"],
        1,
    )


async def test_nobody_else_announces_or_calls_off(gathering: OpenGathering) -> None:
    for name in everybody_but("secretary", "administrator"):
        answers = [
            await gathering.service.post("/api/v1/gatherings", wish(gathering.service), name),
            await gathering.service.post(f"{gathering.path}/cancellation", None, name, if_match='"1"'),
        ]
        assert [answer.status_code for answer in answers] == [403, 403]


async def test_names_are_shown_to_the_office_alone(gathering: OpenGathering) -> None:
    paths = (
        f"{gathering.path}/registrations",
        f"/gatherings/{gathering.id}/registrations",
        f"/gatherings/{gathering.id}/registrations.csv",
        f"/gatherings/{gathering.id}/registrations.xlsx",
    )
    for name in (None, *everybody_but("secretary", "administrator", "coordinator")):
        answers = [await gathering.service.get(path, name) for path in paths]
        assert {answer.status_code for answer in answers} == {401 if name is None else 403}


@pytest.mark.parametrize(
    "changes",
    [
        {"programme": "nothing"},
        {"programme": "national-conference"},
        {"programme": "long-course"},
        {"places": 0},
        {"places": 5001},
        {"starts_on": "2026-02-30"},
        {"title_da": ""},
        {"title_en": "a" * 10_000},
        {"zone": "Europe/Paris"},
        {"groups": [{"name": "A", "places": 0}]},
        {"groups": [{"name": "A", "places": 1}] * 31},
        {"status": "held"},
    ],
)
async def test_what_is_no_gathering_is_refused(intake_service: ServiceUnderTest, changes: dict[str, Any]) -> None:
    await publish_real_programmes(intake_service.database)
    answer = await intake_service.post("/api/v1/gatherings", wish(intake_service) | changes, "lone")
    assert (answer.status_code, await intake_service.rows("cohort")) == (422, 0)


async def test_whoever_has_registered_is_told_when_it_is_called_off(gathering: OpenGathering) -> None:
    for number in (1, 2):
        await gathering.register(number, 2)
    await gathering.register(3)
    await gathering.cancel(3)
    answers = await asyncio.gather(called_off(gathering), called_off(gathering))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    before = len(await posted(gathering.service))
    told = CohortCancelled(cohort_id=gathering.id, programme="learning-day", on=date(2026, 1, 1))
    await gathering.service.happen(handlers, told)
    letters = (await posted(gathering.service))[before:]
    assert [(to[:7], subject) for to, subject, _ in letters] == [
        ("leader1", "Called off: {title}"),
        ("leader2", "Called off: {title}"),
    ]
    assert await gathering.roll() == []
    assert (await gathering.register(4)).status_code == 409


# As pages


async def secretary(service: ServiceUnderTest) -> Browser:
    browser = Browser(service)
    await browser.sign_in("lone")
    return browser


async def test_a_secretary_announces_and_strangers_register_on_pages(intake_service: ServiceUnderTest) -> None:
    await publish_real_programmes(intake_service.database)
    lone, stranger = await secretary(intake_service), Browser(intake_service)
    page = await lone.open("/announce-gathering?lang=en")
    assert "Training with the toolkit: Course form 1: overview" in page.text
    said = {name: str(value) for name, value in wish(intake_service).items()} | {"zone": "Europe/Copenhagen"}
    said["title_en"] = "<b>Day</b>"
    empty = await lone.send(page, "/announce-gathering")
    assert (empty.status_code, "places-error" in empty.text) == (422, True)
    for field, value in (("deadline", "2099-01-01"), ("groups", "Play"), ("form", "form-1"), ("programme", "x")):
        wrong = await lone.send(page, "/announce-gathering", **said | {field: value})
        assert (wrong.status_code, f"{field}-error" in wrong.text) == (422, True), field
    shown = await lone.follow(await lone.send(page, "/announce-gathering", **said | {"groups": "Play; 2\nParents ; 2"}))
    path = str(shown.request.url.path)
    assert "&lt;b&gt;Day" in shown.text
    assert path in (await stranger.open("/gatherings?lang=en")).text
    form = await stranger.open(f"{path}?people=2&lang=en")
    assert form.text.count("<legend") == 2
    wrong = await stranger.send(form, f"{path}/registrations", name="Åse", email="x", **{"name-1": "Åse"})
    assert wrong.status_code == 422
    assert [f"{name}-error" in wrong.text for name in ("email", "name-1", "name-2")] == [True, False, True]
    assert 'value="Åse"' in wrong.text
    assert [f"audience-{n}-error" in wrong.text for n in (1, 2)] == [True, True]
    assert [f"group-{n}-error" in wrong.text for n in (1, 2)] == [True, True]
    one = await stranger.send(
        form,
        f"{path}/registrations",
        name="Åse",
        email="aase@example.org",
        **{"name-1": "Åse", "audience-1": "leaders", "group-1": str(UUID(int=1))},
    )
    summary = one.text.partition('id="error-summary-title"')[2].partition("</ul>")[0]
    assert re.findall('href="#(.*?)">', summary) == ["name-2", "audience-2", "group-2"]
    assert summary.count("<li>") == 3
    group = wrong.text.partition('id="group-1"')[2].partition('<option value="')[2].partition('<option value="')[2][:36]
    people = {f"{field}-{n}": value for n in (1, 2) for field, value in (("name", f"P{n}"), ("group", group))}
    sent = {"name": "Åse", "email": "aase@example.org", **people}
    other = await stranger.send(
        form, f"{path}/registrations", **sent, **{"audience-1": "leaders", "audience-2": "staff"}
    )
    assert (other.status_code, "audience-2-error" in other.text, "This gathering is for: " in other.text) == (
        422,
        True,
        True,
    )
    done = await stranger.follow(
        await stranger.send(form, f"{path}/registrations", **sent, **{"audience-1": "leaders", "audience-2": "leaders"})
    )
    assert "We have sent you an e-mail. You have no place yet" in done.text
    (token,) = await proofs(intake_service)
    asked = await stranger.open(f"/registrations/{token}?lang=en")
    assert ("P1, P2" in asked.text, "At the moment there is room." in asked.text) == (True, True)
    placed = await stranger.follow(await stranger.send(asked, f"/registrations/{token}/confirmation"))
    assert "Has a place" in placed.text
    roll = await lone.open(f"{path}/registrations?lang=en")
    assert [word in roll.text for word in ("P1", "P2", "aase@example.org")] == [True] * 3


async def test_whoever_registers_alone_is_told_once_of_each_field(gathering: OpenGathering) -> None:
    stranger = Browser(gathering.service)
    page = await stranger.open(f"/gatherings/{gathering.id}?lang=en")
    empty = await stranger.send(page, f"/gatherings/{gathering.id}/registrations")
    assert re.findall(r'class="function-link" href="#([\w-]+)"', empty.text) == ["name", "email", "audience-1"]
    sent = {"name": "Åse", "email": "aase@example.org", "name-1": "x" * 500}
    wrong = await stranger.send(page, f"/gatherings/{gathering.id}/registrations", **sent)
    assert re.findall(r'class="function-link" href="#([\w-]+)"', wrong.text) == ["name-1", "audience-1"]
    del sent["name-1"]
    no_position = await stranger.send(page, f"/gatherings/{gathering.id}/registrations", **sent)
    assert (no_position.status_code, "Position (1): Choose a position." in no_position.text) == (422, True)


@pytest.mark.parametrize(
    "people", ["0005000", "5000", "00020", "21", "0", "-1", "9" * 5000, "\u0663", "1_0", "2.0", " 2"]
)
async def test_a_number_of_people_that_makes_no_sense_is_one(gathering: OpenGathering, people: str) -> None:
    stranger = Browser(gathering.service)
    page = await stranger.http.get(f"/gatherings/{gathering.id}", params={"people": people})
    assert (page.status_code, page.text.count('name="name-')) == (200, 1)
    sent = await stranger.send(page, f"/gatherings/{gathering.id}/registrations", people=people, name="")
    assert (sent.status_code, sent.text.count('name="name-')) == (422, 1)


@pytest.mark.parametrize("people", ["20", "0020"])
async def test_so_many_people_are_registered_at_once(gathering: OpenGathering, people: str) -> None:
    page = await Browser(gathering.service).http.get(f"/gatherings/{gathering.id}?people=3&people={people}")
    assert page.text.count('name="name-') == 20


async def test_a_gathering_is_announced_as_danes_write(intake_service: ServiceUnderTest) -> None:
    await OpenGathering.of(intake_service)
    lone = Browser(intake_service)
    await lone.sign_in("lone")
    page = await lone.open("/announce-gathering?lang=da")
    said = wish(intake_service) | {
        "starts_on": "3/11-2029",
        "ends_on": "4. november 2029",
        "deadline": "01.10.2029",
        "begins": "kl. 9.15",
        "ends": "16:00",
        "places": "1.000",
        "groups": "Leg; 1.000\nLæring; 20",
        "zone": "Europe/Copenhagen",
    }
    wrong = await lone.send(
        page, "/announce-gathering", **said | {"begins": "25.00", "places": "12,5", "deadline": "31.2.2029"}
    )
    assert re.findall(r'id="(\w+)-error"', wrong.text) == ["begins", "places", "deadline"]
    assert all(example in wrong.text for example in ("f.eks. 9.15", "f.eks. 12", "f.eks. 3.11.2026"))
    made = await lone.send(page, "/announce-gathering", **said)
    assert made.status_code == 303, made.text
    found = (await intake_service.get(f"/api/v1{made.headers['Location']}", None)).json()
    assert {name: found[name] for name in ("starts_on", "ends_on", "deadline", "begins", "ends", "places")} == {
        "starts_on": "2029-11-03",
        "ends_on": "2029-11-04",
        "deadline": "2029-10-01",
        "begins": "09:15",
        "ends": "16:00",
        "places": 1000,
    }
    assert [each["places"] for each in found["groups"]] == [1000, 20]


async def test_a_stranger_cancels_by_the_link_and_once_more_changes_nothing(gathering: OpenGathering) -> None:
    await gathering.register(1)
    browser, path = Browser(gathering.service), f"/registrations/{(await gathering.links(1))[0]}"
    page = await browser.open(f"{path}?lang=en")
    assert "Has a place" in page.text
    done = await browser.follow(await browser.send(page, f"{path}/cancellation"))
    assert ("Cancelled" in done.text, f"{path}/cancellation" in done.text) == (True, False)
    before = await gathering.service.stored()
    again = await browser.follow(await browser.send(page, f"{path}/cancellation"))
    assert (again.status_code, await gathering.service.stored()) == (200, before)


async def test_a_program_that_fills_in_every_field_is_thanked_and_not_registered(gathering: OpenGathering) -> None:
    browser, path = Browser(gathering.service), f"/gatherings/{gathering.id}"
    page = await browser.open(f"{path}?lang=en")
    before = await gathering.service.stored()
    sent = {"name": "A", "email": "a@example.org", "audience-1": "leaders", "website": "http://x.example"}
    done = await browser.follow(await browser.send(page, f"{path}/registrations", **sent))
    assert ("We have sent you an e-mail" in done.text, await gathering.service.stored()) == (True, before)


async def test_a_form_of_another_visitor_registers_nobody(gathering: OpenGathering) -> None:
    path = f"/gatherings/{gathering.id}"
    page = await Browser(gathering.service).open(path)
    answer = await Browser(gathering.service).send(page, f"{path}/registrations", name="A", email="a@example.org")
    assert answer.status_code == 403


async def test_a_gathering_is_called_off_on_its_page(gathering: OpenGathering) -> None:
    lone, path = await secretary(gathering.service), f"/gatherings/{gathering.id}"
    page = await lone.open(f"{path}?lang=en")
    done = await lone.follow(await lone.send(page, f"{path}/cancellation"))
    assert ("Called off" in done.text, f'action="{path}/' in done.text) == (True, False)
    assert f"{path}/cancellation" not in (await Browser(gathering.service).open(path)).text


async def test_the_list_of_people_calculates_nothing_in_a_spreadsheet(gathering: OpenGathering) -> None:
    names = ["=1+1", "+45", "-1", "@A1", "Åse;Ib"]
    for number, name in enumerate(names[:3], start=1):
        await gathering.register(number, attendees=[{"name": name, "audience": "leaders", "needs": names[3]}])
    lone = await secretary(gathering.service)
    csv = (await lone.open(f"/gatherings/{gathering.id}/registrations.csv?lang=da")).content.decode("utf-8-sig")
    assert [line.split(";")[:5] for line in csv.splitlines()[1:]] == [
        ["Har plads", f"'{name}", "dagtilbudsledere", "", "'@A1"] for name in names[:3]
    ]
    book = (await lone.open(f"/gatherings/{gathering.id}/registrations.xlsx")).content

    rows = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[1:]] == names[:3]


@pytest.mark.parametrize(("zone", "suffix"), [("Europe/Copenhagen", ""), ("America/Nuuk", " (tid i Nuuk)")])
async def test_the_list_of_people_says_when_they_registered_by_the_clock_of_the_place(
    intake_service: ServiceUnderTest, zone: str, suffix: str
) -> None:
    gathering = await OpenGathering.of(intake_service, zone=zone)
    await gathering.register(1)
    lone, path = await secretary(gathering.service), f"/gatherings/{gathering.id}/registrations"
    (registered,) = (await gathering.service.get(f"/api/v1{path}", "lone")).json()
    there = datetime.fromisoformat(registered["registered_at"]).astimezone(ZoneInfo(zone))
    expected = f"{there:%Y-%m-%d %H:%M}{suffix}"
    csv = (await lone.open(f"{path}.csv?lang=da")).content.decode("utf-8-sig")
    book = (await lone.open(f"{path}.xlsx?lang=da")).content
    rows = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()
    assert (csv.splitlines()[1].split(";")[-1], rows[1][-1]) == (expected, expected)


async def test_many_registrations_are_shown_page_by_page_and_downloaded_whole(gathering: OpenGathering) -> None:
    service, path = gathering.service, f"/gatherings/{gathering.id}"
    for number in range(1, 54):
        await gathering.register(number)
    lone = await secretary(service)
    first, second, third = [await lone.open(f"{path}/registrations?lang=en&page={page}") for page in (1, 2, 3)]
    shown = [re.findall(r"<td>Person (\d+)\.0</td>", page.text) for page in (first, second, third)]
    assert shown == [[str(number) for number in range(1, 51)], ["51", "52", "53"], []]
    assert [f'href="{path}/registrations?page=2"' in page.text for page in (first, second, third)] == [
        True,
        False,
        False,
    ]
    csv = (await lone.open(f"{path}/registrations.csv")).content.decode("utf-8-sig")
    assert len(csv.splitlines()) == 54
    for wrong in ("0", "x", "-1", "999999999999"):
        assert (await lone.open(f"{path}/registrations?page={wrong}")).status_code == 422


async def test_the_page_says_how_many_places_are_left_as_the_list_does(gathering: OpenGathering) -> None:
    groups = [{"name": "Play", "places": 2}, {"name": "Parents", "places": 2}]
    other = await OpenGathering.another(gathering.service, places=4, groups=groups)
    play, parents = (group["id"] for group in other.cohort["groups"])
    for number, (group, people) in enumerate(((play, 2), (parents, 1), (play, 1), (parents, 1)), start=1):
        await other.register(number, people, attendee={"group": group})
    await other.cancel(4)
    places = (await gathering.service.get(f"{other.path}/places", None)).json()
    assert places == {"left": 1, "by_group": {play: 0, parents: 1}, "waiting": 1}
    page = (await Browser(gathering.service).open(f"/gatherings/{other.id}?lang=en")).text
    for words in ("1 of 4 are free", "Play (full: you wait)", "Parents (1 free)"):
        assert words in page


async def test_the_pages_take_as_many_queries_for_fifty_as_for_one(intake_service: ServiceUnderTest) -> None:
    await publish_real_programmes(intake_service.database)
    lone = await secretary(intake_service)
    counts = []
    for number in (1, 49):
        for _ in range(number):
            gathering = await OpenGathering.another(intake_service, places=60)
            await gathering.register(1)
        for each in range(2, number + 1):
            await gathering.register(each)
        taken = []
        for path in ("", f"/{gathering.id}", f"/{gathering.id}/registrations"):
            async with intake_service.statements() as sent:
                assert (await lone.open(f"/gatherings{path}")).status_code == 200
            taken.append(len(sent))
        counts.append(taken)
    assert counts[0] == counts[1]
