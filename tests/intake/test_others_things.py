"""What belongs to another municipality is as unknown as what is nowhere."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from service_under_test import OpenIntake, ServiceUnderTest

from local.story import cast

NAME = str(cast.PRIVATE["name"])


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


def told(answer: httpx.Response, id: str) -> tuple[int, Any]:
    """An answer, whatever the id was that it speaks of."""
    return answer.status_code, answer.text.replace(id, "<id>")


async def test_whoever_applies_with_the_id_of_a_daycare_elsewhere_learns_nothing_of_it(office: OpenIntake) -> None:
    stored = await office.service.stored()
    answers = []
    for id in (office.daycares["private"], str(uuid4())):
        wish = office.long_course(daycares=[office.daycares["nursery"], id])
        answer = await office.service.post("/api/v1/applications", wish, "anna")
        assert (answer.status_code, answer.json()["daycares"], NAME in answer.text) == (422, [id], False)
        answers.append(told(answer, id))
    assert answers[0] == answers[1]
    assert await office.service.stored() == stored


async def test_a_draft_with_the_id_of_a_daycare_elsewhere_says_nothing_of_it(office: OpenIntake) -> None:
    wish = {"programme": "long-course", "round_id": office.round["id"]}
    answers, sent = [], []
    for id in (office.daycares["private"], str(uuid4())):
        draft = (await office.service.post("/api/v1/drafts", wish, "anna")).json()["id"]
        content = {
            "applicant_kind": "administration",
            "daycares": [office.daycares["nursery"], id],
            "motivation": "Vi vil.",
            "contact_name": "Anna",
            "contact_email": "anna@example.org",
        }
        kept = await office.service.put(f"/api/v1/drafts/{draft}", content, "anna", if_match='"1"')
        assert (kept.status_code, NAME in kept.text) == (200, False)
        answers.append(kept.json()["verdicts"])
        body = {"even_if_refused": True}
        answer = await office.service.post(f"/api/v1/drafts/{draft}/submission", body, "anna", if_match='"2"')
        assert (answer.status_code, NAME in answer.text) == (422, False)
        sent.append(told(answer, id)[1].replace(draft, "<draft>"))
    assert (answers[0], sent[0]) == (answers[1], sent[1])


async def test_a_daycare_that_follows_one_of_ours_elsewhere_is_not_named_to_us(office: OpenIntake) -> None:
    nursery, private = office.daycares["nursery"], office.daycares["private"]
    moved = {"how": "moved", "on": "2026-01-01", "successors": [private]}
    ended = await office.service.post(f"/api/v1/daycares/{nursery}/end", moved, "clara", if_match='"1"')
    assert ended.status_code == 200, ended.text
    for name, named in (("anna", False), ("clara", True)):
        page = await office.service.get(f"/daycares/{nursery}", name)
        assert (page.status_code, NAME in page.text) == (200, named)
