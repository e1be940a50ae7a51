"""A daycare takes part in one application of a round, as long as that application counts."""

import asyncio
from typing import Any

import httpx
import pytest
from service_under_test import DAYCARES, OpenIntake, ServiceUnderTest


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def apply(office: OpenIntake, *kinds: str, **changes: Any) -> httpx.Response:
    wish = office.long_course(*kinds, **changes)
    return await office.service.post("/api/v1/applications", wish, "anna", language="en")


async def settle(office: OpenIntake, id: str, deed: str, name: str) -> None:
    body = None if deed in ("withdrawal", "acceptance") else {"reason": "Too little is shown."}
    answer = await office.service.post(f"/api/v1/applications/{id}/{deed}", body, name, if_match='"1"')
    assert answer.status_code == 200, answer.text


async def test_a_second_application_of_the_round_is_refused_with_the_name_of_the_daycare(office: OpenIntake) -> None:
    await office.submitted("nursery", "integrated")
    second = await apply(office, "nursery", "childminding")
    assert second.status_code == 422
    assert [(each["rule"], each["daycare_id"], each["texts"]) for each in second.json()["refusals"]] == [
        (
            "one_application",
            office.daycares["nursery"],
            {
                "da": "Vuggestuen Havblik deltager allerede i en anden ansøgning i samme runde.",
                "en": "Vuggestuen Havblik takes part in another application of the same round already.",
            },
        )
    ]


@pytest.mark.parametrize(("deed", "name"), [("withdrawal", "anna"), ("declination", "clara")])
async def test_what_does_not_count_any_more_frees_its_daycares(office: OpenIntake, deed: str, name: str) -> None:
    await settle(office, (await office.submitted())["id"], deed, name)
    assert (await apply(office)).status_code == 201


async def test_a_refused_application_takes_no_daycare(office: OpenIntake) -> None:
    assert (await apply(office, "nursery")).status_code == 422
    assert (await apply(office)).status_code == 201


@pytest.mark.parametrize("deed", ["acceptance", "waiting"])
async def test_what_is_accepted_or_waits_keeps_its_daycares(office: OpenIntake, deed: str) -> None:
    await settle(office, (await office.submitted())["id"], deed, "clara")
    assert (await apply(office)).status_code == 422


async def test_another_round_knows_nothing_of_it(office: OpenIntake) -> None:
    await office.submitted()
    assert (await apply(office, round_id=await office.another_round())).status_code == 201


async def test_of_applications_at_once_with_one_daycare_in_common_one_passes(office: OpenIntake) -> None:
    pairs = [("nursery", "integrated"), ("integrated", "childminding"), ("childminding", "nursery")]
    answers = await asyncio.gather(*(apply(office, *pair) for pair in pairs * 2))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422, 422, 422]


async def test_many_daycares_are_looked_up_as_few(office: OpenIntake) -> None:
    registered = [
        await office.service.post("/api/v1/daycares", DAYCARES["nursery"] | {"p_number": f"{number:010}"}, "anna")
        for number in range(5)
    ]
    daycares = [answer.json()["id"] for answer in registered]
    counted = []
    for some in (daycares[:2], daycares):
        round_id = await office.another_round()
        async with office.service.statements() as sent:
            assert (await apply(office, daycares=some, round_id=round_id)).status_code == 201
        counted.append(len(sent))
    assert counted[0] == counted[1]
