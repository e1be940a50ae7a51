"""A daycare takes the place of another after the award, without breaking the case."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from intake_cases import MORSO, NOON, a_round, case, daycare, daycares, real_programme
from service_under_test import DAYCARES, Browser, OpenIntake, ServiceUnderTest, forms_of
from sqlalchemy import text

from intake.applications.decisions import accept, replace_participant, submit
from intake.applications.model import Application, ApplicationStatus
from intake.organisations.model import Daycare
from intake.substitutions.decisions import substitute
from intake.substitutions.model import Substitution
from shared.contracts.intake.agreements import DaycareSubstituted
from shared.contracts.vocabulary import Skill
from shared.errors import Refused
from shared.office import office_date

LONG = real_programme("long-course")
ROUND = a_round()
ACCEPTED = accept(submit(case(*daycares(3)), LONG, ROUND, NOON).state, LONG, "clara", NOON).state
NEWCOMER = daycare(7)


def replaced(application: Application = ACCEPTED, left: int = 2, newcomer: Daycare = NEWCOMER, *taken: UUID) -> Any:
    return replace_participant(application, LONG, ROUND, UUID(int=left), newcomer, taken, ROUND.closes_at).state


def made(*, was_over: bool = False) -> Substitution:
    return Substitution(UUID(int=900), ACCEPTED.case.id, UUID(int=2), UUID(int=7), was_over, "Ill.", "clara", NOON)


# Deciding


def test_one_joins_in_the_place_of_another_and_is_judged_by_itself() -> None:
    application = replaced()
    assert [each.id.int for each in application.case.daycares] == [1, 3, 7]
    assert application.verdicts[: len(ACCEPTED.verdicts)] == ACCEPTED.verdicts
    added = application.verdicts[len(ACCEPTED.verdicts) :]
    assert [(each.rule, each.passed, each.daycare_id) for each in added] == [
        (rule, True, NEWCOMER.id) for rule in ("municipality", "one_application", "ownership", "young_children")
    ]
    assert replace(application, case=ACCEPTED.case, verdicts=ACCEPTED.verdicts) == ACCEPTED


@pytest.mark.parametrize(
    "status", sorted(set(ApplicationStatus) - {ApplicationStatus.ACCEPTED, ApplicationStatus.AGREED})
)
def test_only_after_the_award_anybody_is_substituted(status: ApplicationStatus) -> None:
    with pytest.raises(Refused) as refused:
        replaced(replace(ACCEPTED, status=status))
    assert refused.value.slug == "application-not-accepted"


@pytest.mark.parametrize(
    ("left", "joined", "slug"), [(9, 7, "daycare-not-in-application"), (2, 3, "daycare-in-application")]
)
def test_who_leaves_takes_part_and_who_joins_does_not(left: int, joined: int, slug: str) -> None:
    with pytest.raises(Refused) as refused:
        replaced(ACCEPTED, left, daycare(joined))
    assert refused.value.slug == slug


@pytest.mark.parametrize(
    ("newcomer", "taken", "rules"),
    [
        (daycare(7, municipality=MORSO), (), ["municipality"]),
        (daycare(7, ages=(3, 6)), (), ["young_children"]),
        (daycare(7), (UUID(int=7),), ["one_application"]),
        (daycare(7, ages=(3, 6), municipality=MORSO), (), ["municipality", "young_children"]),
    ],
)
def test_a_newcomer_that_a_rule_turns_away_does_not_join(
    newcomer: Daycare, taken: tuple[UUID, ...], rules: list[str]
) -> None:
    with pytest.raises(Refused) as refused:
        replaced(ACCEPTED, 2, newcomer, *taken)
    verdicts: Any = refused.value.parameters["verdicts"]
    assert (refused.value.slug, [each.rule for each in verdicts]) == ("newcomer-refused", rules)


def test_others_are_told_who_left_who_joined_and_what_the_course_needs_now() -> None:
    agreement = UUID(int=500)
    assert substitute(made(), replaced(), LONG, [], agreement).events == (
        DaycareSubstituted(
            application_id=ACCEPTED.case.id,
            programme="long-course",
            programme_version=1,
            agreement_id=agreement,
            left=UUID(int=2),
            joined=UUID(int=7),
            skills=(Skill.LEADERSHIP, Skill.LEARNING_ENVIRONMENTS),
            on=office_date(NOON),
        ),
    )


@pytest.mark.parametrize(
    ("was_over", "earlier", "allowed"),
    [
        (False, [], True),
        (False, [made()], False),
        (False, [made(was_over=True)], True),
        (True, [made()], True),
        (True, [made(), made(was_over=True)], True),
    ],
)
def test_one_is_substituted_and_any_that_is_no_more(was_over: bool, earlier: list[Substitution], allowed: bool) -> None:
    if allowed:
        assert len(substitute(made(was_over=was_over), ACCEPTED, LONG, earlier, None).events) == 1
    else:
        with pytest.raises(Refused) as refused:
            substitute(made(was_over=was_over), ACCEPTED, LONG, earlier, None)
        assert (refused.value.slug, refused.value.parameters) == ("substituted-already", {"at_most": 1})


# Over HTTP


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def accepted(office: OpenIntake) -> str:
    """An accepted application with the nursery and the integrated institution."""
    id = str((await office.submitted())["id"])
    answer = await office.service.post(f"/api/v1/applications/{id}/acceptance", None, "clara", if_match='"1"')
    assert answer.status_code == 200, answer.text
    return id


async def another_nursery(office: OpenIntake, number: int = 1, **changes: Any) -> str:
    wish = DAYCARES["nursery"] | {"p_number": f"{number:010}", "name": f"Vuggestuen {number}"} | changes
    return str((await office.service.post("/api/v1/daycares", wish, "hanne")).json()["id"])


async def substituted(
    office: OpenIntake, id: str, left: str, joined: str, *, seen: int = 2, name: str = "clara", **changes: Any
) -> httpx.Response:
    body = {"left": left, "joined": joined, "reason": "It is being rebuilt."} | changes
    path = f"/api/v1/applications/{id}/substitutions"
    return await office.service.post(path, body, name, if_match=f'"{seen}"', language="en")


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("type", "").removeprefix("/problems/")


async def test_a_daycare_is_substituted_and_the_case_remembers_the_one_who_left(office: OpenIntake) -> None:
    id, joined = await accepted(office), await another_nursery(office)
    nursery, integrated = office.daycares["nursery"], office.daycares["integrated"]
    answer = await substituted(office, id, nursery, joined)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"3"'), answer.text
    application = (await office.service.get(f"/api/v1/applications/{id}", "anna")).json()
    assert (application["version"], application["daycares"]) == (3, [integrated, joined])
    assert {each["daycare_id"] for each in application["verdicts"]} == {None, nursery, integrated, joined}
    listed = (await office.service.get(f"/api/v1/applications/{id}/substitutions", "anna")).json()
    assert listed == [answer.json()]
    assert {name: listed[0][name] for name in ("left", "joined", "reason")} == {
        "left": nursery,
        "joined": joined,
        "reason": "It is being rebuilt.",
    }
    today = office_date(office.service.clock.now())
    async with office.service.database.work() as work:
        statement = text("select daycare_id, joined_on, left_on from intake.participating_daycare order by position")
        rows = [tuple(row) for row in await work.session.execute(statement)]
    assert rows == [(UUID(nursery), None, today), (UUID(integrated), None, None), (UUID(joined), today, None)]
    name, data = (await office.service.published())[-1]
    assert (name, data) == (
        "DaycareSubstituted",
        {
            "application_id": id,
            "programme": "long-course",
            "programme_version": 1,
            "agreement_id": None,
            "left": nursery,
            "joined": joined,
            "skills": ["leadership", "learning_environments", "parents"],
            "on": str(today),
        },
    )


async def test_a_second_substitution_is_for_one_that_is_no_more(office: OpenIntake) -> None:
    id, first, second = await accepted(office), await another_nursery(office), await another_nursery(office, 2)
    integrated = office.daycares["integrated"]
    assert (await substituted(office, id, office.daycares["nursery"], first)).status_code == 201
    stored = await office.service.stored()
    assert slug(await substituted(office, id, integrated, second, seen=3)) == (409, "substituted-already")
    assert {**await office.service.stored(), "answer": 0} == {**stored, "answer": 0}
    end = {"how": "closed", "on": str(office_date(office.service.clock.now())), "successors": []}
    over = await office.service.post(f"/api/v1/daycares/{integrated}/end", end, "hanne", if_match='"1"')
    assert over.status_code == 200, over.text
    assert (await substituted(office, id, integrated, second, seen=3)).status_code == 201


async def test_a_newcomer_is_turned_away_in_plain_words(office: OpenIntake) -> None:
    id = await accepted(office)
    answer = await substituted(office, id, office.daycares["nursery"], office.daycares["kindergarten"])
    assert slug(answer) == (422, "newcomer-refused")
    [refusal] = answer.json()["refusals"]
    assert (refusal["rule"], refusal["daycare_id"]) == ("young_children", office.daycares["kindergarten"])
    assert refusal["texts"]["en"].startswith("Børnehaven Fyrtårnet only has children aged 3 to 6;")


async def test_a_daycare_of_another_application_of_the_round_does_not_join(office: OpenIntake) -> None:
    id, one, two = await accepted(office), await another_nursery(office), await another_nursery(office, 2)
    assert (await office.submitted(daycares=[one, two]))["status"] == "submitted"
    answer = await substituted(office, id, office.daycares["nursery"], one)
    assert [each["rule"] for each in answer.json()["refusals"]] == ["one_application"]


async def test_who_has_left_is_free_for_another_application(office: OpenIntake) -> None:
    id, joined, other = await accepted(office), await another_nursery(office), await another_nursery(office, 2)
    await substituted(office, id, office.daycares["nursery"], joined)
    assert (await office.submitted(daycares=[office.daycares["nursery"], other]))["status"] == "submitted"


async def test_a_substitution_takes_a_signature_back_and_a_signed_agreement_is_named(office: OpenIntake) -> None:
    id, joined = await accepted(office), await another_nursery(office)
    agreement = (await office.service.post("/api/v1/agreements", {"application_id": id}, "clara")).json()
    path = f"/api/v1/agreements/{agreement['id']}"
    await office.service.post(f"{path}/signature", None, "anna", if_match='"1"')
    assert (await substituted(office, id, office.daycares["nursery"], joined)).status_code == 201
    reopened = (await office.service.get(path, "anna")).json()
    assert (reopened["version"], reopened["signatures"]) == (3, [])
    for version, name in ((3, "anna"), (4, "clara")):
        signed = await office.service.post(f"{path}/signature", None, name, if_match=f'"{version}"')
        assert signed.status_code == 200, signed.text
    name, data = (await office.service.published())[-1]
    assert (name, data["daycares"]) == ("AgreementSigned", [office.daycares["integrated"], joined])
    end = {"how": "closed", "on": str(office_date(office.service.clock.now())), "successors": []}
    await office.service.post(f"/api/v1/daycares/{joined}/end", end, "hanne", if_match='"1"')
    again = await another_nursery(office, 2)
    assert (await substituted(office, id, joined, again, seen=4)).status_code == 201
    name, data = (await office.service.published())[-1]
    assert (name, data["agreement_id"]) == ("DaycareSubstituted", agreement["id"])


async def test_of_two_at_once_one_counts(office: OpenIntake) -> None:
    id, one, two = await accepted(office), await another_nursery(office), await another_nursery(office, 2)
    left = office.daycares["nursery"]
    answers = await asyncio.gather(substituted(office, id, left, one), substituted(office, id, left, two))
    assert sorted(answer.status_code for answer in answers) == [201, 412]


async def test_one_newcomer_joins_one_of_two_applications_at_once(office: OpenIntake) -> None:
    first, joined = await accepted(office), await another_nursery(office)
    daycares = [await another_nursery(office, number) for number in (2, 3)]
    second = (await office.submitted(daycares=daycares))["id"]
    await office.service.post(f"/api/v1/applications/{second}/acceptance", None, "clara", if_match='"1"')
    answers = await asyncio.gather(
        substituted(office, first, office.daycares["nursery"], joined), substituted(office, second, daycares[0], joined)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422]


async def test_what_cannot_be_is_told_and_changes_nothing(office: OpenIntake) -> None:
    id, joined, nursery = await accepted(office), await another_nursery(office), office.daycares["nursery"]
    gone = await another_nursery(office, 2)
    end = {"how": "closed", "on": str(office_date(office.service.clock.now())), "successors": []}
    await office.service.post(f"/api/v1/daycares/{gone}/end", end, "hanne", if_match='"1"')
    waiting = (await office.submitted("childminding", "integrated", round_id=await office.another_round()))["id"]
    stored = await office.service.stored()
    answers = [
        slug(await substituted(office, id, nursery, str(uuid4()))),
        slug(await substituted(office, id, nursery, gone)),
        slug(await substituted(office, str(uuid4()), nursery, joined)),
        slug(await substituted(office, waiting, office.daycares["integrated"], joined, seen=1)),
        slug(await substituted(office, id, nursery, joined, seen=1)),
        slug(await substituted(office, id, nursery, joined, reason="")),
        slug(await substituted(office, id, nursery, joined, name="anna")),
        slug(await substituted(office, id, nursery, joined, name="david")),
    ]
    assert answers == [
        (422, "unknown-daycare"),
        (409, "daycare-ended"),
        (404, "unknown-application"),
        (409, "application-not-accepted"),
        (412, "stale-version"),
        (422, "invalid-request"),
        (403, "role-not-allowed"),
        (403, "role-not-allowed"),
    ]
    assert {**await office.service.stored(), "answer": 0} == {**stored, "answer": 0}
    other = await office.service.get(f"/api/v1/applications/{id}/substitutions", "bo")
    assert slug(other) == (404, "unknown-application")


# As a page


async def signed_in(office: OpenIntake, name: str) -> Browser:
    browser = Browser(office.service)
    await browser.sign_in(name)
    return browser


async def test_a_caseworker_substitutes_and_the_applicant_reads_why(office: OpenIntake) -> None:
    path = f"/applications/{await accepted(office)}"
    joined, nursery = await another_nursery(office), office.daycares["nursery"]
    clara, anna = await signed_in(office, "clara"), await signed_in(office, "anna")
    assert f'href="{path}/substitution"' in (await clara.open(path)).text
    page = await clara.open(f"{path}/substitution?lang=en")
    empty = await clara.send(page, f"{path}/substitution")
    errors = [name for name in ("left", "joined", "reason") if f"{name}-error" in empty.text]
    assert (empty.status_code, errors) == (422, ["left", "joined", "reason"])
    wish = {"left": nursery, "reason": "<b>Rebuilt</b>"}
    young = await clara.send(page, f"{path}/substitution", joined=office.daycares["kindergarten"], **wish)
    assert (young.status_code, "only has children aged 3 to 6" in young.text) == (422, True)
    done = await clara.follow(await clara.send(page, f"{path}/substitution", joined=joined, **wish))
    assert "&lt;b&gt;Rebuilt&lt;/b&gt;" in done.text
    shown = await anna.open(f"{path}/substitution?lang=en")
    assert ("Vuggestuen 1" in shown.text, f"{path}/substitution" in forms_of(shown.text)) == (True, False)


async def test_the_successor_of_one_that_is_no_more_is_proposed(office: OpenIntake) -> None:
    path, nursery = f"/applications/{await accepted(office)}", office.daycares["nursery"]
    successor = await another_nursery(office)
    end = {"how": "moved", "on": str(office_date(office.service.clock.now())), "successors": [successor]}
    over = await office.service.post(f"/api/v1/daycares/{nursery}/end", end, "hanne", if_match='"1"')
    assert over.status_code == 200, over.text
    page = await (await signed_in(office, "clara")).open(f"{path}/substitution?lang=en")
    assert "Vuggestuen Havblik is no more" in page.text
    assert "Vuggestuen 1 follows it and is proposed below." in page.text
    assert f'value="{nursery}" selected' in page.text
    assert f'value="{successor}" selected' in page.text
