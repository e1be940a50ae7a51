"""Of every form in the three services: whatever stands in its way, what was typed is on the page that answers."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from service_under_test import PEOPLE, Browser, ServiceUnderTest, forms_of

from local.state import CHECKOUT
from shared.identity import Role
from shared.web.access import declared_access
from shared.web.filled import words_on

TYPED = "Det tog mig en halv time at skrive"
NOBODYS = str(UUID(int=7))
"""An id of nothing, and a token that leads nowhere."""
NOTHING_TYPED = {"/sign-out", "/sessions/end", "/unsubscribe/{token}"}
"""None has a field: two buttons, and a link for mail programs."""
LEADS_ON = {
    "/daycare-table/confirmation",
    "/subscriptions/{token}/removal",
    "/interests/{token}/removal",
    "/operations/failed-mails/retry",
}
"""Buttons without a field that have done what was wanted where there is nothing to do."""


def forms(app: FastAPI) -> Iterator[tuple[str, frozenset[Role]]]:
    """Where the forms of a service go, and who may send each."""
    for route in iter_route_contexts(app.routes):
        if getattr(route.original_route, "is_page", False) and "POST" in (route.methods or ()):
            access = declared_access(getattr(route, "dependant"))  # noqa: B009
            yield str(route.path), access.roles if access else frozenset()


async def answered(browser: Browser, path: str, token: str) -> httpx.Response:
    address = re.sub(r"\{\w+\}", NOBODYS, path)
    fields = ("reason", "text", "theme", "answer", "question", "motivation", "conflict", "data", "name", "subject")
    typed: dict[str, Any] = dict.fromkeys(fields, TYPED)
    return await browser.http.post(address, data={"_csrf": token, "version": "1", **typed})


async def test_no_form_of_the_intake_loses_what_was_typed(intake_service: ServiceUnderTest) -> None:
    assert await lost_by(intake_service) == []


async def test_no_form_of_the_scheduling_loses_what_was_typed(scheduling_service: ServiceUnderTest) -> None:
    assert await lost_by(scheduling_service) == []


async def test_no_form_of_the_reporting_loses_what_was_typed(reporting_service: ServiceUnderTest) -> None:
    assert await lost_by(reporting_service) == []


CRAFTED = (
    *(
        "selection.x.trigger",
        "selection.x.inspections",
        "selection.x",
        "_seen.selection.x.trigger",
        "_seen",
        "_seen.",
        "_",
    ),
    *("points_.x", "group.x.places", "group.x.removed", "name-x", "name.x", "version.x", "a." * 200, ".", "_boxes"),
)
"""Names that no form of ours has."""


async def test_no_form_breaks_on_names_that_it_does_not_have(
    intake_service: ServiceUnderTest, scheduling_service: ServiceUnderTest, reporting_service: ServiceUnderTest
) -> None:
    broken = []
    for service in (intake_service, scheduling_service, reporting_service):
        async for path, browser, token in reachable(service):
            form = {"_csrf": token} | {name: ["version", "name", TYPED] for name in CRAFTED}
            answer = await browser.http.post(re.sub(r"\{\w+\}", NOBODYS, path), data=form)
            broken += [path] if answer.status_code >= 500 else []
    assert broken == []


async def reachable(under_test: ServiceUnderTest) -> AsyncIterator[tuple[str, Browser, str]]:
    """Each form with the browser of somebody who may send it, and a token."""
    browsers: dict[Role | None, tuple[Browser, str]] = {}
    for path, roles in forms(under_test.app):
        role = next((each for each in Role if each in roles), None)
        if role not in browsers:
            browser = Browser(under_test)
            page = await browser.open("/sign-in")
            if role is not None:
                page = await browser.follow(await browser.sign_in(PEOPLE[role.value]))
                page = await browser.open("/sign-in")
            browsers[role] = browser, str(forms_of(page.text)["/sign-in"]["_csrf"])
        if path not in NOTHING_TYPED:
            yield path, *browsers[role]


async def lost_by(under_test: ServiceUnderTest) -> list[tuple[str, int]]:
    """The forms whose answer does not show what was typed, each with its status; what is hidden nobody sees."""
    lost, seen = [], 0
    async for path, browser, token in reachable(under_test):
        if path in LEADS_ON:
            continue
        answer = await answered(browser, path, token)
        seen += 1
        if answer.status_code < 400 or TYPED not in words_on(answer.text):
            lost.append((path, answer.status_code))
    assert seen >= 5
    return lost


def test_each_form_says_which_boxes_it_has() -> None:
    """Else nobody could tell those that were unticked from those of another form."""
    untold = []
    for template in sorted(CHECKOUT.glob("s*/**/templates/*.html")):
        for form in re.findall(r'<form method="post".*?</form>', template.read_text(encoding="utf-8"), re.DOTALL):
            names = re.findall(r'type="checkbox"[^>]* name="([^"]+)"', form)
            untold += [(template.name, name) for name in names if f'boxes("{name}")' not in form]
    assert untold == []
