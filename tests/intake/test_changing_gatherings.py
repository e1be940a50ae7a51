"""Changing gatherings that have been announced: through the API, on pages, and what people are told."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from gathering_cases import OpenGathering, letters, moment, posted, proofs, work
from mail_server import mail_server
from service_under_test import Browser, ServiceUnderTest, everybody_but, forms_of, publish_real_programmes
from sqlalchemy import select

import intake
from intake.worker import handlers
from shared.contracts.intake.materials import MaterialDue
from shared.errors import Text
from shared.identity import Language
from shared.mail.sender import MailSender
from shared.mail.sentences import from_json
from shared.mail.server import MailServer, Silent
from shared.mail.settings import MailServerAddress, MailSettings
from shared.office import office_date
from shared.translations import Catalogue

CATALOGUE = Catalogue.read([Path(str(intake.__file__)).parent / "locale"])


@pytest.fixture
async def gathering(intake_service: ServiceUnderTest) -> OpenGathering:
    return await OpenGathering.of(intake_service)


async def details(gathering: OpenGathering) -> tuple[dict[str, Any], int]:
    """What may be changed of a gathering, as it is, and its version."""
    shown = (await gathering.service.get(gathering.path, None)).json()
    said = {name: shown[name] for name in ("starts_on", "ends_on", "begins", "ends", "zone", "places", "deadline")}
    said |= {"title_da": shown["title"]["da"], "title_en": shown["title"]["en"], **shown["venue"]}
    return said | {"groups": shown["groups"]}, shown["version"]


async def change(gathering: OpenGathering, name: str = "lone", seen: int | None = None, **changes: Any) -> Any:
    said, version = await details(gathering)
    etag = f'"{version if seen is None else seen}"'
    return await gathering.service.put(gathering.path, said | changes, name, if_match=etag)


def day(gathering: OpenGathering, days: int) -> str:
    """So many days from today."""
    return str(office_date(gathering.service.clock.now()) + timedelta(days=days))


def moved(gathering: OpenGathering, days: int) -> dict[str, Any]:
    return {"starts_on": day(gathering, days), "ends_on": day(gathering, days), "reason": "Snow"}


async def texts(gathering: OpenGathering, beginning: str) -> list[str]:
    """The e-mails whose subject begins like this, each in the language of its reader."""
    mail = gathering.service.database.tables.mail
    async with gathering.service.database.work() as unit:
        rows = (await unit.session.execute(select(mail).order_by(mail.c.id))).all()
    return [
        "\n".join(CATALOGUE.translate(from_json(each), row.language) for each in (row.subject, *row.paragraphs))
        for row in rows
        if row.subject["message"].startswith(beginning)
    ]


def on(each: date, language: Language) -> str:
    return CATALOGUE.translate(Text("{day}", {"day": each}), language)


# Over HTTP


@pytest.mark.parametrize("name", ["lone", "david", "hanne"])
async def test_the_office_changes_a_gathering_and_sees_what_it_was(gathering: OpenGathering, name: str) -> None:
    answer = await change(gathering, name, **moved(gathering, 50), address="Ny Vej 2", begins="09:00", places=9)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert answer.json() == (await gathering.service.get(gathering.path, None)).json()
    expected = {
        "starts_on": day(gathering, 50),
        "ends_on": day(gathering, 50),
        "venue": {"town": "Odense", "address": "Ny Vej 2"},
        "begins": "09:00",
        "places": 9,
        "version": 2,
    }
    assert answer.json() == gathering.cohort | expected
    (kept,) = (await gathering.service.get(f"{gathering.path}/changes", name)).json()
    assert (kept["version"], kept["reason"]) == (2, "Snow")
    assert kept["before"].items() <= gathering.cohort.items()
    assert kept["after"].items() <= answer.json().items()
    told = [data for kind, data in await gathering.service.published() if kind == "CohortChanged"]
    assert [(each["version"], each["starts_on"], each["places"]) for each in told] == [(2, day(gathering, 50), 9)]


async def test_what_is_put_as_it_is_is_no_change(gathering: OpenGathering) -> None:
    before = await gathering.service.published()
    answer = await change(gathering)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert (await gathering.service.published(), await gathering.service.rows("cohort_change")) == (before, 0)


async def test_nobody_else_changes_it_or_sees_what_it_was(gathering: OpenGathering) -> None:
    for name in everybody_but("secretary", "administrator", "coordinator"):
        answers = [
            await change(gathering, name, places=9),
            await gathering.service.get(f"{gathering.path}/changes", name),
            await gathering.service.get(f"/gatherings/{gathering.id}/change", name),
        ]
        assert [answer.status_code for answer in answers] == [403] * 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"places": 0},
        {"places": 5001},
        {"starts_on": "2026-02-30"},
        {"title_da": ""},
        {"title_en": "a" * 10_000},
        {"town": "a\x00b"},
        {"zone": "Europe/Paris"},
        {"zone": None},
        {"begins": "9:00"},
        {"begins": "24:00"},
        {"begins": 9},
        {"ends": "09:00:00"},
        {"ends": "٠٩:٠٠"},
        {"reason": "a" * 501},
        {"groups": [{"name": "A", "places": 0}]},
        {"groups": [{"name": f"A{number}", "places": 1} for number in range(31)]},
        {"groups": [{"name": "A", "places": 1}, {"name": "a", "places": 1}]},
        {"groups": [{"id": "00000000-0000-7000-8000-000000000000", "name": "A", "places": 1}]},
        {"starts_on": "2020-01-01", "ends_on": "2020-01-01", "deadline": "2020-01-01", "reason": "Snow"},
        {"address": "Ny Vej 2"},
        {"status": "held"},
        {"programme": "toolkit-training"},
    ],
)
async def test_what_is_no_change_is_refused_and_nothing_is_kept(
    gathering: OpenGathering, wrong: dict[str, Any]
) -> None:
    before = await gathering.service.stored()
    answer = await change(gathering, **wrong)
    assert answer.status_code == 422, answer.text
    assert await gathering.service.stored() == before
    assert (await gathering.service.get(gathering.path, None)).json() == gathering.cohort


async def test_what_there_is_not_cannot_be_changed(gathering: OpenGathering) -> None:
    said, _ = await details(gathering)
    unknown = "/api/v1/gatherings/00000000-0000-7000-8000-000000000000"
    assert (await gathering.service.put(unknown, said, "lone", if_match='"1"')).status_code == 404
    assert (await gathering.service.get(f"{unknown}/changes", "lone")).status_code == 404
    page = unknown.removeprefix("/api/v1") + "/change"
    assert (await gathering.service.get(page, "lone")).status_code == 404


async def test_of_two_changes_at_once_one_counts(gathering: OpenGathering) -> None:
    for number in (1, 2):
        await gathering.register(number)
    answers = await asyncio.gather(
        *(change(gathering, seen=1, **moved(gathering, days)) for days in (50, 51, 52)),
        gathering.service.post(f"{gathering.path}/cancellation", None, "lone", if_match='"1"'),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert (await details(gathering))[1] == 2


@pytest.mark.parametrize("settled", ["held", "called off", "over"])
async def test_what_has_been_held_or_called_off_or_is_over_stays_as_it_was(
    gathering: OpenGathering, settled: str
) -> None:
    if settled == "called off":
        await gathering.service.post(f"{gathering.path}/cancellation", None, "lone", if_match='"1"')
    else:
        start = moment(f"{gathering.cohort['starts_on']}T12:00:00+00:00")
        gathering.service.clock.move_to(start + timedelta(days=settled == "over"))
    if settled == "held":
        await gathering.service.post(f"{gathering.path}/attendance", {"present": []}, "lone", if_match='"0"')
        await work(gathering, set())
    answer = await change(gathering, places=9)
    slug = "gathering-over" if settled == "over" else "gathering-settled"
    assert (answer.status_code, answer.json()["type"]) == (409, f"/problems/{slug}")
    page = await gathering.service.get(f"/gatherings/{gathering.id}/change", "lone", Accept="text/html")
    assert page.status_code == 409


# Places


async def test_places_are_reduced_to_those_that_are_taken_and_not_to_one_fewer(gathering: OpenGathering) -> None:
    await gathering.register(1, 2)
    refused = await change(gathering, places=1)
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "Så mange pladser er allerede optaget eller reserveret, til der er svaret: 2. Der skal være plads til dem.",
    )
    assert (await change(gathering, places=2)).status_code == 200
    await gathering.register(2)
    assert await gathering.roll() == [("1", "confirmed", 2), ("2", "waiting", 1)]


async def test_with_more_places_those_who_wait_move_up_in_order_at_once_and_are_told(
    gathering: OpenGathering,
) -> None:
    for number, people in enumerate((3, 2, 1, 1), start=1):
        await gathering.register(number, people)
    assert (await change(gathering, places=6)).status_code == 200
    assert await gathering.roll() == [
        ("1", "confirmed", 3),
        ("2", "confirmed", 2),
        ("3", "confirmed", 1),
        ("4", "waiting", 1),
    ]
    await work(gathering, set())
    assert (await letters(gathering, "You have a place now"), await letters(gathering, "Changed")) == (["2", "3"], [])
    confirmed = [data for kind, data in await gathering.service.published() if kind == "RegistrationConfirmed"]
    assert [each["people"] for each in confirmed] == [3, 2, 1]


async def test_whoever_registers_meanwhile_does_not_get_past_those_who_wait(gathering: OpenGathering) -> None:
    await gathering.register(1, 3)
    await gathering.register(2)
    answer, *_ = await asyncio.gather(change(gathering, places=4), *(gathering.register(each) for each in (3, 4, 5)))
    assert answer.status_code == 200
    roll = await gathering.roll()
    assert roll[:2] == [("1", "confirmed", 3), ("2", "confirmed", 1)]
    assert [status for _, status, _ in roll[2:]] == ["waiting"] * 3


async def test_of_the_last_place_and_its_being_taken_away_at_once_one_comes_first(gathering: OpenGathering) -> None:
    await gathering.register(1, 2)
    for places in (2, 3, 2, 3):
        number = 10 + (await details(gathering))[1]
        answer, _ = await asyncio.gather(change(gathering, places=places), gathering.register(number))
        taken = Counter(status for _, status, people in await gathering.roll() for _ in range(people))
        assert answer.status_code in (200, 409)
        assert taken["confirmed"] <= (await details(gathering))[0]["places"]
        if answer.status_code == 409:
            assert taken["confirmed"] == 3


async def test_workshops_come_grow_are_renamed_and_go(intake_service: ServiceUnderTest) -> None:
    groups = [{"name": "Play", "places": 1}, {"name": "Parents", "places": 2}, {"name": "Empty", "places": 2}]
    gathering = await OpenGathering.of(intake_service, groups=groups, places=9)
    play, parents, empty = gathering.cohort["groups"]
    for number, group in enumerate((play, play, parents, empty), start=1):
        await gathering.register(number, attendee={"group": group["id"]})
    await gathering.cancel(4)
    larger, smaller = play | {"places": 2, "name": "Games"}, parents | {"places": 1}
    for wrong, slug in (
        ([larger, smaller | {"places": 0}, empty], "invalid-request"),
        ([larger, empty], "group-has-people"),
        ([{"name": "Play", "places": 1}, parents, empty], "group-has-people"),
    ):
        assert (await change(gathering, groups=wrong)).json()["type"] == f"/problems/{slug}"
    answer = await change(gathering, groups=[{"name": "New", "places": 7}, larger, smaller])
    assert [(each["name"], each["places"]) for each in answer.json()["groups"]] == [
        ("New", 7),
        ("Games", 2),
        ("Parents", 1),
    ]
    assert await gathering.roll() == [("1", "confirmed", 1), ("2", "confirmed", 1), ("3", "confirmed", 1)]
    refused = await change(gathering, groups=[larger | {"places": 1}, smaller])
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "Så mange pladser i Games er allerede optaget: 2. Der skal være plads til dem.",
    )
    await work(gathering, set())
    assert await letters(gathering, "Changed") == ["1", "2"]
    assert "Workshop: Games (før: Play)" in (await texts(gathering, "Changed"))[0]
    await gathering.register(5, attendee={"group": empty["id"]})
    assert len(await gathering.roll()) == 3
    await gathering.register(6, attendee={"group": answer.json()["groups"][0]["id"]})
    assert len(await gathering.roll()) == 4


# What people are told


async def test_everybody_whom_it_concerns_is_told_once_in_their_language(gathering: OpenGathering) -> None:
    seen: set[str] = set()
    english = {"name": "Ann", "email": "leader1@example.org", "attendees": [{"name": "Ann", "audience": "leaders"}]}
    await gathering.service.post(f"{gathering.path}/registrations", english, None, language="en")
    for token in await proofs(gathering.service):
        await gathering.service.post(f"/api/v1/registrations/{token}/confirmation", None, None)
    await gathering.register(2, 2)
    await gathering.register(3)
    await gathering.register(4)
    await gathering.cancel(4)
    changes: dict[str, Any] = {
        "address": "Ny Vej 2",
        "begins": "09:00",
        "ends": "15:30",
        "reason": "Åen er løbet <over>",
    }
    assert (await change(gathering, starts_on="2027-05-04", ends_on="2027-05-05", **changes)).status_code == 200
    await gathering.register(5)
    for _ in range(2):
        await work(gathering, seen)
    first, second, _ = await texts(gathering, "Changed")
    before = date.fromisoformat(gathering.cohort["starts_on"])
    assert first.splitlines()[:6] == [
        "Changed: Learning day in Odense",
        "Dear Ann",
        "Something has changed about the gathering that you have registered for.",
        f"Day: 4 May 2027 to 5 May 2027 (before: {on(before, 'en')})",
        "Time: 09:00 to 15:30 (before: not given)",
        "Place: Ny Vej 2, Odense (before: Havnegade 1, Odense)",
    ]
    assert second.splitlines()[3:] == [
        f"Dag: 4. maj 2027 til 5. maj 2027 (før: {on(before, 'da')})",
        "Tid: kl. 09.00 til 15.30 (før: ikke oplyst)",
        "Sted: Ny Vej 2, Odense (før: Havnegade 1, Odense)",
        "Begrundelse: Åen er løbet <over>",
        "Hvis I ikke kan komme, så giv pladserne videre til andre: Følg linket.",
    ]
    assert await letters(gathering, "Changed") == ["1", "2", "3"]
    link = next(link for to, subject, link in await posted(gathering.service) if subject.startswith("Changed"))
    cancelled = await gathering.service.post(f"/api/v1{link}/cancellation", None, None)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")


async def test_each_of_two_changes_is_told_as_it_was(gathering: OpenGathering) -> None:
    await gathering.register(1)
    await change(gathering, address="First 1", reason="Snow")
    await change(gathering, address="Second 2", reason="Rain")
    await work(gathering, set())
    assert [text.splitlines()[3:5] for text in await texts(gathering, "Changed")] == [
        ["Sted: First 1, Odense (før: Havnegade 1, Odense)", "Begrundelse: Snow"],
        ["Sted: Second 2, Odense (før: First 1, Odense)", "Begrundelse: Rain"],
    ]


async def test_what_matters_to_nobody_is_told_nobody(gathering: OpenGathering) -> None:
    await gathering.register(1)
    await change(gathering, places=9, title_en="Another", deadline=day(gathering, 20), reason="Whatever")
    await work(gathering, set())
    assert await letters(gathering, "Changed") == []


async def test_what_is_called_off_before_anybody_could_be_told_is_not_told_as_changed(
    gathering: OpenGathering,
) -> None:
    await gathering.register(1)
    await change(gathering, **moved(gathering, 50))
    await gathering.service.post(f"{gathering.path}/cancellation", None, "lone", if_match='"2"')
    await work(gathering, set())
    assert (await letters(gathering, "Changed"), await letters(gathering, "Called off")) == ([], ["1"])


async def test_while_the_mail_server_is_away_it_is_changed_and_people_are_told_later(
    gathering: OpenGathering,
) -> None:
    database = gathering.service.database
    await gathering.register(1)
    async with mail_server(is_open=False) as server:
        settings = MailSettings.model_validate(
            {
                "mail_server": server.url,
                "mail_sender": "Praksis <praksis@corps.example>",
                "intake_url": "https://x.example/",
            }
        )
        sender = MailSender(database=database, settings=settings, catalogue=CATALOGUE)
        address = MailServerAddress.parse(server.url)
        with pytest.raises(Silent):
            async with MailServer(address).session() as session:
                await sender.send_next(session)
        assert (await change(gathering, **moved(gathering, 50))).status_code == 200
        await work(gathering, set())
        await server.open()
        async with MailServer(address).session() as session:
            while await sender.send_next(session):
                pass
        subjects = [each.message["Subject"] for each in server.taken]
    about = "Læringsdag i Odense"
    assert subjects == [f"Bekræft din tilmelding: {about}", f"Du har en plads: {about}", f"Ændret: {about}"]


# What hangs on the days


async def test_what_is_sent_before_and_after_follows_the_days(gathering: OpenGathering) -> None:
    seen: set[str] = set()
    for kind in ("before", "after"):
        said = {"days": 7, "text": "Bring this."}
        await gathering.service.post(f"{gathering.path}/materials/{kind}", said, "lone", if_match='"0"')
    await gathering.register(1)
    assert (await change(gathering, **moved(gathering, 60))).status_code == 200
    assert await gathering.service.rows("timer") == 2
    old = moment(f"{gathering.cohort['starts_on']}T12:00:00+00:00")
    gathering.service.clock.move_to(old)
    await work(gathering, seen)
    assert await letters(gathering, "Before") == []
    gathering.service.clock.move_to(old + timedelta(days=13))
    await work(gathering, seen)
    assert await letters(gathering, "Before") == ["1"]
    early = await gathering.service.post(f"{gathering.path}/attendance", {"present": []}, "lone", if_match='"1"')
    assert early.json()["type"] == "/problems/gathering-not-begun"
    materials = (await gathering.service.get(f"{gathering.path}/materials", "lone")).json()
    assert [each["due_at"][:10] for each in materials] == [str((old + timedelta(days=d)).date()) for d in (13, 27)]


async def test_a_text_whose_day_has_come_in_the_meantime_does_not_go_out_for_the_old_day(
    gathering: OpenGathering,
) -> None:
    said = {"days": 7, "text": "Bring this."}
    await gathering.service.post(f"{gathering.path}/materials/before", said, "lone", if_match='"0"')
    await gathering.register(1)
    gathering.service.clock.move_to(moment(f"{gathering.cohort['starts_on']}T12:00:00+00:00") - timedelta(days=7))
    timer = gathering.service.database.tables.timer
    async with gathering.service.database.work() as unit:  # the timer has come due; its fact is on its way
        ((due,),) = (await unit.session.execute(select(timer.c.data))).all()
    await change(gathering, **moved(gathering, 30))
    await gathering.service.happen(handlers, MaterialDue.model_validate(due))
    assert await letters(gathering, "Before") == []


async def test_a_later_day_opens_the_registration_again(gathering: OpenGathering) -> None:
    gathering.service.clock.move_to(moment(gathering.cohort["closes_at"]))
    assert (await gathering.register(1)).status_code == 409
    assert (await change(gathering, deadline=day(gathering, 1))).status_code == 200
    assert (await gathering.register(1)).status_code == 202
    assert await gathering.roll() == [("1", "confirmed", 1)]


async def test_an_offer_follows_the_last_day_to_register(intake_service: ServiceUnderTest) -> None:
    await publish_real_programmes(intake_service.database)
    person = {"name": "Leader 1", "email": "leader1@example.org", "audience": "leaders"}
    await intake_service.post("/api/v1/interests", person | {"programme": "learning-day"}, None)
    (token,) = await proofs(intake_service)
    await intake_service.post(f"/api/v1/interests/{token}/confirmation", None, None)
    gathering, seen = await OpenGathering.another(intake_service), set[str]()
    await work(gathering, seen)
    timer = intake_service.database.tables.timer
    assert (await change(gathering, deadline=day(gathering, 2))).status_code == 200
    closes_at = moment((await gathering.service.get(gathering.path, None)).json()["closes_at"])
    async with intake_service.database.work() as unit:
        assert (await unit.session.scalars(select(timer.c.due_at))).all() == [closes_at]
    await work(gathering, seen)
    assert await letters(gathering, "Changed") == ["1"]
    intake_service.clock.move_to(closes_at)
    await work(gathering, seen)
    assert await letters(gathering, "The place has gone") == ["1"]


# As pages


async def test_a_gathering_is_changed_on_its_page(intake_service: ServiceUnderTest) -> None:
    groups = [{"name": "Play", "places": 1}, {"name": "Empty", "places": 2}]
    gathering = await OpenGathering.of(intake_service, groups=groups, begins="09:00")
    play, empty = (group["id"] for group in gathering.cohort["groups"])
    await gathering.register(1, attendee={"group": play})
    david, path = Browser(intake_service), f"/gatherings/{gathering.id}"
    await david.sign_in("david")
    assert f'href="{path}/change"' in (await david.open(f"{path}?lang=en")).text
    page = await david.open(f"{path}/change?lang=en")
    for value in ("Læringsdag i Odense", gathering.cohort["starts_on"], "09:00", "Havnegade 1", "Play", "Empty"):
        assert f'value="{value}"' in page.text
    said, _ = await details(gathering)
    fields = {name: str(value) for name, value in said.items() if name != "groups" and value is not None}
    fields |= {f"group.{play}.name": "Play", f"group.{play}.places": "1"}
    fields |= {f"group.{empty}.name": "Empty", f"group.{empty}.places": "2"}
    mistakes: dict[str, dict[str, str | None]] = {
        "starts_on": {"starts_on": "2020-01-01", "ends_on": None, "deadline": "2020-01-01", "reason": "x"},
        "ends_on": {"ends_on": day(gathering, 39)},
        "ends": {"ends": "08:59", "reason": "x"},
        "begins": {"begins": "soon"},
        "deadline": {"deadline": day(gathering, 41)},
        "places": {"places": "many"},
        "reason": {"address": "Ny Vej 2"},
        "groups": {"groups": "New"},
        "title_da": {"title_da": None},
        f"group.{play}.places": {f"group.{play}.places": "0"},
        f"group.{play}.removed": {f"group.{play}.removed": "true"},
    }
    for field, wrong in mistakes.items():
        answer = await david.send(page, f"{path}/change", **fields | {"title_en": "<b>typed</b>"} | wrong)
        assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True), field
        assert 'value="&lt;b&gt;typed&lt;/b&gt;"' in answer.text
    done = await david.follow(
        await david.send(
            page,
            f"{path}/change",
            **fields
            | {
                "address": "李 <小龍> 2",
                "reason": "Snow",
                "groups": "New; 3",
                f"group.{play}.name": "Games",
                f"group.{play}.places": "2",
                f"group.{empty}.removed": "true",
            },
        )
    )
    for word in ("The changes are saved", "李 &lt;小龍&gt; 2", "Games (2), New (3)", "Snow", "Play (1), Empty (2)"):
        assert word in done.text
    stale = await david.send(page, f"{path}/change", **fields | {"places": "9"})
    assert stale.status_code == 412
    assert "Snow" not in (await Browser(intake_service).open(f"{path}?lang=en")).text
    assert forms_of(page.text)[f"{path}/change"]["version"] == "1"


async def test_a_form_has_room_for_as_many_workshops_as_there_may_be(intake_service: ServiceUnderTest) -> None:
    gathering = await OpenGathering.of(intake_service, groups=[{"name": "Play", "places": 1}])
    lone, path = Browser(intake_service), f"/gatherings/{gathering.id}/change"
    await lone.sign_in("lone")
    said, _ = await details(gathering)
    fields = {name: str(value) for name, value in said.items() if name != "groups" and value is not None}
    play = gathering.cohort["groups"][0]["id"]
    fields |= {f"group.{play}.name": "Play", f"group.{play}.places": "1"}
    lines = [f"Workshop {number}; 1" for number in range(30)]
    page = await lone.open(f"{path}?lang=en")
    answer = await lone.send(page, path, **fields, groups="\n".join(lines))
    assert (answer.status_code, "There may be at most 30 workshops." in answer.text) == (422, True)
    assert (await lone.send(page, path, **fields, groups="\n".join(lines[1:]))).status_code == 303


async def test_the_pages_take_as_many_queries_for_fifty_changes_as_for_one(gathering: OpenGathering) -> None:
    lone, counts = Browser(gathering.service), []
    await lone.sign_in("lone")
    for number in (1, 49):
        for _ in range(number):
            version = (await details(gathering))[1]
            assert (await change(gathering, places=10 + version)).status_code == 200
            await gathering.register(version)
        taken = []
        for path in ("", "/change"):
            async with gathering.service.statements() as sent:
                assert (await lone.open(f"/gatherings/{gathering.id}{path}")).status_code == 200
            taken.append(len(sent))
        counts.append(taken)
    assert counts[0] == counts[1]
