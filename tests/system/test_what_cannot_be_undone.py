"""What cannot be taken back takes two acts on a page: one shows what will happen, the other does it."""

import re
from collections.abc import Iterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import SecretStr

import intake.settings
import intake.web
import reporting.settings
import reporting.web
import scheduling.settings
import scheduling.web
from local.state import CHECKOUT
from shared.settings import KernelSettings

NOWHERE = SecretStr("postgresql://nobody@127.0.0.1:1/nothing")

FINAL = {
    "/agreements/{}/signature",
    "/announce-gathering",
    "/applications/{}/acceptance",
    "/applications/{}/clarifications/{}/answer",
    "/applications/{}/declination",
    "/applications/{}/override",
    "/applications/{}/substitution",
    "/applications/{}/withdrawal",
    "/assessments/{}/conflict",
    "/courses/{}/phases/{}/completion",
    "/courses/{}/team",
    "/daycare-table/confirmation",
    "/daycares/{}/end",
    "/drafts/{}/attachments/{}/removal",
    "/drafts/{}/removal",
    "/drafts/{}/submission",
    "/enquiries/{}/answer",
    "/gatherings/{}/cancellation",
    "/gatherings/{}/change",
    "/interests/{}/removal",
    "/interests/{}/withdrawal",
    "/letters/{}/approval",
    "/letters/{}/discard",
    "/letters/{}/posting",
    "/municipality-merger/confirmation",
    "/newsletters/{}/release",
    "/operations/failures/{}/discard",
    "/registrations/{}/cancellation",
    "/registrations/{}/withdrawal",
    "/releases/{}/release",
    "/rounds/new",
    "/rounds/{}/extension",
    "/rounds/{}/late-entries",
}
"""What binds, is told to others as settled, or is gone, and which nothing on the pages takes back."""

TAKEN_BACK = {
    "/agreements",
    "/agreements/{}/terms",
    "/applications/{}/clarifications",
    "/applications/{}/waiting",
    "/assessments",
    "/assessments/{}/draft",
    "/assessments/{}/scores",
    "/assessments/{}/taking",
    "/consultants/{}/hours",
    "/daycare-table",
    "/drafts",
    "/drafts/{}",
    "/drafts/{}/attachments",
    "/drafts/{}/link",
    "/enquiries",
    "/gatherings/{}/attendance",
    "/gatherings/{}/materials",
    "/gatherings/{}/people",
    "/gatherings/{}/registrations",
    "/interest-list",
    "/interests/{}/confirmation",
    "/letters/{}/words",
    "/municipality-merger",
    "/newsletter",
    "/newsletters",
    "/newsletters/{}/text",
    "/operations/failed-mails/retry",
    "/operations/failure-groups/retry",
    "/operations/failures/{}/edit",
    "/operations/failures/{}/retry",
    "/operations/mails/{}/retry",
    "/registrations/{}/acceptance",
    "/registrations/{}/confirmation",
    "/releases/{}/preparations",
    "/sessions/end",
    "/sessions/end-of-person",
    "/shared-draft",
    "/subscriptions/{}/confirmation",
    "/subscriptions/{}/removal",
    "/subscriptions/{}/topics",
}
"""What can be changed, withdrawn or done again from the pages, and what asks or only shows."""

CONFIRMED_ON = {
    ("/daycare-table/confirmation", "daycares_preview.html"),
    ("/municipality-merger/confirmation", "municipality_merger_preview.html"),
    ("/applications/{}/override", "override.html"),
}
"""Pages that are themselves the first act: they show what will happen, and have no other purpose."""

ELSEWHERE_SENT = {"/sign-in", "/sign-out", "{}"}
"""Forms of the frame, and of the page that shows again what was typed into any form."""

FOLDED = re.compile(r"{% call folded\(.*?{% endcall %}", re.DOTALL)
FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
BUTTON = re.compile(r"{{ submit\(|<button(?![^>]*formaction)(?![^>]*form=)[^>]*>")
ELSEWHERE = re.compile(r'{{ submit_to\((.+?), _\(|<button[^>]*formaction="([^"]*)"')


def page_routes(app: FastAPI) -> Iterator[str]:
    for route in iter_route_contexts(app.routes):
        if getattr(route.original_route, "is_page", False) and "POST" in (route.methods or ()):
            yield re.sub(r"{\w+}", "{}", str(route.path))


def templates() -> Iterator[Path]:
    for folder in ("services", "shared/src"):
        yield from sorted((CHECKOUT / folder).rglob("templates/*.html"))


def address(written: str, known: dict[str, str]) -> str:
    """The path of a route as a template writes an address, with `{}` for whatever stands in it."""
    for name, value in known.items():
        written = written.replace(f"{{{{ {name} }}}}", value)
    written = re.sub(r"{{.*?}}", "{}", written)
    written = re.sub(r'" ~ .+? ~ "', "{}", written)
    return re.sub(r'" ~ .+$', "{}", written).strip('"').partition("#")[0]


def in_sight(source: str) -> set[str]:
    """Where the buttons of a template send to that are shown without being asked for."""
    known = {name: address(value, {}) for name, value in re.findall(r"{% set (\w+) = (\"/[^%]*?) %}", source)}
    shown = FOLDED.sub("", source)
    found = {address(action, known) for action, inside in FORM.findall(shown) if BUTTON.search(inside)}
    return found | {address(one or other, known) for one, other in ELSEWHERE.findall(shown)}


def folded(source: str) -> set[str]:
    """Where the buttons of a template send to that are shown only when asked for."""
    unwrapped = re.sub(r"{% call folded\(.*?%}", "", source)
    return in_sight(unwrapped) - in_sight(source)


def test_every_form_is_known_to_be_final_or_not(kernel_settings: KernelSettings) -> None:
    apps = (
        intake.web.create(kernel_settings, intake.settings.IntakeSettings(database_url=NOWHERE)),
        scheduling.web.create(kernel_settings, scheduling.settings.SchedulingSettings(database_url=NOWHERE)),
        reporting.web.create(kernel_settings, reporting.settings.ReportingSettings(database_url=NOWHERE)),
    )
    assert {route for app in apps for route in page_routes(app)} == FINAL | TAKEN_BACK
    assert set() == FINAL & TAKEN_BACK
    assert {
        route for each in templates() for route in in_sight(each.read_text())
    } <= FINAL | TAKEN_BACK | ELSEWHERE_SENT


def test_no_page_shows_the_button_of_what_cannot_be_undone_before_it_is_asked_for() -> None:
    found = {(route, each.name) for each in templates() for route in in_sight(each.read_text()) if route in FINAL}
    assert found == CONFIRMED_ON


def test_every_button_of_what_cannot_be_undone_is_folded_somewhere() -> None:
    found = {route for each in templates() for route in folded(each.read_text())}
    assert found == FINAL - {route for route, _ in CONFIRMED_ON}


def test_a_button_is_found_however_its_address_is_written() -> None:
    final = """{% set action = "/drafts/" ~ draft.id %}
    <form method="post" action="{{ action }}/removal">{{ csrf_field() }}{{ submit(_("Throw it away")) }}</form>
    <form method="post" action="/letters/{{ letter.id }}/words">{{ submit(_("Save")) }}
      {{ submit_to("/letters/" ~ letter.id ~ "/approval", _("Approve")) }}
      <button class="button" formaction="/letters/{{ letter.id }}/discard">No</button></form>"""
    assert in_sight(final) == {"/drafts/{}/removal", "/letters/{}/words", "/letters/{}/approval", "/letters/{}/discard"}
    assert (
        in_sight('{% call folded("x") %}<form method="post" action="/a">{{ submit("b") }}</form>{% endcall %}') == set()
    )
