"""The first page of each role: what is due, waits for one, waits for others, is stuck."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from intake_cases import NOON, a_round
from service_under_test import Browser, OpenIntake, ServiceUnderTest

from intake.agreements.model import Agreement, Party, Signature, Terms
from intake.applications.model import Wish
from intake.drafts.model import Draft
from intake.enquiries.model import Answer, Enquiry
from intake.today.model import QUIET, SOON, Corner
from intake.today.sorting import (
    Pile,
    applications_to_decide,
    drafts_of_mine,
    letters,
    questions,
    rounds_that_close,
    signatures,
)
from shared.contracts.vocabulary import Names

SECOND = timedelta(seconds=1)
NAMES = {"long-course": Names(da="Langt", en="Long")}
ROUND = a_round(date(2026, 11, 3))
DRAFT = Draft(UUID(int=1), "long-course", ROUND.id, "anna", "0390", Wish(), NOON, "anna")
ASKED = Enquiry(UUID(int=1), "anna", "0390", "May we?", NOON)
NEW_FIRST_DAY = "The agreement waits for a new first day, since the first has passed"
AGREEMENT = Agreement(UUID(int=1), UUID(int=2), "0390", "long-course", Terms(date(2027, 1, 1), None), NOON, "clara")


@pytest.mark.parametrize(("moment", "corner"), [(-SECOND, Corner.DEADLINE), (timedelta(0), Corner.STUCK)])
def test_a_draft_is_stuck_from_the_moment_its_round_closes(moment: timedelta, corner: Corner) -> None:
    (item,) = drafts_of_mine([DRAFT], {ROUND.id: ROUND}, NAMES, ROUND.closes_at + moment)
    assert (item.corner, item.day, item.link) == (corner, ROUND.deadline, f"/drafts/{DRAFT.id}")


def test_a_draft_without_a_round_is_due_at_no_time() -> None:
    (item,) = drafts_of_mine([replace(DRAFT, round_id=None)], {}, NAMES, NOON)
    assert (item.corner, item.day) == (Corner.MINE, None)


@pytest.mark.parametrize(("waited", "corner"), [(QUIET, Corner.MINE), (QUIET + SECOND, Corner.STUCK)])
def test_a_question_is_stuck_when_it_has_waited_long(waited: timedelta, corner: Corner) -> None:
    (item,) = questions([ASKED], NOON + waited, mine=False)
    assert (item.corner, item.municipality) == (corner, "0390")
    (own,) = questions([ASKED], NOON + waited, mine=True)
    assert (own.corner, own.municipality) == (Corner.OTHERS, None)


def test_an_answered_question_is_gone() -> None:
    assert list(questions([replace(ASKED, answer=Answer("Yes.", "david", NOON))], NOON, mine=False)) == []


@pytest.mark.parametrize(
    ("signed", "waited", "of_applicant", "of_office"),
    [
        ((), QUIET, Corner.MINE, Corner.MINE),
        ((Party.APPLICANT,), QUIET, Corner.OTHERS, Corner.MINE),
        ((Party.OFFICE,), QUIET + SECOND, Corner.MINE, Corner.STUCK),
        ((Party.APPLICANT, Party.OFFICE), QUIET, None, None),
    ],
)
def test_an_agreement_waits_for_whoever_has_not_signed(
    signed: tuple[Party, ...], waited: timedelta, of_applicant: Corner | None, of_office: Corner | None
) -> None:
    agreement = replace(AGREEMENT, signatures=tuple(Signature(each, "x", "X", NOON) for each in signed))
    for party, corner, whose in ((Party.APPLICANT, of_applicant, None), (Party.OFFICE, of_office, "0390")):
        items = list(signatures([agreement], party, NAMES, NOON + waited, may_date=False))
        assert [each.corner for each in items] == ([corner] if corner else [])
        assert [each.municipality for each in items] == ([whose] if corner else [])


@pytest.mark.parametrize(
    ("party", "may_date", "corner"),
    [
        (Party.APPLICANT, False, Corner.OTHERS),
        (Party.OFFICE, False, Corner.OTHERS),
        (Party.OFFICE, True, Corner.MINE),
    ],
)
def test_an_agreement_whose_first_day_has_passed_waits_for_whoever_may_date_it(
    party: Party, may_date: bool, corner: Corner
) -> None:
    for signed in ((), (Party.APPLICANT,), (Party.OFFICE,)):
        late = replace(
            AGREEMENT,
            terms=Terms(NOON.date() - timedelta(days=1), None),
            signatures=tuple(Signature(each, "x", "X", NOON) for each in signed),
        )
        (item,) = signatures([late], party, NAMES, NOON, may_date=may_date)
        assert (item.corner, item.what.message) == (corner, NEW_FIRST_DAY)


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (ROUND.closes_at - SOON - SECOND, False),
        (ROUND.closes_at - SOON, True),
        (ROUND.closes_at - SECOND, True),
        (ROUND.closes_at, False),
    ],
)
def test_a_round_is_shown_while_its_deadline_is_near(now: Any, shown: bool) -> None:
    assert bool(list(rounds_that_close([ROUND], NAMES, now))) is shown


@pytest.mark.parametrize(
    ("waiting", "slow", "expected"),
    [
        (0, 0, []),
        (3, 0, [(Corner.MINE, 3)]),
        (3, 1, [(Corner.MINE, 2), (Corner.STUCK, 1)]),
        (3, 3, [(Corner.STUCK, 3)]),
    ],
)
def test_what_has_waited_long_is_counted_once(waiting: int, slow: int, expected: list[tuple[Corner, int]]) -> None:
    items = applications_to_decide(Pile(waiting, NOON), Pile(slow, NOON if slow else None))
    assert [(each.corner, each.count) for each in items] == expected


def test_letters_wait_for_approval_since_the_oldest() -> None:
    (item,) = letters(Pile(2, NOON))
    assert (item.corner, item.count, item.day, item.link) == (Corner.MINE, 2, date(2026, 11, 2), "/letters")
    assert list(letters(Pile())) == []


# Over HTTP


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def today(office: OpenIntake, name: str) -> list[tuple[str, str]]:
    answer = await office.service.get("/api/v1/today", name)
    return [(each["corner"], each["texts"]["en"]) for each in answer.json()]


async def test_everybody_sees_what_waits_for_them(office: OpenIntake) -> None:
    await office.submitted()
    await office.service.post("/api/v1/enquiries", {"question": "May we?"}, "anna")
    await office.service.post("/api/v1/drafts", {"programme": "short-course"}, "bo")
    assert await today(office, "anna") == [
        ("others", "Your applications that wait for a decision"),
        ("others", "Your question waits for an answer"),
    ]
    assert await today(office, "bo") == [("mine", "Finish the application")]
    assert await today(office, "ingrid") == []
    assert await today(office, "david") == [("mine", "Answer a question")]
    assert await today(office, "mads") == [("mine", "Applications that lack a reviewer")]
    assert await today(office, "karla") == []
    assert await today(office, "clara") == [("mine", "Applications that wait for a decision")]
    office.service.clock.move_to(office.service.clock.now() + timedelta(days=15))
    assert await today(office, "clara") == [
        ("deadline", "A round closes"),
        ("mine", "Applications that wait for a decision"),
    ]
    office.service.clock.move_to(office.service.clock.now() + timedelta(days=16))
    assert await today(office, "clara") == [("stuck", "Applications that have waited long for a decision")]
    assert await today(office, "david") == [("stuck", "A question has waited long for its answer")]


async def test_an_administrator_sees_what_is_stuck_and_nothing_that_only_others_can_do(office: OpenIntake) -> None:
    application = await office.submitted()
    await office.service.post("/api/v1/enquiries", {"question": "May we?"}, "anna")
    assert await today(office, "hanne") == []
    office.service.clock.move_to(office.service.clock.now() + timedelta(days=31))
    assert await today(office, "hanne") == [
        ("stuck", "Applications that have waited long for a decision"),
        ("stuck", "A question has waited long for its answer"),
    ]
    await office.service.post(f"/api/v1/applications/{application['id']}/acceptance", None, "clara", if_match='"1"')
    await office.service.post("/api/v1/agreements", {"application_id": application["id"]}, "clara")
    signing = ("mine", "Sign the agreement")
    assert {name: signing in await today(office, name) for name in ("clara", "david", "hanne")} == {
        "clara": True,
        "david": True,
        "hanne": False,
    }


async def test_an_accepted_application_stands_there_until_its_agreement_is_written(office: OpenIntake) -> None:
    application = await office.submitted()
    await office.service.post(f"/api/v1/applications/{application['id']}/acceptance", None, "clara", if_match='"1"')
    writing = {"anna": ("others", "The agreement has not been written yet"), "clara": ("mine", "Write the agreement")}
    for name in ("anna", "clara"):
        assert writing[name] in await today(office, name)
    for name in ("bo", "ingrid", "david", "hanne"):
        assert not set(writing.values()) & set(await today(office, name))
    await office.service.post("/api/v1/agreements", {"application_id": application["id"]}, "clara")
    for name in ("anna", "clara"):
        assert writing[name] not in await today(office, name)


async def test_what_is_prepared_stands_there_for_caseworkers_until_it_is_released(office: OpenIntake) -> None:
    application, desk = await office.submitted(), f"/api/v1/releases/{office.round['id']}"
    office.service.clock.move_to(office.service.clock.now() + timedelta(days=31))
    prepared = {"outcome": "accept", "reason": None, "applications": [{"id": application["id"], "version": 1}]}
    await office.service.post(f"{desk}/preparations", prepared, "clara", if_match='"0"')
    releasing = ("mine", "Prepared decisions that are not released")
    seen = {name: releasing in await today(office, name) for name in ("clara", "david", "hanne", "anna")}
    assert seen == {"clara": True, "david": False, "hanne": False, "anna": False}
    items = (await office.service.get("/api/v1/today", "clara")).json()
    assert [(each["path"], each["count"]) for each in items if each["texts"]["en"] == releasing[1]] == [
        (f"/releases/{office.round['id']}", 1)
    ]
    await office.service.post(f"{desk}/release", None, "clara", if_match='"1"')
    assert releasing not in await today(office, "clara")


async def test_the_page_leads_to_each_thing(office: OpenIntake) -> None:
    anna = Browser(office.service)
    await anna.sign_in("anna")
    assert "Nothing waits today" in (await anna.open("/?lang=en")).text
    draft = await office.service.post(
        "/api/v1/drafts", {"programme": "long-course", "round_id": office.round["id"]}, "anna"
    )
    page = await anna.open("/?lang=en")
    assert f'<a href="/drafts/{draft.json()["id"]}">Finish the application: Long advisory course</a>' in page.text


async def test_the_page_takes_as_many_queries_with_fifty_drafts_as_with_one(office: OpenIntake) -> None:
    anna = Browser(office.service)
    await anna.sign_in("anna")
    counts = []
    for number in (1, 49):
        for _ in range(number):
            await office.service.post("/api/v1/drafts", {"programme": "short-course"}, "anna")
        async with office.service.statements() as sent:
            await anna.open("/")
        counts.append(len(sent))
    assert counts[0] == counts[1]
