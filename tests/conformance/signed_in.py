"""One person of each role, signed in."""

from typing import Any

import requests
from service_under_test import PEOPLE

Headers = dict[str, str]


class SignedIn:
    def __init__(self, http: requests.Session) -> None:
        self._http = http
        self._headers: dict[str, Headers] = {}
        self.sign_in()

    def sign_in(self) -> None:
        """Sign everybody in anew, whose sessions an operation may have ended."""
        http = self._http
        self._headers = {
            role: {"Authorization": f"Bearer {http.post('/api/v1/sign-in', json={'name': name}).json()['token']}"}
            for role, name in PEOPLE.items()
        }

    def turn(self, number: int, roles: list[str]) -> Headers:
        """Whose turn it is: each of these roles four times, then another role once, then nobody."""
        others = [role for role in self._headers if role not in roles]
        another = others[number % len(others) :][:1] if others else []
        turns = [*(roles * 4 or others), *another, None]
        role = turns[number % len(turns)]
        return self._headers[role] if role else {}

    def status(self, address: str, caller: Headers) -> int:
        """How reading an address is answered to a caller."""
        return self._http.get(address, headers=caller).status_code

    def read(self, address: str) -> tuple[Any, str | None]:
        """What stands at an address and its `ETag`, as the first role sees it that may; nothing if nobody may."""
        for headers in self._headers.values():
            answer = self._http.get(address, headers=headers)
            if answer.status_code == 200:
                is_json = answer.headers["Content-Type"] == "application/json"
                return answer.json() if is_json else None, answer.headers.get("ETag")
        return None, None
