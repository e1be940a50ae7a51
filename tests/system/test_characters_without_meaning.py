"""NUL, which no text has and no database takes, in every field of every form that a page shows: never an error of ours.

Needs services with something of everything in them, since a form stands only where there is something to do. What the
API takes is tried by test_api_conformance.py; addresses are looked at before any route, in test_web_limits.py.
"""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conformance.built import built
from conformance.filled import FILLED
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from service_under_test import PEOPLE, Browser, ServiceUnderTest

from shared.settings import KernelSettings

pytestmark = pytest.mark.timeout(600)
KEPT = {"_csrf", "version"}


class Fields(HTMLParser):
    """The fields of the forms that are sent by POST, each form once."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self._fields: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._fields = (
                self.forms.setdefault(given.get("action") or "", {}) if given.get("method") == "post" else None
            )
        elif self._fields is not None and tag in ("input", "textarea", "select") and given.get("name"):
            self._fields.setdefault(str(given["name"]), given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self._fields = None if tag == "form" else self._fields


def pages(app: FastAPI, known: dict[str, list[str]]) -> Iterator[str]:
    """The addresses of the pages that need no id, or one that is known."""
    for context in iter_route_contexts(app.routes):
        path = str(context.path)
        if "GET" in (context.methods or ()) and not path.startswith(("/api", "/static", "/health")):
            before, _, rest = path.partition("{")
            if not rest:
                yield path
            for id in known.get(before, []) if rest.count("}") == 1 else []:
                yield before + id + rest.partition("}")[2]


async def known_ids(service: ServiceUnderTest) -> dict[str, list[str]]:
    """Some ids by the address under which they are shown."""
    found: dict[str, list[str]] = {}
    for context in iter_route_contexts(service.app.routes):
        path = str(context.path)
        if path.startswith("/api/v1/") and "{" not in path and "GET" in (context.methods or ()):
            for name in PEOPLE.values():
                answer = await service.get(path, name)
                listed: Any = answer.json() if answer.status_code == 200 else None
                if isinstance(listed, list):
                    ids = [str(next(iter(each.values()))) for each in listed if isinstance(each, dict) and each]
                    found.setdefault(path.removeprefix("/api/v1") + "/", []).extend(ids[:6])
    return {path: list(dict.fromkeys(ids)) for path, ids in found.items()}


@pytest.fixture(params=FILLED)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_no_form_falls_over_a_character_without_meaning(
    name: str, kernel_settings: KernelSettings, database_url: Callable[[str], str], tmp_path: Path
) -> None:
    wrong, sent, told = [], set(), 0
    app = built(name, kernel_settings, database_url(name), tmp_path)
    async with ServiceUnderTest(app, kernel_settings) as service:
        await FILLED[name](service)
        known = await known_ids(service)
        for person in PEOPLE.values():
            browser = Browser(service)
            await browser.sign_in(person)
            for address in pages(service.app, known):
                reader = Fields()
                page = await browser.open(address)
                reader.feed(page.text if page.status_code == 200 else "")
                for action, fields in reader.forms.items():
                    names = frozenset(fields) - KEPT
                    if not names or (action, names) in sent or action == "/sign-out":
                        continue
                    sent.add((action, names))
                    for field in (*names, "a\0b"):
                        answer = await browser.http.post(action, data=fields | {field: "a\0b"})
                        told += answer.status_code == 422
                        if answer.status_code not in (400, 303, 403, 404, 409, 412, 422, 200):
                            wrong.append((action, field, answer.status_code))
    assert wrong == []
    assert told > 0
