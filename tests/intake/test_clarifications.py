"""Questions of the office about an application: asked while it is open, answered once by those who applied."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from intake_cases import NOON
from service_under_test import Browser, OpenIntake, ServiceUnderTest, everybody_but
from sqlalchemy import select

from intake.applications.model import ApplicationStatus
from intake.clarifications.decisions import ask, give_answer
from intake.clarifications.model import Answer, Clarification
from local.story import cast
from shared.decision import Decision
from shared.errors import Refused

QUESTION = Clarification(UUID(int=1), UUID(int=2), "Which rooms?", "clara", NOON)
ANSWER = Answer("Both.", "anna", NOON)
CONTACT = {"name": "Anna Holm", "email": "anna@example.org"}


@pytest.mark.parametrize("status", [ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED])
def test_while_an_application_is_open_it_is_asked_about(status: ApplicationStatus) -> None:
    assert ask(QUESTION, status) == Decision(QUESTION)
    assert give_answer(QUESTION, ANSWER, status) == Decision(replace(QUESTION, answer=ANSWER))


@pytest.mark.parametrize(
    "status", sorted(set(ApplicationStatus) - {ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED})
)
def test_once_it_is_decided_nothing_is_asked_or_answered(status: ApplicationStatus) -> None:
    with pytest.raises(Refused) as not_asked:
        ask(QUESTION, status)
    with pytest.raises(Refused) as not_answered:
        give_answer(QUESTION, ANSWER, status)
    for refused in (not_asked.value, not_answered.value):
        assert (refused.slug, refused.parameters) == ("application-not-open", {"status": status})


def test_a_question_is_answered_once() -> None:
    with pytest.raises(Refused) as refused:
        give_answer(replace(QUESTION, answer=ANSWER), ANSWER, ApplicationStatus.SUBMITTED)
    assert refused.value.slug == "clarification-answered"


# Over HTTP


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def asked(office: OpenIntake, application: dict[str, Any], question: str = "Which rooms?") -> httpx.Response:
    path = f"/api/v1/applications/{application['id']}/clarifications"
    return await office.service.post(path, {"question": question}, "clara")


async def answered(office: OpenIntake, id: str, name: str = "anna", *, text: str = "Both.") -> httpx.Response:
    return await office.service.post(f"/api/v1/clarifications/{id}/answer", {"answer": text}, name, if_match='"1"')


async def listed(office: OpenIntake, application: dict[str, Any], name: str) -> list[dict[str, Any]]:
    answer = await office.service.get(f"/api/v1/applications/{application['id']}/clarifications", name)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1]


async def test_the_office_asks_and_the_applicant_answers(office: OpenIntake) -> None:
    application = await office.submitted(contact=CONTACT)
    first = (await asked(office, application)).json()
    await asked(office, application, "And when?")
    assert (await answered(office, first["id"], text="Both,\nat noon.")).status_code == 200
    for name in ("anna", "clara"):
        found = await listed(office, application, name)
        assert [(each["question"], each["answer"], each["version"]) for each in found] == [
            ("Which rooms?", "Both,\nat noon.", 2),
            ("And when?", None, 1),
        ]
    assert slug(await answered(office, first["id"])) == (412, "stale-version")
    assert "rooms" not in str(await office.service.published())


async def test_of_two_answers_at_once_one_counts(office: OpenIntake) -> None:
    id = (await asked(office, await office.submitted())).json()["id"]
    answers = await asyncio.gather(answered(office, id), answered(office, id))
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_of_an_answer_and_a_decision_at_once_the_later_sees_the_earlier(office: OpenIntake) -> None:
    application = await office.submitted()
    id = (await asked(office, application)).json()["id"]
    path = f"/api/v1/applications/{application['id']}/declination"
    body = {"reason": "No room."}
    answer, decision = await asyncio.gather(
        answered(office, id), office.service.post(path, body, "clara", if_match='"1"')
    )
    assert decision.status_code == 200
    assert answer.status_code == 200 or slug(answer) == (409, "application-not-open")
    (found,) = await listed(office, application, "clara")
    assert (found["answer"] is not None) == (answer.status_code == 200)
    assert slug(await asked(office, application)) == (409, "application-not-open")


async def test_another_applicant_sees_nothing_of_it(office: OpenIntake) -> None:
    application = await office.submitted()
    id = (await asked(office, application)).json()["id"]
    path = f"/api/v1/applications/{application['id']}/clarifications"
    assert slug(await office.service.get(path, cast.LEADER)) == (404, "unknown-application")
    assert slug(await answered(office, id, cast.LEADER)) == (404, "unknown-clarification")
    assert slug(await answered(office, str(uuid4()))) == (404, "unknown-clarification")
    assert (await listed(office, application, "anna"))[0]["answer"] is None


async def test_nobody_but_a_caseworker_asks(office: OpenIntake) -> None:
    path = f"/api/v1/applications/{(await office.submitted())['id']}/clarifications"
    for name in everybody_but("caseworker"):
        answer = await office.service.post(path, {"question": "Which rooms?"}, name)
        assert slug(answer) == (403, "role-not-allowed")


@pytest.mark.parametrize("question", ["", "   ", "a" * 5001, "a\x00b", 7, None])
async def test_what_is_no_question_is_refused(office: OpenIntake, question: Any) -> None:
    application = await office.submitted()
    assert (await asked(office, application, question)).status_code == 422
    assert await office.service.rows("clarification") == 0


async def test_the_contact_is_told_that_there_is_a_question_but_not_which(office: OpenIntake) -> None:
    application = await office.submitted(contact=CONTACT)
    await asked(office, application)
    mail = office.service.database.tables.mail
    async with office.service.database.work() as work:
        *_, last = await work.session.execute(select(mail).order_by(mail.c.id))
    assert (last.address, last.link) == ("anna@example.org", f"/applications/{application['id']}/clarifications")
    assert "A question about your application" in str(last.subject)
    assert "rooms" not in str(last.paragraphs)


async def test_it_is_asked_and_answered_on_a_page(office: OpenIntake) -> None:
    application = await office.submitted()
    path = f"/applications/{application['id']}/clarifications"
    clara, anna = Browser(office.service), Browser(office.service)
    await clara.sign_in("clara")
    await anna.sign_in("anna")
    assert f'href="{path}"' in (await clara.open(f"/applications/{application['id']}")).text
    page = await clara.open(f"{path}?lang=en")
    assert "Nothing has been asked" in page.text
    wrong = await clara.send(page, path, question=" ")
    assert (wrong.status_code, "status-error" in wrong.text or "alert-error" in wrong.text) == (422, True)
    shown = await clara.follow(await clara.send(page, path, question="<b>Which\nrooms?"))
    assert ("&lt;b&gt;Which\nrooms?" in shown.text, "Waits for an answer" in shown.text) == (True, True)
    (question,) = await listed(office, application, "anna")
    form = f"{path}/{question['id']}/answer"
    page = await anna.open(f"{path}?lang=en")
    wrong = await anna.send(page, form, answer="")
    assert wrong.status_code == 422
    done = await anna.follow(await anna.send(page, form, answer="Both."))
    assert ("Both." in done.text, form in done.text) == (True, False)
    assert (await anna.send(page, form, answer="None.")).status_code == 412


async def test_it_stands_on_the_first_page_of_whoever_it_waits_for(office: OpenIntake) -> None:
    async def today(name: str) -> list[tuple[str, str, str | None]]:
        answer = await office.service.get("/api/v1/today", name)
        about = [each for each in answer.json() if each["path"].endswith("/clarifications")]
        return [(each["corner"], each["texts"]["en"], each["municipality"]) for each in about]

    application = await office.submitted()
    id = (await asked(office, application)).json()["id"]
    assert await today("anna") == [("mine", "Answer a question about your application", None)]
    assert await today("clara") == [("others", "An applicant is to answer a question", "0390")]
    assert await today("bo") == []
    office.service.clock.move_to(office.service.clock.now() + timedelta(days=7, seconds=1))
    assert await today("clara") == [("stuck", "An applicant has not answered for long", "0390")]
    await answered(office, id)
    assert await today("anna") == []
    assert await today("clara") == [("mine", "A question about an application has been answered", "0390")]
    path = f"/api/v1/applications/{application['id']}/declination"
    await office.service.post(path, {"reason": "No room."}, "clara", if_match='"1"')
    assert await today("clara") == []


async def test_pages_take_as_many_queries_with_fifty_questions_as_with_one(office: OpenIntake) -> None:
    application = await office.submitted()
    clara = Browser(office.service)
    await clara.sign_in("clara")
    counts = []
    for number in (1, 49):
        for _ in range(number):
            await asked(office, application)
        async with office.service.statements() as sent:
            await clara.open(f"/applications/{application['id']}/clarifications")
            await clara.open("/")
        counts.append(len(sent))
    assert counts[0] == counts[1]
