"""Questions before an application: asked, answered once, and remembered by the application that came of them."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from intake_cases import NOON
from service_under_test import Browser, OpenIntake, ServiceUnderTest, forms_of
from sqlalchemy import select

from intake.enquiries.decisions import give_answer
from intake.enquiries.forgetting import forget_addresses
from intake.enquiries.model import Answer, Enquiry
from local.story import cast
from shared.decision import Decision
from shared.errors import Refused

ENQUIRY = Enquiry(UUID(int=1), "anna", "0390", "Can two daycares apply?", NOON)
ANSWER = Answer("Yes, from two to five.", "david", NOON)


def test_a_question_is_answered_once() -> None:
    answered = replace(ENQUIRY, answer=ANSWER)
    assert give_answer(ENQUIRY, ANSWER) == Decision(answered)
    with pytest.raises(Refused) as refused:
        give_answer(answered, ANSWER)
    assert refused.value.slug == "enquiry-answered"


# Over HTTP


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def asked(service: ServiceUnderTest, question: str = "Can two daycares apply?", name: str = "anna") -> str:
    answer = await service.post("/api/v1/enquiries", {"question": question}, name)
    assert answer.status_code == 201
    return str(answer.json()["id"])


async def answered(service: ServiceUnderTest, id: str, text: str = "Yes.", *, seen: int = 1) -> httpx.Response:
    return await service.post(f"/api/v1/enquiries/{id}/answer", {"answer": text}, "david", if_match=f'"{seen}"')


async def test_the_coordinator_answers_and_who_asked_reads_it(intake_service: ServiceUnderTest) -> None:
    id = await asked(intake_service)
    assert (await answered(intake_service, id, "Yes,\nfrom two to five.")).status_code == 200
    shown = (await intake_service.get(f"/api/v1/enquiries/{id}", "anna")).json()
    assert (shown["answer"], shown["version"]) == ("Yes,\nfrom two to five.", 2)
    again = await answered(intake_service, id, seen=2)
    assert (again.status_code, again.json()["type"].rsplit("/", 1)[1]) == (409, "enquiry-answered")


async def test_of_two_answers_at_once_one_counts(intake_service: ServiceUnderTest) -> None:
    id = await asked(intake_service)
    answers = await asyncio.gather(answered(intake_service, id), answered(intake_service, id))
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_another_applicant_sees_nothing_of_it(intake_service: ServiceUnderTest) -> None:
    id = await asked(intake_service)
    assert (await intake_service.get(f"/api/v1/enquiries/{id}", cast.LEADER)).status_code == 404
    assert (await intake_service.get("/api/v1/enquiries", cast.LEADER)).json() == []


async def test_what_waits_for_an_answer_stands_first(intake_service: ServiceUnderTest) -> None:
    first, second, third = [await asked(intake_service, str(number)) for number in range(3)]
    await answered(intake_service, third)
    listed = (await intake_service.get("/api/v1/enquiries", "david")).json()
    assert [each["id"] for each in listed] == [second, first, third]


@pytest.mark.parametrize("question", ["", "   ", "a" * 5001, "a\x00b", 7, None])
async def test_what_is_no_question_is_refused(intake_service: ServiceUnderTest, question: Any) -> None:
    answer = await intake_service.post("/api/v1/enquiries", {"question": question}, "anna")
    assert answer.status_code == 422
    assert await intake_service.rows("enquiry") == 0


async def test_an_application_remembers_the_question_it_grew_out_of(office: OpenIntake) -> None:
    id = await asked(office.service)
    application = await office.submitted(enquiry_id=id)
    assert application["enquiry_id"] == id
    browser = Browser(office.service)
    await browser.sign_in("clara")
    page = await browser.open(f"/applications/{application['id']}")
    assert f'href="/enquiries/{id}"' in page.text


async def test_nobody_applies_with_the_question_of_another(office: OpenIntake) -> None:
    id = await asked(office.service, name=cast.LEADER)
    answer = await office.service.post("/api/v1/applications", office.long_course(enquiry_id=id), "anna")
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (422, "unknown-enquiry")


# Where the answer goes


async def owed(service: ServiceUnderTest) -> list[tuple[str, str, str, list[str]]]:
    mail = service.database.tables.mail
    async with service.database.work() as work:
        rows = await work.session.execute(select(mail).order_by(mail.c.id))
        return [
            (row.address, row.language, row.link, [each["values"].get("text", "") for each in row.paragraphs])
            for row in rows
        ]


async def test_the_answer_is_sent_to_whoever_has_said_where(intake_service: ServiceUnderTest) -> None:
    body = {"question": "Can two daycares apply?", "email": "anna@example.org"}
    asked_ = await intake_service.post("/api/v1/enquiries", body, "anna")
    assert (asked_.status_code, asked_.json()["email"]) == (201, "anna@example.org")
    id = asked_.json()["id"]
    answers = [answered(intake_service, id, "Yes.\n\nFrom two to five.") for _ in range(2)]
    assert sorted(each.status_code for each in await asyncio.gather(*answers)) == [200, 412]
    path = f"/enquiries/{id}"
    assert await owed(intake_service) == [
        ("anna@example.org", "da", path, ["", "Yes.", "From two to five.", ""]),
    ]
    assert await intake_service.published() == []


async def test_the_answer_is_in_the_language_of_the_question(intake_service: ServiceUnderTest) -> None:
    body = {"question": "Can two daycares apply?", "email": "anna@example.org"}
    asked_ = await intake_service.post("/api/v1/enquiries", body, "anna", language="en")
    await answered(intake_service, asked_.json()["id"])
    assert [language for _, language, _, _ in await owed(intake_service)] == ["en"]


async def test_whoever_has_not_said_where_gets_no_mail(intake_service: ServiceUnderTest) -> None:
    await answered(intake_service, await asked(intake_service))
    assert await owed(intake_service) == []


@pytest.mark.parametrize("email", ["", "anna", "anna@example.org, bo@example.org", "a" * 250 + "@example.org", 7])
async def test_what_is_no_address_is_refused(intake_service: ServiceUnderTest, email: Any) -> None:
    answer = await intake_service.post("/api/v1/enquiries", {"question": "May we?", "email": email}, "anna")
    assert answer.status_code == 422
    assert await intake_service.rows("enquiry") == 0


async def test_in_time_the_address_is_forgotten_and_the_question_stays(intake_service: ServiceUnderTest) -> None:
    ids = []
    for days in (0, 1):
        intake_service.clock.move_to(intake_service.clock.now() + timedelta(days=days))
        body = {"question": "May we?", "email": f"anna{days}@example.org"}
        ids.append((await intake_service.post("/api/v1/enquiries", body, "anna")).json()["id"])
    async with intake_service.database.work() as work:
        limit = work.now - timedelta(seconds=1)
        assert [await forget_addresses(work, limit) for _ in range(2)] == [1, 0]
        await work.commit()
    shown = [(await intake_service.get(f"/api/v1/enquiries/{id}", "david")).json() for id in ids]
    assert [(each["question"], each["email"]) for each in shown] == [
        ("May we?", None),
        ("May we?", "anna1@example.org"),
    ]
    assert (await answered(intake_service, ids[0])).status_code == 200


# As pages


async def test_a_question_is_asked_and_answered_on_pages(intake_service: ServiceUnderTest) -> None:
    anna, david = Browser(intake_service), Browser(intake_service)
    await anna.sign_in("anna")
    await david.sign_in("david")
    page = await anna.open("/enquiries?lang=en")
    empty = await anna.send(page, "/enquiries")
    assert (empty.status_code, "question-error" in empty.text) == (422, True)
    wrong = await anna.send(page, "/enquiries", question="May we?", email="anna@")
    assert (wrong.status_code, "email-error" in wrong.text, 'value="anna@"' in wrong.text) == (422, True, True)
    assert ">May we?</textarea>" in wrong.text
    wish = {"question": "May <b>we</b> apply?", "email": "anna@example.org"}
    shown = await anna.follow(await anna.send(page, "/enquiries", **wish))
    assert "anna@example.org" in shown.text
    assert "May &lt;b&gt;we&lt;/b&gt; apply?" in shown.text
    assert [action for action in forms_of(shown.text) if action.startswith("/enquiries")] == []
    path = str(shown.request.url.path)
    form = await david.open(f"{path}?lang=en")
    nothing = await david.send(form, f"{path}/answer")
    assert (nothing.status_code, "answer-error" in nothing.text) == (422, True)
    done = await david.follow(await david.send(form, f"{path}/answer", answer="You may."))
    assert "You may." in done.text
    assert f"{path}/answer" not in forms_of(done.text)


async def test_the_list_takes_as_many_queries_with_fifty_questions_as_with_one(
    intake_service: ServiceUnderTest,
) -> None:
    browser = Browser(intake_service)
    await browser.sign_in("david")
    counts = []
    for number in (1, 49):
        for _ in range(number):
            await asked(intake_service)
        async with intake_service.statements() as sent:
            assert (await browser.open("/enquiries")).status_code == 200
        counts.append(len(sent))
    assert counts == [1, 1]
