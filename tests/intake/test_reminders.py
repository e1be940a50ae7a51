"""Reminders, which nobody approves: of the deadline of a round, and of an agreement that waits for a signature."""

import asyncio
import runpy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from intake_cases import NOON, VORDINGBORG, a_round
from mail_server import mail_server
from service_under_test import Browser, OpenIntake, ServiceUnderTest
from sqlalchemy import select, text

import intake.worker
from intake.applications.model import Wish
from intake.drafts.decisions import is_to_be_reminded
from intake.drafts.model import Draft
from intake.rounds.model import Zone
from intake.worker import handlers
from local.state import CHECKOUT
from shared.contracts.intake.agreements import SignatureAwaited
from shared.contracts.intake.rounds import DeadlineApproached
from shared.contracts.published import PUBLISHED
from shared.events.in_memory import BrokerInMemory
from shared.events.timers import Timers
from shared.mail.sender import MailSender
from shared.mail.server import MailServer
from shared.mail.settings import MailServerAddress, MailSettings
from shared.translations import Catalogue

SECOND = timedelta(seconds=1)
ROUND = a_round()  # to 3 November
WANTED = Wish(contact_name="Anna Holm", contact_email="anna@example.org")
DRAFT = Draft(UUID(int=1), "long-course", ROUND.id, "anna", VORDINGBORG, WANTED, NOON, "anna")


@pytest.mark.parametrize(
    ("zone", "deadline", "reminds_at"),
    [
        (Zone.COPENHAGEN, date(2026, 11, 3), datetime(2026, 10, 27, 7, tzinfo=UTC)),
        # the clocks change between the reminder and the deadline, or on the morning of the reminder
        (Zone.COPENHAGEN, date(2026, 10, 28), datetime(2026, 10, 21, 6, tzinfo=UTC)),
        (Zone.COPENHAGEN, date(2026, 11, 1), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        (Zone.COPENHAGEN, date(2026, 4, 1), datetime(2026, 3, 25, 7, tzinfo=UTC)),
        (Zone.COPENHAGEN, date(2026, 4, 5), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        (Zone.NUUK, date(2026, 11, 3), datetime(2026, 10, 27, 10, tzinfo=UTC)),
        (Zone.NUUK, date(2026, 10, 29), datetime(2026, 10, 22, 9, tzinfo=UTC)),
        (Zone.COPENHAGEN, date(2027, 1, 4), datetime(2026, 12, 28, 7, tzinfo=UTC)),
    ],
)
def test_the_reminder_is_due_at_eight_in_the_morning_seven_calendar_days_before(
    zone: Zone, deadline: date, reminds_at: datetime
) -> None:
    assert a_round(deadline, zone).reminds_at == reminds_at


@pytest.mark.parametrize(
    ("moment", "is_reminded"),
    [
        (ROUND.reminds_at - SECOND, False),
        (ROUND.reminds_at, True),
        (ROUND.closes_at - SECOND, True),
        (ROUND.closes_at, False),
    ],
)
def test_a_reminder_comes_neither_early_nor_when_it_is_too_late(moment: datetime, is_reminded: bool) -> None:
    assert is_to_be_reminded(DRAFT, ROUND, moment) is is_reminded


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, content=replace(WANTED, reminders=False)),
        replace(DRAFT, content=replace(WANTED, contact_email=None)),
        replace(DRAFT, sent_at=NOON),
        replace(DRAFT, reminded_of=ROUND.deadline),
    ],
)
def test_nobody_is_reminded_who_does_not_want_it_or_has_sent_it_or_knows_already(draft: Draft) -> None:
    assert not is_to_be_reminded(draft, ROUND, ROUND.reminds_at)


def test_of_another_deadline_one_is_reminded_again() -> None:
    known = replace(DRAFT, reminded_of=ROUND.deadline - timedelta(days=7))
    assert is_to_be_reminded(known, ROUND, ROUND.reminds_at)


# With the worker


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def work(office: OpenIntake) -> None:
    """What the worker does: timers that are due come due, and each fact has its effect once."""
    while await Timers(database=office.service.database).publish_due():
        pass
    await BrokerInMemory({office.service.database: handlers}).deliver()


async def at(office: OpenIntake, moment: datetime) -> None:
    """Let that moment come, and the worker work."""
    office.service.clock.move_to(moment)
    await work(office)


def of_round(round_: dict[str, Any]) -> tuple[datetime, datetime]:
    """When a round of Copenhagen's reminds, and when it closes."""
    value = a_round(date.fromisoformat(round_["deadline"]))
    return value.reminds_at, value.closes_at


async def begun(office: OpenIntake, email: str | None = "anna@example.org", **content: Any) -> dict[str, Any]:
    """A draft whose contact is named, as its writer reads it."""
    service = office.service
    wish = {"programme": "long-course", "round_id": content.pop("round_id", office.round["id"])}
    id = (await service.post("/api/v1/drafts", wish, "anna")).json()["id"]
    body = {"contact_name": "Anna Holm"} | ({"contact_email": email} if email else {}) | content
    answer = await service.put(f"/api/v1/drafts/{id}", body, "anna", if_match='"1"')
    assert answer.status_code == 200, answer.text
    draft: dict[str, Any] = answer.json()
    return draft


def complete(office: OpenIntake) -> dict[str, Any]:
    return {
        "applicant_kind": "administration",
        "daycares": [office.daycares[kind] for kind in ("nursery", "integrated")],
        "motivation": "Vi vil gerne.",
    }


async def reminded(office: OpenIntake, of: str = "Deadline on") -> list[tuple[str, str]]:
    """Who is owed a reminder, and where it leads."""
    mail = office.service.database.tables.mail
    async with office.service.database.work() as unit:
        rows = await unit.session.execute(select(mail).order_by(mail.c.id))
        return [(row.address, row.link) for row in rows if row.subject["message"].startswith(of)]


async def extend(office: OpenIntake, days: int, seen: int = 1) -> dict[str, Any]:
    deadline = date.fromisoformat(office.round["deadline"]) + timedelta(days=days)
    body = {"deadline": str(deadline), "reason": "Many were ill."}
    path = f"/api/v1/rounds/{office.round['id']}/extension"
    answer = await office.service.post(path, body, "david", if_match=f'"{seen}"')
    assert answer.status_code == 200, answer.text
    extended: dict[str, Any] = answer.json()
    return extended


async def act(office: OpenIntake, draft: dict[str, Any], deed: str) -> httpx.Response:
    path = f"/api/v1/drafts/{draft['id']}/{deed}"
    return await office.service.post(path, None, "anna", if_match=f'"{draft["version"]}"')


async def test_whoever_has_begun_is_reminded_once_at_the_moment_and_writes_on_undisturbed(office: OpenIntake) -> None:
    draft = await begun(office)
    reminds_at, closes_at = of_round(office.round)
    await at(office, reminds_at - SECOND)
    assert await reminded(office) == []
    await at(office, reminds_at)
    expected = [("anna@example.org", f"/drafts/{draft['id']}")]
    assert await reminded(office) == expected
    shown = (await office.service.get(f"/api/v1/drafts/{draft['id']}", "anna")).json()
    assert shown == draft  # its version too: nobody has to look again before they write
    for moment in (closes_at - SECOND, closes_at):
        await at(office, moment)
    assert await reminded(office) == expected


async def test_the_same_fact_told_twice_reminds_once(office: OpenIntake) -> None:
    await begun(office)
    reminds_at, closes_at = of_round(office.round)
    await at(office, reminds_at)
    again = DeadlineApproached(round_id=office.round["id"], programme="long-course", closes_at=closes_at)
    await office.service.happen(handlers, again, again)
    assert len(await reminded(office)) == 1


async def test_what_breaks_off_before_it_is_kept_is_done_once_the_next_time(office: OpenIntake) -> None:
    await begun(office)
    reminds_at, closes_at = of_round(office.round)
    office.service.clock.move_to(reminds_at)
    event = DeadlineApproached(round_id=office.round["id"], programme="long-course", closes_at=closes_at)
    async with office.service.database.work() as unit:  # a worker that ends before its commit
        for handler in handlers.of(event.type_name()):
            await handler.function(event, unit)
        await unit.session.flush()
        await unit.session.rollback()
    assert await reminded(office) == []
    await work(office)
    assert len(await reminded(office)) == 1


async def test_two_workers_at_once_remind_once(office: OpenIntake) -> None:
    await begun(office)
    reminds_at, closes_at = of_round(office.round)
    office.service.clock.move_to(reminds_at)
    event = DeadlineApproached(round_id=office.round["id"], programme="long-course", closes_at=closes_at)
    await asyncio.gather(*(office.service.happen(handlers, event) for _ in range(2)))
    assert len(await reminded(office)) == 1


async def test_an_extended_round_reminds_of_its_new_deadline_alone(office: OpenIntake) -> None:
    await begun(office)
    extended = await extend(office, 14)
    await at(office, of_round(office.round)[0])
    assert await reminded(office) == []
    later, _ = of_round(extended)
    await at(office, later - SECOND)
    assert await reminded(office) == []
    await at(office, later)
    assert len(await reminded(office)) == 1


async def test_what_was_told_before_the_extension_and_comes_after_it_reminds_of_nothing(office: OpenIntake) -> None:
    await begun(office)
    reminds_at, closes_at = of_round(office.round)
    office.service.clock.move_to(reminds_at)
    await extend(office, 14)
    before = DeadlineApproached(round_id=office.round["id"], programme="long-course", closes_at=closes_at)
    await office.service.happen(handlers, before)
    assert await reminded(office) == []


async def test_an_extension_after_the_reminder_is_told_with_its_own_once(office: OpenIntake) -> None:
    await begun(office)
    await at(office, of_round(office.round)[0])
    far = await extend(office, 14)
    await work(office)
    assert len(await reminded(office)) == 1
    for _ in range(2):
        await at(office, of_round(far)[0])
    assert len(await reminded(office)) == 2
    await at(office, of_round(far)[1] - SECOND)
    await extend(office, 16, seen=2)  # less than a week is left: at once
    for _ in range(2):
        await work(office)
    assert len(await reminded(office)) == 3


async def test_a_round_that_is_open_again_reminds_of_that(office: OpenIntake) -> None:
    await begun(office)
    _, closes_at = of_round(office.round)
    await at(office, closes_at + timedelta(days=1))
    assert await reminded(office) == []  # the worker was away for the whole week
    await extend(office, 5)
    await work(office)
    assert len(await reminded(office)) == 1


async def test_what_was_sent_a_second_before_is_not_reminded_of(office: OpenIntake) -> None:
    draft = await begun(office, **complete(office))
    reminds_at, _ = of_round(office.round)
    await at(office, reminds_at - SECOND)
    assert (await act(office, draft, "submission")).status_code == 200
    await at(office, reminds_at)
    assert await reminded(office) == []


async def test_of_sending_and_reminding_at_once_both_are_done_or_it_is_not_reminded(office: OpenIntake) -> None:
    draft = await begun(office, **complete(office))
    office.service.clock.move_to(of_round(office.round)[0])
    sent, _ = await asyncio.gather(act(office, draft, "submission"), work(office))
    assert sent.status_code == 200
    await work(office)
    assert len(await reminded(office)) <= 1


async def test_what_was_thrown_away_names_nobody_or_wants_nothing_is_not_reminded_of(office: OpenIntake) -> None:
    assert (await act(office, await begun(office), "removal")).status_code == 204
    await begun(office, None)
    await begun(office, reminders=False)
    await begun(office, round_id=await another_round(office))
    await at(office, of_round(office.round)[0])
    assert await reminded(office) == []


async def another_round(office: OpenIntake) -> str:
    """A round that ends two weeks later."""
    deadline = date.fromisoformat(office.round["deadline"]) + timedelta(days=14)
    wish = {"programme": "long-course", "opens_on": office.round["opens_on"], "deadline": str(deadline)}
    return str((await office.service.post("/api/v1/rounds", wish, "david")).json()["id"])


async def test_what_is_begun_in_the_last_week_is_not_reminded_of(office: OpenIntake) -> None:
    reminds_at, closes_at = of_round(office.round)
    await at(office, reminds_at)
    await begun(office)
    await at(office, closes_at - SECOND)
    assert await reminded(office) == []


async def test_fifty_drafts_are_read_by_as_many_queries_as_one(office: OpenIntake) -> None:
    counts: list[int] = []
    event = DeadlineApproached(
        round_id=office.round["id"], programme="long-course", closes_at=of_round(office.round)[1]
    )
    for more in (1, 49):
        for _ in range(more):
            await begun(office)
        async with office.service.database.work() as unit:
            await unit.session.execute(text("update intake.draft set reminded_of = null"))
            await unit.commit()
        office.service.clock.move_to(of_round(office.round)[0] + timedelta(hours=len(counts)))
        async with office.service.statements() as sent:
            await office.service.happen(handlers, event)
        counts.append(len([each for each in sent if each.lstrip().lower().startswith("select")]))
    assert counts[0] == counts[1]
    assert len(await reminded(office)) == 51


# As e-mails


async def sent(office: OpenIntake, url: str) -> None:
    """Send what is due, as a worker would in one turn."""
    settings = MailSettings.model_validate(
        {"mail_server": url, "mail_sender": "Praksis <praksis@corps.example>", "intake_url": "https://praksis.example/"}
    )
    catalogue = Catalogue.read([Path(intake.worker.__file__).parent / "locale"])
    sender = MailSender(database=office.service.database, settings=settings, catalogue=catalogue)
    async with MailServer(MailServerAddress.parse(url)).session() as session:
        while await sender.send_next(session):
            pass


async def test_while_the_mail_server_is_away_reminders_wait_and_then_leave_once(office: OpenIntake) -> None:
    draft = await begun(office)
    async with mail_server(is_open=False) as server:
        await at(office, of_round(office.round)[0])
        with pytest.raises(Exception):  # noqa: B017 (whatever the silence of a server is called)
            await sent(office, server.url)
        assert len(await reminded(office)) == 1
        await server.open()
        for _ in range(2):
            await sent(office, server.url)
        (mail,) = server.taken
    assert mail.recipients == ["anna@example.org"]
    day = date.fromisoformat(office.round["deadline"])
    assert str(mail.message["Subject"]).startswith("Fristen er ")
    assert str(day.year) in str(mail.message["Subject"])
    assert mail.text.startswith("Kære Anna Holm\n")
    for words in ("Længerevarende rådgivningsforløb", "Det mangler endnu:", "– Motivation", "– Hvem ansøger"):
        assert words in mail.text
    assert f"https://praksis.example/drafts/{draft['id']}" in mail.text


async def test_a_full_draft_says_in_english_that_it_only_has_to_be_sent(office: OpenIntake) -> None:
    draft = await begun(office)
    path = f"/api/v1/drafts/{draft['id']}"
    body = complete(office) | {"contact_name": "أحمد 太田", "contact_email": "anna@example.org"}
    headers = {"Accept-Language": "en", "If-Match": '"2"', "Idempotency-Key": "english"}
    token = (await office.service.post("/api/v1/sign-in", {"name": "anna"}, None)).json()["token"]
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(office.service.app), base_url="http://praksis.test"
    ) as http:
        answer = await http.put(path, json=body, headers=headers | {"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    async with mail_server() as server:
        await at(office, of_round(office.round)[0])
        await sent(office, server.url)
        (mail,) = server.taken
    assert mail.text.startswith("Dear أحمد 太田\n")
    assert "All that is needed has been filled in." in mail.text


# The choice


async def test_reminders_are_chosen_on_the_page_and_can_be_left_out(office: OpenIntake) -> None:
    draft = await begun(office)
    path = f"/drafts/{draft['id']}"
    anna = Browser(office.service)
    await anna.sign_in("anna")
    page = await anna.open(f"{path}?lang=en")
    assert 'name="reminders" value="true" checked' in page.text
    contact = {"contact_name": "Anna Holm", "contact_email": "anna@example.org"}
    without = await anna.follow(await anna.send(page, path, **contact))
    assert ('name="reminders"' in without.text, 'value="true" checked' in without.text) == (True, False)
    await at(office, of_round(office.round)[0])
    assert await reminded(office) == []
    back = await anna.follow(await anna.send(without, path, **contact, reminders="true"))
    assert 'name="reminders" value="true" checked' in back.text


async def test_where_nothing_ends_nothing_is_offered(office: OpenIntake) -> None:
    draft = await office.service.post("/api/v1/drafts", {"programme": "short-course"}, "anna")
    page = await office.service.get(f"/drafts/{draft.json()['id']}", "anna")
    assert (page.status_code, 'name="reminders"' in page.text) == (200, False)


@pytest.mark.parametrize("choice", ["yes", 1, None])
async def test_what_is_no_choice_is_refused(office: OpenIntake, choice: Any) -> None:
    draft = await begun(office)
    answer = await office.service.put(f"/api/v1/drafts/{draft['id']}", {"reminders": choice}, "anna", if_match='"2"')
    assert answer.status_code == 422


# Agreements

AGREEMENT = "Reminder: the agreement"


async def drafted(office: OpenIntake) -> dict[str, Any]:
    """An agreement on an accepted application, which nobody has signed; written at noon, with its `ETag`."""
    noon = office.service.clock.now().replace(hour=12, minute=0) + timedelta(days=1)
    office.service.clock.move_to(noon)
    id = (await office.submitted(contact={"name": "Anna Holm", "email": "anna@example.org"}))["id"]
    answer = await office.service.post(f"/api/v1/applications/{id}/acceptance", None, "clara", if_match='"1"')
    assert answer.status_code == 200, answer.text
    answer = await office.service.post("/api/v1/agreements", {"application_id": id}, "clara")
    assert answer.status_code == 201, answer.text
    agreement: dict[str, Any] = answer.json()
    return agreement


def two_weeks_later(office: OpenIntake) -> datetime:
    """Eight in the morning, by the office's clock."""
    day = office.service.clock.now().date() + timedelta(days=14)
    return a_round(day + timedelta(days=7)).reminds_at


async def change(office: OpenIntake, agreement: dict[str, Any], deed: str, name: str, version: int, body: Any) -> None:
    path = f"/api/v1/agreements/{agreement['id']}/{deed}"
    answer = await office.service.post(path, body, name, if_match=f'"{version}"')
    assert answer.status_code == 200, answer.text


async def test_an_applicant_who_has_not_signed_is_reminded_once_after_two_weeks(office: OpenIntake) -> None:
    agreement = await drafted(office)
    due = two_weeks_later(office)
    await change(office, agreement, "signature", "clara", 1, None)
    await at(office, due - SECOND)
    assert await reminded(office, AGREEMENT) == []
    await at(office, due)
    again = SignatureAwaited(agreement_id=agreement["id"], application_id=agreement["application_id"])
    await office.service.happen(handlers, again, again)
    assert await reminded(office, AGREEMENT) == [("anna@example.org", f"/agreements/{agreement['id']}")]
    await change(office, agreement, "signature", "anna", 2, None)  # as it stood before the reminder


async def test_whoever_has_signed_is_not_reminded(office: OpenIntake) -> None:
    agreement = await drafted(office)
    due = two_weeks_later(office)
    await at(office, due - SECOND)
    await change(office, agreement, "signature", "anna", 1, None)
    await at(office, due + timedelta(days=30))
    assert await reminded(office, AGREEMENT) == []


async def test_other_terms_wait_for_two_weeks_from_then_on(office: OpenIntake) -> None:
    agreement = await drafted(office)
    due = two_weeks_later(office)
    await change(office, agreement, "signature", "anna", 1, None)
    office.service.clock.move_to(due - timedelta(days=1))
    starts_on = str(date.fromisoformat(agreement["starts_on"]) + timedelta(days=1))
    await change(office, agreement, "terms", "clara", 2, {"starts_on": starts_on})
    anew = two_weeks_later(office)
    await at(office, anew - SECOND)
    assert await reminded(office, AGREEMENT) == []
    await at(office, anew)
    assert len(await reminded(office, AGREEMENT)) == 1


async def test_of_what_was_given_up_nobody_is_reminded(office: OpenIntake) -> None:
    agreement = await drafted(office)
    due = two_weeks_later(office)
    path = f"/api/v1/applications/{agreement['application_id']}/withdrawal"
    assert (await office.service.post(path, None, "anna", if_match='"2"')).status_code == 200
    await at(office, due)
    assert await reminded(office, AGREEMENT) == []


async def test_rounds_and_agreements_from_before_there_were_reminders_are_reminded_of_alike(office: OpenIntake) -> None:
    """The migration sets the timers that the services have set themselves since."""
    await drafted(office)
    wish = {name: office.round[name] for name in ("programme", "opens_on", "deadline")} | {"zone": "America/Nuuk"}
    await office.service.post("/api/v1/rounds", wish, "david")
    columns = "select key, due_at, type, data from intake.timer order by key"
    migration = runpy.run_path(str(CHECKOUT / "services/intake/migrations/versions/0025_reminders.py"))
    async with office.service.database.work() as unit:
        expected = [tuple(row) for row in await unit.session.execute(text(columns))]
        await unit.session.execute(text("delete from intake.timer where key not like '%/closing'"))
        await unit.session.execute(text("update intake.agreement set remind_at = null"))
        for statement in ("ROUNDS", "WAITING", "AGREEMENTS"):
            await unit.session.execute(text(migration[statement]))
        found = [tuple(row) for row in await unit.session.execute(text(columns))]
    assert len(found) == 5
    assert [_alike(row) for row in found] == [_alike(row) for row in expected]


def _alike(timer: tuple[Any, ...]) -> tuple[Any, ...]:
    key, due_at, type_name, data = timer
    return key, due_at, PUBLISHED[type_name].model_validate(data)
