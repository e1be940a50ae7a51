"""Somebody who writes a draft."""

from typing import Any

import httpx
from service_under_test import OpenIntake


class Writing:
    """Somebody who writes a draft of the long course through the API."""

    def __init__(self, office: OpenIntake, name: str = "anna") -> None:
        self.office = office
        self.service = office.service
        self.name = name
        self.id = ""

    async def begin(self, **changes: Any) -> httpx.Response:
        wish = {"programme": "long-course", "round_id": self.office.round["id"]} | changes
        answer = await self.service.post("/api/v1/drafts", wish, self.name)
        self.id = answer.json().get("id", "")
        return answer

    async def put(self, seen: int, **content: Any) -> httpx.Response:
        return await self.service.put(f"/api/v1/drafts/{self.id}", content, self.name, if_match=f'"{seen}"')

    async def act(self, deed: str, seen: int, body: Any = None) -> httpx.Response:
        return await self.service.post(f"/api/v1/drafts/{self.id}/{deed}", body, self.name, if_match=f'"{seen}"')

    async def content_now(self) -> dict[str, Any]:
        """What the draft holds."""
        answer = await self.service.get(f"/api/v1/drafts/{self.id}", self.name)
        content: dict[str, Any] = answer.json()["content"]
        return content

    def content(self, *kinds: str) -> dict[str, Any]:
        return {
            "applicant_kind": "administration",
            "daycares": [self.office.daycares[kind] for kind in kinds or ("nursery", "integrated")],
            "motivation": "Vi vil gerne.",
            "contact_name": "Anna Holm",
            "contact_email": "anna@example.org",
        }


def choice(page: httpx.Response, button: str) -> str:
    """What the first button of a choice between two texts says."""
    return page.text.split(f'name="_{button}" value="')[1].split('"')[0]
