"""Municipalities that merge, in tests: Vordingborg, where the story applies, becomes part of Odense."""

from datetime import timedelta
from typing import Any

import httpx
from service_under_test import OpenIntake, ServiceUnderTest

from shared.office import office_date

VORDINGBORG, ODENSE, NAESTVED, HOLBAEK = "0390", "0461", "0370", "0316"
MERGERS = "/api/v1/municipality-mergers"
NOTHING = {"daycares": 0, "applications": 0, "agreements": 0, "late_entries": 0, "enquiries": 0}


async def noted(
    service: ServiceUnderTest,
    municipality: str = VORDINGBORG,
    into: str = ODENSE,
    name: str = "clara",
    days_ago: int = 0,
    **more: Any,
) -> httpx.Response:
    """The answer to whoever notes a merger, or asks what it would move."""
    on = office_date(service.clock.now()) - timedelta(days=days_ago)
    body = {"municipality": municipality, "into": into, "on": str(on)} | more
    return await service.post(MERGERS, body, name, language="en")


async def merge(
    service: ServiceUnderTest, municipality: str = VORDINGBORG, into: str = ODENSE, days_ago: int = 0
) -> dict[str, int]:
    """Note a merger; how much has moved."""
    answer = await noted(service, municipality, into, days_ago=days_ago)
    assert (answer.status_code, answer.json()["stored"]) == (200, True), answer.text
    moved: dict[str, int] = answer.json()["moved"]
    return moved


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("type", "").removeprefix("/problems/")


async def decide(office: OpenIntake, application: str, deed: str, **body: Any) -> None:
    """Let a caseworker decide on an application that nobody has changed yet."""
    path = f"/api/v1/applications/{application}/{deed}"
    answer = await office.service.post(path, body, "clara", if_match='"1"')
    assert answer.status_code == 200, answer.text


async def application(office: OpenIntake, id: str, name: str = "anna") -> dict[str, Any]:
    """One's own application as it stands."""
    answer = await office.service.get(f"/api/v1/applications/{id}", name)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def begun(office: OpenIntake, name: str = "anna") -> httpx.Response:
    """The answer to whoever begins a draft in the round."""
    wish = {"programme": "long-course", "round_id": office.round["id"]}
    return await office.service.post("/api/v1/drafts", wish, name)


async def filled(office: OpenIntake, name: str = "anna") -> str:
    """A draft that could be sent, at version 2."""
    id = str((await begun(office, name)).json()["id"])
    content = {
        "applicant_kind": "administration",
        "daycares": [office.daycares["nursery"], office.daycares["integrated"]],
        "motivation": "Vi i Vordingborg Kommune vil gerne.",
        "contact_name": "Anna Holm",
        "contact_email": "anna@example.org",
    }
    answer = await office.service.put(f"/api/v1/drafts/{id}", content, name, if_match='"1"')
    assert answer.status_code == 200, answer.text
    return id


async def sent(office: OpenIntake, draft: str, seen: int, name: str = "anna") -> httpx.Response:
    """The answer to whoever sends a draft."""
    return await office.service.post(f"/api/v1/drafts/{draft}/submission", None, name, if_match=f'"{seen}"')
