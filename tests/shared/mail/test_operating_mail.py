"""Operators see how e-mails stand, without anybody's address, and have failed ones tried again."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from operation_cases import OPERATOR, told
from service_under_test import Browser, ServiceUnderTest, everybody_but, forms_of
from sqlalchemy import update

from shared.errors import Text
from shared.mail.outbox import Mail, post
from shared.mail.standing import ServerState, note_standing

API = "/api/v1/operations"
KIND = Text("Hello {name}", {"name": "Åse Secret"})
MAIL = Mail("aase@secret.example", "da", KIND, (KIND,), link="/applications/secret")
NOTHING = {
    "mail_server": None,
    "waiting": 0,
    "failed": 0,
    "sent_today": 0,
    "oldest_waiting_at": None,
    "stranger_mails": 0,
    "stranger_mails_most": 1_000_000,
}


async def owe(service: ServiceUnderTest, mail: Mail = MAIL, **values: object) -> UUID:
    """An e-mail in the outbox, as far as the values say."""
    table = service.database.tables.mail
    async with service.database.work() as work:
        id = await post(work, mail)
        if values:
            await work.session.execute(update(table).where(table.c.id == id).values(values))
        await work.commit()
    return id


async def fail(service: ServiceUnderTest) -> UUID:
    return await owe(service, next_attempt_at=None, attempts=1, last_error="SMTPRecipientRefused 550")


async def stand(service: ServiceUnderTest, state: ServerState, reason: str | None = None) -> None:
    async with service.database.work() as work:
        await note_standing(work, state, reason)
        await work.commit()


async def listed(service: ServiceUnderTest, state: str) -> list[dict[str, Any]]:
    answer = await service.get(f"{API}/mails?state={state}", OPERATOR)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def test_an_empty_outbox_says_so(intake_service: ServiceUnderTest) -> None:
    answer = await intake_service.get(f"{API}/mail", OPERATOR)
    assert answer.json() == NOTHING
    assert await listed(intake_service, "failed") == await listed(intake_service, "waiting") == []


async def test_what_waits_has_failed_and_was_sent_is_counted_and_told_without_what_is_personal(
    intake_service: ServiceUnderTest,
) -> None:
    noon = datetime(2035, 7, 1, 10, tzinfo=UTC)
    intake_service.clock.move_to(noon)
    waiting, failed = await owe(intake_service), await fail(intake_service)
    midnight = datetime(2035, 6, 30, 22, tzinfo=UTC)
    for sent_at in (midnight, midnight - timedelta(seconds=1), midnight + timedelta(hours=1)):
        await owe(intake_service, sent_at=sent_at, next_attempt_at=None)
    await stand(intake_service, ServerState.SILENT, "ConnectionRefusedError")
    found = (await intake_service.get(f"{API}/mail", OPERATOR)).json()
    assert (found["waiting"], found["failed"], found["sent_today"]) == (1, 1, 2)
    assert (found["mail_server"]["state"], found["mail_server"]["reason"]) == ("silent", "ConnectionRefusedError")
    (one,) = await listed(intake_service, "failed")
    assert {name: one[name] for name in ("id", "kind", "state", "attempts", "error", "next_attempt_at")} == {
        "id": str(failed),
        "kind": "Hello {name}",
        "state": "failed",
        "attempts": 1,
        "error": "SMTPRecipientRefused 550",
        "next_attempt_at": None,
    }
    (other,) = await listed(intake_service, "waiting")
    assert (other["id"], other["created_at"]) == (str(waiting), found["oldest_waiting_at"])
    for path in (f"{API}/mail", f"{API}/mails?state=failed", f"{API}/mails?state=sent", "/operations/mail"):
        answer = await intake_service.get(path, OPERATOR)
        assert answer.status_code == 200
        assert "secret" not in answer.text.lower()


async def test_a_failed_email_is_tried_again_at_once_and_one_that_waits_keeps_its_time(
    intake_service: ServiceUnderTest,
) -> None:
    due = datetime(2040, 1, 1, tzinfo=UTC)
    failed, waiting = await fail(intake_service), await owe(intake_service, next_attempt_at=due)
    for id in (failed, waiting, failed):
        answer = await intake_service.post(f"{API}/mails/{id}/retry", None, OPERATOR)
        assert answer.status_code == 202, answer.text
    assert await listed(intake_service, "failed") == []
    times = {
        each["id"]: datetime.fromisoformat(each["next_attempt_at"]) for each in await listed(intake_service, "waiting")
    }
    assert times[str(waiting)] == due
    assert times[str(failed)] <= intake_service.clock.now()


async def test_what_is_not_there_or_was_sent_is_not_tried_again(intake_service: ServiceUnderTest) -> None:
    sent = await owe(intake_service, sent_at=datetime(2026, 1, 1, tzinfo=UTC), next_attempt_at=None)
    assert told(await intake_service.post(f"{API}/mails/{uuid4()}/retry", None, OPERATOR)) == (404, "unknown-mail")
    assert told(await intake_service.post(f"{API}/mails/{sent}/retry", None, OPERATOR)) == (409, "mail-sent")


async def test_all_that_failed_is_tried_again_together(intake_service: ServiceUnderTest) -> None:
    for _ in range(3):
        await fail(intake_service)
    await owe(intake_service)
    answers = await asyncio.gather(
        *(intake_service.post(f"{API}/failed-mails/retry", None, OPERATOR) for _ in range(2))
    )
    assert sum(answer.json()["retried"] for answer in answers) == 3
    assert len(await listed(intake_service, "waiting")) == 4


@pytest.mark.parametrize("state", ["", "gone", "WAITING"])
async def test_other_states_are_refused(intake_service: ServiceUnderTest, state: str) -> None:
    assert (await intake_service.get(f"{API}/mails?state={state}", OPERATOR)).status_code == 422


async def test_others_see_and_do_nothing(intake_service: ServiceUnderTest) -> None:
    failed = await fail(intake_service)
    for name in (None, *everybody_but("operator")):
        for path in (f"{API}/mail", f"{API}/mails?state=failed", "/operations/mail"):
            assert (await intake_service.get(path, name)).status_code in {303, 401, 403}
        for path in (f"{API}/mails/{failed}/retry", f"{API}/failed-mails/retry"):
            assert (await intake_service.post(path, None, name)).status_code in {401, 403}
    assert len(await listed(intake_service, "failed")) == 1


@pytest.mark.parametrize(
    ("state", "reason", "sentence"),
    [
        (ServerState.UNSET, None, "Der er ikke sat en mailserver op"),
        (ServerState.ANSWERS, None, "Mailserveren svarer"),
        (ServerState.SILENT, "SMTPAuthenticationError 535", "Mailserveren svarer ikke"),
    ],
)
async def test_the_page_says_whether_emails_can_leave(
    intake_service: ServiceUnderTest, state: ServerState, reason: str | None, sentence: str
) -> None:
    assert "Der vides endnu intet om mailserveren" in (await intake_service.get("/operations/mail", OPERATOR)).text
    await stand(intake_service, state, reason)
    page = (await intake_service.get("/operations/mail", OPERATOR)).text
    assert f">{sentence}<" in page
    assert reason is None or reason in page


async def test_an_operator_tries_again_by_the_buttons_of_the_page(intake_service: ServiceUnderTest) -> None:
    first, second = await fail(intake_service), await fail(intake_service)
    gert = Browser(intake_service)
    await gert.sign_in(OPERATOR)
    page = await gert.open("/operations/mail")
    page = await gert.follow(await gert.send(page, f"/operations/mails/{first}/retry"))
    assert f"/operations/mails/{first}/retry" not in forms_of(page.text)
    page = await gert.follow(await gert.send(page, "/operations/failed-mails/retry"))
    assert f"/operations/mails/{second}/retry" not in forms_of(page.text)
    assert await listed(intake_service, "failed") == []


async def test_the_page_asks_the_same_of_the_database_for_one_email_and_for_fifty(
    intake_service: ServiceUnderTest,
) -> None:
    counts = []
    for more in (1, 49):
        for _ in range(more):
            await fail(intake_service)
            await owe(intake_service)
        async with intake_service.statements() as sent:
            await intake_service.get("/operations/mail", OPERATOR)
        counts.append(len(sent))
    assert counts[0] == counts[1]
