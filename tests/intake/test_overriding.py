"""A rule is set aside with a reason: the refused application waits like any other, and what the rule said stays."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from intake_cases import NOON, a_round, case, daycare, programme
from service_under_test import Browser, OpenIntake, ServiceUnderTest, everybody_but, forms_of

from intake.applications.decisions import submit
from intake.applications.model import ApplicationStatus, Override
from intake.applications.override_decisions import Named, override
from intake.programmes.rules import DaycareCount, YoungChildren
from shared.contracts.intake.applications import ApplicationSubmitted, RefusalOverridden
from shared.errors import Refused
from shared.office import office_date

RULES = (DaycareCount(rule="daycare_count", at_least=3, at_most=5), YoungChildren(rule="young_children", below=3))
OLD = daycare(2, ages=(3, 6))
REFUSED = submit(case(daycare(1), OLD), programme(*RULES), None, NOON).state
BOTH: tuple[Named, ...] = (("daycare_count", None), ("young_children", OLD.id))
LATER = NOON + timedelta(days=3)
GIVEN = Override("It serves the whole island.", "clara", LATER)


def test_every_rule_that_is_not_met_is_set_aside_and_stays_on_record() -> None:
    decision = override(REFUSED, BOTH, GIVEN, (), LATER)
    let_in = decision.state
    assert (let_in.status, let_in.failed) == (ApplicationStatus.SUBMITTED, ())
    assert [(each.rule, each.passed, each.overridden) for each in let_in.verdicts if not each.passed] == [
        ("daycare_count", False, GIVEN),
        ("young_children", False, GIVEN),
    ]
    assert [each for each in let_in.verdicts if each.passed] == [each for each in REFUSED.verdicts if each.passed]
    assert decision.events == (
        RefusalOverridden(
            application_id=REFUSED.case.id,
            programme="a-course",
            programme_version=3,
            municipality="0390",
            rules=("daycare_count", "young_children"),
            on=office_date(LATER),
        ),
        ApplicationSubmitted(
            application_id=REFUSED.case.id,
            programme="a-course",
            programme_version=3,
            round_id=None,
            municipality="0390",
            daycares=(UUID(int=1), UUID(int=2)),
            on=office_date(LATER),
        ),
    )


@pytest.mark.parametrize(
    ("named", "slug"),
    [
        (BOTH[:1], "verdicts-left"),
        ((), "verdicts-left"),
        ((*BOTH, ("hour_cap", None)), "verdicts-do-not-fit"),
        ((*BOTH, ("young_children", UUID(int=1))), "verdicts-do-not-fit"),
        ((("daycare_count", OLD.id), ("young_children", None)), "verdicts-do-not-fit"),
    ],
)
def test_exactly_what_turned_it_away_is_named(named: tuple[Named, ...], slug: str) -> None:
    with pytest.raises(Refused) as refused:
        override(REFUSED, named, GIVEN, (), LATER)
    assert refused.value.slug == slug


@pytest.mark.parametrize("status", [each for each in ApplicationStatus if each is not ApplicationStatus.REFUSED])
def test_only_what_was_refused_is_let_in(status: ApplicationStatus) -> None:
    with pytest.raises(Refused) as refused:
        override(replace(REFUSED, status=status), BOTH, GIVEN, (), LATER)
    assert refused.value.slug == "application-not-refused"


def test_a_daycare_that_another_application_names_by_now_keeps_it_out() -> None:
    with pytest.raises(Refused) as refused:
        override(REFUSED, BOTH, GIVEN, (OLD.id,), LATER)
    assert refused.value.slug == "daycares-taken-meanwhile"


def test_that_a_daycare_takes_part_twice_can_be_set_aside_by_name() -> None:
    twice = submit(case(daycare(1)), programme(), a_round(programme="a-course"), NOON, taken=(UUID(int=1),)).state
    named = [(each.rule, each.daycare_id) for each in twice.failed]
    assert override(twice, named, GIVEN, (UUID(int=1),), LATER).state.status is ApplicationStatus.SUBMITTED


# Over HTTP


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def refused_one(office: OpenIntake) -> tuple[str, dict[str, Any]]:
    """An application that a kindergarten has turned away, and what to name to let it in."""
    wish = office.long_course("nursery", "kindergarten")
    answer = await office.service.post("/api/v1/applications", wish, "anna")
    assert answer.status_code == 422
    id = str(answer.json()["application_id"])
    verdict = {"rule": "young_children", "daycare_id": office.daycares["kindergarten"]}
    return id, {"verdicts": [verdict], "reason": "The only one on the <i>island</i>."}


async def let_in(
    office: OpenIntake, id: str, body: dict[str, Any], name: str = "clara", *, seen: int = 1
) -> httpx.Response:
    return await office.service.post(f"/api/v1/applications/{id}/override", body, name, if_match=f'"{seen}"')


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1]


@pytest.mark.parametrize("name", ["clara", "david"])
async def test_a_refused_application_is_let_in_and_then_accepted(office: OpenIntake, name: str) -> None:
    id, body = await refused_one(office)
    answer = await let_in(office, id, body, name)
    assert (answer.status_code, answer.headers["ETag"], answer.json()["status"]) == (200, '"2"', "submitted")
    published = [(kind, data["application_id"]) for kind, data in (await office.service.published())[-3:]]
    assert published == [("ApplicationRefused", id), ("RefusalOverridden", id), ("ApplicationSubmitted", id)]
    shown = (await office.service.get(f"/api/v1/applications/{id}", "anna")).json()
    (verdict,) = (each for each in shown["verdicts"] if not each["passed"])
    assert (verdict["rule"], verdict["overridden"]["reason"]) == ("young_children", body["reason"])
    assert "local:" not in str(shown["verdicts"])
    accepted = await office.service.post(f"/api/v1/applications/{id}/acceptance", None, "clara", if_match='"2"')
    assert accepted.json()["status"] == "accepted"


async def test_of_two_who_let_it_in_at_once_one_counts(office: OpenIntake) -> None:
    id, body = await refused_one(office)
    answers = await asyncio.gather(let_in(office, id, body), let_in(office, id, body, "david"))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert problem(await let_in(office, id, body, seen=2)) == (409, "application-not-refused")


async def test_whoever_applied_again_meanwhile_is_not_let_in_twice(office: OpenIntake) -> None:
    id, body = await refused_one(office)
    await office.submitted("nursery", "integrated")
    assert problem(await let_in(office, id, body)) == (409, "daycares-taken-meanwhile")


@pytest.mark.parametrize(
    "change",
    [
        {"verdicts": []},
        {"verdicts": [{"rule": "daycare_count"}]},
        {"verdicts": [{"daycare_id": None}]},
        {"reason": ""},
        {"reason": "a" * 2001},
        {"reason": None},
        {"by": "me"},
    ],
)
async def test_what_names_nothing_or_gives_no_reason_is_refused(office: OpenIntake, change: dict[str, Any]) -> None:
    id, body = await refused_one(office)
    assert (await let_in(office, id, body | change)).status_code == 422
    assert (await office.service.get(f"/api/v1/applications/{id}", "anna")).json()["status"] == "refused"


async def test_nobody_else_sets_rules_aside(office: OpenIntake) -> None:
    id, body = await refused_one(office)
    for name in everybody_but("caseworker", "coordinator"):
        assert (await let_in(office, id, body, name)).status_code == 403
        assert (await office.service.get(f"/applications/{id}/override", name)).status_code == 403


async def signed_in(office: OpenIntake, name: str) -> Browser:
    browser = Browser(office.service)
    await browser.sign_in(name)
    return browser


async def test_it_is_let_in_on_a_page_and_the_applicant_reads_why_and_not_who(office: OpenIntake) -> None:
    id, body = await refused_one(office)
    path = f"/applications/{id}"
    clara, anna = await signed_in(office, "clara"), await signed_in(office, "anna")
    assert f'href="{path}/override"' in (await clara.open(path)).text
    assert f'href="{path}/override"' not in (await anna.open(path)).text
    page = await clara.open(f"{path}/override?lang=en")
    key = f"young_children/{office.daycares['kindergarten']}"
    assert f'value="{key}"' in page.text
    empty = await clara.send(page, f"{path}/override")
    assert (empty.status_code, "reason-error" in empty.text) == (422, True)
    without = await clara.send(page, f"{path}/override", reason="Because.")
    assert (without.status_code, "verdicts-error" in without.text, "Because." in without.text) == (422, True, True)
    strange = await clara.send(page, f"{path}/override", reason="Because.", verdicts="phase_of_the_moon")
    assert strange.status_code == 422
    done = await clara.follow(await clara.send(page, f"{path}/override", reason=body["reason"], verdicts=key))
    assert "&lt;i&gt;island&lt;/i&gt;" in done.text
    assert "(Clara Juhl)" in done.text
    assert f"{path}/acceptance" in forms_of(done.text)
    seen = (await anna.open(path)).text
    assert "&lt;i&gt;island&lt;/i&gt;" in seen
    assert "Clara" not in seen
    again = await clara.open(f"{path}/override")
    assert again.status_code == 409
