"""Intake's API, as its users meet it."""

from service_under_test import ServiceUnderTest

DAYCARE = {
    "p_number": "1003900001",
    "name": "Vuggestuen Havblik",
    "kind": "nursery",
    "ownership": "municipal",
    "age_from": 0,
    "age_to": 2,
    "municipality": "0390",
}


async def test_a_daycare_is_registered_and_listed(intake_service: ServiceUnderTest) -> None:
    answer = await intake_service.post("/api/v1/daycares", DAYCARE, "anna")
    assert answer.status_code == 201
    assert answer.json() == DAYCARE | {"id": answer.json()["id"]}
    listed = await intake_service.get("/api/v1/daycares", "anna")
    assert listed.json() == [answer.json()]
