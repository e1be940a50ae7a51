"""Questions before an application: asked, answered once, and remembered by the application that came of them."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from intake_cases import NOON
from service_under_test import Browser, OpenIntake, ServiceUnderTest, forms_of

from intake.enquiries.decisions import give_answer
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


# As pages


async def test_a_question_is_asked_and_answered_on_pages(intake_service: ServiceUnderTest) -> None:
    anna, david = Browser(intake_service), Browser(intake_service)
    await anna.sign_in("anna")
    await david.sign_in("david")
    page = await anna.open("/enquiries?lang=en")
    empty = await anna.send(page, "/enquiries")
    assert (empty.status_code, "question-error" in empty.text) == (422, True)
    shown = await anna.follow(await anna.send(page, "/enquiries", question="May <b>we</b> apply?"))
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
