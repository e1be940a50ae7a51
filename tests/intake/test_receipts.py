"""The receipt that everybody gets who applies and says whom to write to."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from intake_cases import NOON, case, daycares, real_programme
from service_under_test import OpenIntake, ServiceUnderTest
from sqlalchemy import select

from intake.applications.decisions import submit
from intake.applications.messages import let_in, receipt
from intake.applications.model import Case, Override
from intake.applications.override_decisions import override
from intake.programmes.rules import DaycareCount
from intake.rounds.model import Zone
from shared.contracts.vocabulary import IntakeMode
from shared.errors import LocalMoment, Text
from shared.mail.outbox import Mail

CONTACT = {"name": "Anna Holm", "email": "anna@example.org"}
PROGRAMME = replace(real_programme("long-course"), rules=(), intake=IntakeMode.ROLLING)


def written_to(language: Any) -> Case:
    named = case(*daycares(2), contact_name="Anna Holm", contact_email="anna@example.org")
    return replace(named, contact_language=language)


@pytest.mark.parametrize(
    ("language", "name"), [("da", "Længerevarende rådgivningsforløb"), ("en", "Long advisory course")]
)
def test_a_receipt_says_what_was_received_and_where_it_is_followed(language: Any, name: str) -> None:
    given = written_to(language)
    application, at = submit(given, PROGRAMME, None, NOON).state, LocalMoment(NOON, Zone.NUUK)
    assert receipt(application, PROGRAMME, Zone.NUUK) == Mail(
        to="anna@example.org",
        language=language,
        subject=Text("Your application has been received: {programme}", {"programme": name}),
        paragraphs=(
            Text("We received your application to the programme {programme} on {at}.", {"programme": name, "at": at}),
            Text("It meets the rules of the programme and now waits for a caseworker to decide."),
            Text("You can see at any time where it stands:"),
        ),
        link=f"/applications/{given.id}",
    )


def test_without_a_contact_there_is_no_receipt() -> None:
    application = submit(case(*daycares(2)), PROGRAMME, None, NOON).state
    assert receipt(application, PROGRAMME, Zone.COPENHAGEN) is None


def test_whoever_is_let_in_is_told_which_rules_were_set_aside_and_why_and_not_by_whom() -> None:
    rules = (DaycareCount(rule="daycare_count", at_least=3, at_most=5),)
    programme = replace(PROGRAMME, rules=rules)
    given = written_to("en")
    refused = submit(given, programme, None, NOON).state
    why = Override("It serves the island.\n\nNobody else does.", "local:clara", NOON)
    application = override(refused, (("daycare_count", None),), why, (), NOON).state
    name = "Long advisory course"
    assert let_in(application, programme, why) == Mail(
        to="anna@example.org",
        language="en",
        subject=Text("Your application goes on after all: {programme}", {"programme": name}),
        paragraphs=(
            Text("Your application to the programme {programme} had been refused by the rules.", {"programme": name}),
            Text("The refusal does not hold any more. This was set aside:"),
            Text(
                "The number of daycares is {count}, but the programme takes from {at_least} to {at_most}.",
                {"count": 2, "at_least": 3, "at_most": 5},
            ),
            Text("The reason is:"),
            Text("{text}", {"text": "It serves the island."}),
            Text("{text}", {"text": "Nobody else does."}),
            Text("The application now waits for a caseworker to decide. You can see at any time where it stands:"),
        ),
        link=f"/applications/{given.id}",
    )
    unnamed = replace(application, case=replace(given, wish=replace(given.wish, contact_email=None)))
    assert let_in(unnamed, programme, why) is None


# Over HTTP


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def owed(office: OpenIntake) -> list[tuple[str, list[str]]]:
    mail = office.service.database.tables.mail
    async with office.service.database.work() as work:
        rows = await work.session.execute(select(mail.c.address, mail.c.paragraphs))
        return [(address, [each["message"] for each in paragraphs]) for address, paragraphs in rows]


async def test_whoever_applies_is_owed_a_receipt_and_a_repeated_request_owes_no_second(office: OpenIntake) -> None:
    body = office.long_course(contact=CONTACT)
    for _ in range(2):
        await office.service.post("/api/v1/applications", body, "anna", key="the-same-key")
    assert [address for address, _ in await owed(office)] == ["anna@example.org"]


async def test_a_refusal_is_told_with_its_reasons(office: OpenIntake) -> None:
    body = office.long_course("kindergarten", "nursery", contact=CONTACT)
    assert (await office.service.post("/api/v1/applications", body, "anna")).status_code == 422
    ((_, paragraphs),) = await owed(office)
    assert paragraphs[1:4] == [
        "It does not meet the rules of the programme and has been refused for these reasons:",
        "{daycare} only has children aged {age_from} to {age_to}; it takes children under {below} years to take part.",
        "A letter about it follows. Another application can be sent at any time.",
    ]


async def test_what_is_not_taken_owes_nothing(office: OpenIntake) -> None:
    body = office.long_course(contact=CONTACT, municipality="0461")
    assert (await office.service.post("/api/v1/applications", body, "anna")).status_code == 403
    assert await owed(office) == []


async def test_of_two_who_let_it_in_one_tells_the_applicant_once(office: OpenIntake) -> None:
    body = office.long_course("nursery", "kindergarten", contact=CONTACT)
    id = (await office.service.post("/api/v1/applications", body, "anna")).json()["application_id"]
    verdict = {"rule": "young_children", "daycare_id": office.daycares["kindergarten"]}
    wish = {"verdicts": [verdict], "reason": "Det eneste på øen."}
    path = f"/api/v1/applications/{id}/override"
    answers = [office.service.post(path, wish, name, if_match='"1"') for name in ("clara", "david")]
    assert sorted(answer.status_code for answer in await asyncio.gather(*answers)) == [200, 412]
    _, told = await owed(office)
    assert told[0] == "anna@example.org"
    assert told[1][1] == "The refusal does not hold any more. This was set aside:"
