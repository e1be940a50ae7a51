"""Whatever goes wrong, people read a sentence of theirs in their language, and a link leads on.

The applications are the real ones, without servers behind them: a problem is answered before anything is stored.
"""

import re
from html.parser import HTMLParser

import pytest
from fastapi import FastAPI, Request
from pydantic import SecretStr

from intake.settings import IntakeSettings
from intake.web import create as create_intake
from reporting.settings import ReportingSettings
from reporting.web import create as create_reporting
from scheduling.settings import SchedulingSettings
from scheduling.web import create as create_scheduling
from shared.errors import Problem, Text
from shared.identity import LANGUAGES, Identity, Language, Role
from shared.inputs.validation import _FOR_PEOPLE, _SENTENCES, sentence_for_people
from shared.sessions.tokens import Audience
from shared.settings import KernelSettings
from shared.web.problem_kinds import ProblemKind
from shared.web.problems import respond

SECRET = SecretStr("for tests only, for tests only, for tests only")
KERNEL = KernelSettings(session_secret=SECRET)
NOWHERE = SecretStr("postgresql://nobody@127.0.0.1:1/nothing")
APPLICATIONS = {
    "intake": create_intake(KERNEL, IntakeSettings(database_url=NOWHERE)),
    "scheduling": create_scheduling(KERNEL, SchedulingSettings(database_url=NOWHERE)),
    "reporting": create_reporting(KERNEL, ReportingSettings(database_url=NOWHERE)),
}
KINDS: dict[str, list[ProblemKind]] = {name: [*app.state.kernel.kinds] for name, app in APPLICATIONS.items()}
WORDS_OF_PROGRAMS = re.compile(
    r"`|https?:|_|\b(JSON|UUID|ETag|If-Match|Idempotency-Key|ASCII|HTTP|API|bytes?|headers?(en)?|members?|parameters?"
    r"|parametre|requests?|forespørgs\w*|strings?|null|true|false|objekt(et)?|objects?|version \d+|/\w+)\b"
)
PLACEHOLDER = re.compile(r"\{\w+\}")
START = {"da": "Gå til forsiden", "en": "Go to the start page"}

every_service = pytest.mark.parametrize("service", APPLICATIONS)
in_both_languages = pytest.mark.parametrize("language", LANGUAGES)


class Main(HTMLParser):
    """What stands on the part of a page that is its own: its words, and its links by their address."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words = ""
        self.links: dict[str, str] = {}
        self._inside = False
        self._link: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = self._inside or tag == "main"
        if tag == "a" and self._inside:
            self._link = dict(attrs)["href"]

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "main"
        self._link = None if tag == "a" else self._link

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.words += f" {data.strip()}"
            if self._link is not None:
                self.links[self._link] = data


def asked(
    app: FastAPI, path: str, language: Language, *, role: Role | None = None, method: str = "GET", came_from: str = ""
) -> Request:
    """A browser's request, as it reaches what answers it."""
    headers = [(b"accept", b"text/html,application/xhtml+xml,*/*;q=0.8"), (b"host", b"praksis.test")]
    if role is not None:
        sessions = app.state.kernel.sessions
        token = sessions.issue(Identity(f"test:{role}", "", frozenset({role}), None), Audience.PROGRAMS)
        headers.append((b"authorization", f"Bearer {token}".encode()))
    if came_from:
        headers.append((b"referer", came_from.encode()))
    scope = {
        "type": "http", "method": method, "path": path, "query_string": b"", "headers": headers, "app": app,
        "scheme": "http", "server": ("praksis.test", 80), "state": {"language": language},
    }  # fmt: skip
    return Request(scope)


def shown(request: Request, kind: ProblemKind, detail: Text | None = None) -> Main:
    """The page of a problem. Nobody who has not signed in is shown one: they are asked to sign in."""
    return Main(bytes(respond(request, Problem(kind.slug, kind.status, detail)).body).decode())


@every_service
@in_both_languages
def test_every_kind_has_a_sentence_for_people(service: str, language: Language) -> None:
    catalogue = APPLICATIONS[service].state.kernel.catalogue
    for kind in KINDS[service]:
        said = [catalogue.translate(text, language) for text in (kind.title, kind.explanation, kind.sentence) if text]
        words = [WORDS_OF_PROGRAMS.findall(PLACEHOLDER.sub("", each)) for each in said]
        assert (kind.slug, words, said[1].endswith(".")) == (kind.slug, [[] for _ in said], True)
        if language == "da":
            assert said[:2] != [kind.title.message, kind.explanation.message]


@every_service
@in_both_languages
def test_every_kind_leads_on(service: str, language: Language) -> None:
    for kind in KINDS[service]:
        for role in (None, Role.APPLICANT, Role.CASEWORKER, Role.OPERATOR):
            if kind.status == 401 or (role is None and kind.status == 403):
                continue  # whoever has not signed in is led to the sign-in page at once
            page = shown(asked(APPLICATIONS[service], "/somewhere", language, role=role), kind)
            assert [label for label in page.links.values() if label != START[language]] != [], (kind.slug, role)
            assert WORDS_OF_PROGRAMS.findall(page.words) == [], kind.slug


@every_service
def test_the_way_of_a_kind_is_a_page_in_the_menu(service: str) -> None:
    menu = {entry.path for entry in APPLICATIONS[service].state.kernel.pages.navigation}
    assert {kind.way for kind in KINDS[service] if kind.way} - menu == set()


@every_service
@in_both_languages
def test_only_its_own_page_says_what_programs_read(service: str, language: Language) -> None:
    catalogue = APPLICATIONS[service].state.kernel.catalogue
    for kind in KINDS[service]:
        if kind.members is not None:
            request = asked(APPLICATIONS[service], "/somewhere", language, role=Role.ADMINISTRATOR)
            assert catalogue.translate(kind.members, language) not in shown(request, kind).words


# Where the links lead

INTAKE = APPLICATIONS["intake"]
UNKNOWN = next(kind for kind in KINDS["intake"] if kind.slug == "unknown-application")
STALE = next(kind for kind in KINDS["intake"] if kind.slug == "stale-version")
A_CASE = "/applications/0190b4de-1111-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("came_from", "expected"),
    [
        (f"http://praksis.test{A_CASE}?lang=da", f"{A_CASE}?lang=da"),
        ("http://praksis.test/gatherings", "/gatherings"),
        ("http://elsewhere.test/gatherings", A_CASE),
        ("http://praksis.test//elsewhere.test", A_CASE),
        (r"http://praksis.test/\elsewhere.test", A_CASE),
        ("http://praksis.test/sign-in?next=/", A_CASE),
        ("", A_CASE),
        ("nonsense", A_CASE),
    ],
)
def test_a_form_leads_back_to_where_it_was(came_from: str, expected: str) -> None:
    request = asked(INTAKE, f"{A_CASE}/acceptance", "da", role=Role.CASEWORKER, method="POST", came_from=came_from)
    assert next(iter(shown(request, STALE).links)) == expected


@pytest.mark.parametrize("path", ["//elsewhere.test/", "///elsewhere.test", "//elsewhere.test/applications"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_link_of_a_page_leads_to_another_server_whatever_was_asked_for(path: str, method: str) -> None:
    answer = respond(asked(INTAKE, path, "en", role=Role.CASEWORKER, method=method), Problem("not-found", 404))
    page = bytes(answer.body).decode()
    assert "elsewhere.test" not in page
    assert 'href="/?lang=da"' in page
    assert "Go to the page that this is about" not in Main(page).links.values()


def test_a_page_does_not_lead_back_to_itself() -> None:
    request = asked(INTAKE, A_CASE, "en", role=Role.CASEWORKER, came_from=f"http://praksis.test{A_CASE}")
    assert shown(request, UNKNOWN).links == {"/applications": "Go to Applications", "/": "Go to the start page"}


@pytest.mark.parametrize("role", [None, *Role])
def test_nobody_is_led_to_what_they_may_not_open(role: Role | None) -> None:
    menu = INTAKE.state.kernel.pages.navigation
    identity = role and Identity("test", "", frozenset({role}), None)
    forbidden = {entry.path for entry in menu if not entry.is_for(identity)} - {"/"}
    for kind in KINDS["intake"]:
        if kind.status not in (401, 403):
            request = asked(INTAKE, f"{A_CASE}/agreement", "da", role=role, method="POST")
            assert forbidden & shown(request, kind).links.keys() == set()


# What is said beside the fields of forms


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("error", sorted({*_SENTENCES, *_FOR_PEOPLE} - {"datetime_parsing", "timezone_aware"}))
def test_what_is_wrong_with_a_field_is_said_to_people(error: str, language: Language) -> None:
    said = INTAKE.state.kernel.catalogue.translate(sentence_for_people({"type": error}), language)
    assert not WORDS_OF_PROGRAMS.search(PLACEHOLDER.sub("", said)), said
