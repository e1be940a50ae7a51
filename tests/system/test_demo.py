"""The demo set on the whole of Praksis: every state is there, a second loading does nothing, every page answers."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from whole_system import WholeSystem, whole_system

from intake.applications.model import ApplicationStatus
from local.demo.__main__ import show
from local.demo.demo import STEPS, begun, load
from local.demo.people import People
from local.demo.tally import Tally, count
from local.postgres import PrivatePostgres
from local.rabbitmq import PrivateRabbitMQ
from local.story.telling import Unexpected
from shared.identity import LocalPersonas

COUNTED = {
    "applications, decided": {
        "accepted": 4,
        "agreed": 5,
        "declined": 3,
        "refused": 4,
        "waitlisted": 2,
        "withdrawn": 2,
    },
    "applications, assessed": {"refused": 4, "submitted": 15, "withdrawn": 1},
    "applications, open": {"refused": 4, "submitted": 15, "withdrawn": 1},
    "applications, rolling": {
        "accepted": 1,
        "agreed": 2,
        "declined": 1,
        "refused": 2,
        "submitted": 4,
        "waitlisted": 1,
        "withdrawn": 1,
    },
    "refusals, by rule": {
        "applicant": 3,
        "daycare_count": 5,
        "deadline": 1,
        "hour_cap": 1,
        "hours_stated": 1,
        "one_application": 1,
        "round_open": 1,
        "young_children": 3,
    },
    "rules set aside": {"daycare_count": 1},
    "late entries": {"used": 1},
    "assessments": {
        "assessed": 23,
        "not taken on": 20,
        "one is in": 1,
        "reviewers disagree": 1,
        "somebody stepped back": 1,
        "taken on": 2,
    },
    "prepared decisions": {"accept": 2, "decline": 1, "waitlist": 1},
    "letters": {"approved": 7, "draft": 26, "superseded": 4},
    "agreements, by signatures": {"0": 1, "1": 1, "2": 7},
    "courses, by phase": {"advice": 3, "start": 4},
    "daycares in another's place": {"joined": 1},
    "drafts": {"begun": 2, "empty": 1, "ready": 2},
    "questions": {"answered": 3, "waiting": 1},
    "gatherings": {"announced": 2, "cancelled": 1, "held": 1},
    "registrations": {"confirmed": 6, "offered": 3, "waiting": 2},
    "interest lists": {"learning-day": 2, "toolkit-training": 3},
}


@pytest.fixture(scope="module")
def whole(postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ, servers_folder: Path) -> Iterator[WholeSystem]:
    with whole_system(postgres, rabbitmq, servers_folder / "demo", "demo") as running:
        yield running


@pytest.fixture(scope="module")
def loaded(whole: WholeSystem) -> Tally:
    told: list[str] = []
    with closing(People(whole.system.urls)) as people:
        assert load(people, whole.clock, told.append)
        assert people.repeated == 0
        assert told == list(STEPS)
        return count(people)


def test_so_many_are_in_each_state(loaded: Tally) -> None:
    assert loaded == COUNTED


def test_there_are_sixty_applications_in_three_rounds_and_every_status(loaded: Tally) -> None:
    rounds = [loaded[f"applications, {name}"] for name in ("decided", "assessed", "open")]
    assert [sum(states.values()) for states in rounds] == [20, 20, 20]
    statuses = {status for what, states in loaded.items() if what.startswith("applications") for status in states}
    assert statuses == set(ApplicationStatus)


def test_nothing_has_failed_on_the_way(whole: WholeSystem, loaded: Tally) -> None:
    assert loaded
    assert whole.parked() == {"intake": [], "scheduling": [], "reporting": []}


def test_a_second_loading_does_nothing_and_says_so(
    whole: WholeSystem, loaded: Tally, capsys: pytest.CaptureFixture[str]
) -> None:
    before = whole.facts()
    assert show(whole.system.urls, whole.clock, Console(stderr=True), as_json=True)
    printed = capsys.readouterr()
    assert json.loads(printed.out) == loaded
    assert "loaded already, and nothing was done" in printed.err
    assert whole.facts() == before


def test_a_loading_that_broke_off_is_taken_up_without_doing_anything_twice(whole: WholeSystem, loaded: Tally) -> None:
    before = whole.facts()
    with closing(People(whole.system.urls)) as people:
        loading, _ = begun(people, whole.clock)
        for step in STEPS.values():
            step(loading)
        assert people.done == 0
        assert people.repeated > 250
        assert count(people) == loaded
    assert whole.facts() == before


def test_an_answer_other_than_expected_ends_the_loading_with_what_was_said(whole: WholeSystem, loaded: Tally) -> None:
    assert loaded
    with closing(People(whole.system.urls)) as people, pytest.raises(Unexpected, match=r"404.*unknown-application"):
        people.do("clara", "applications/01990000-0000-7000-8000-000000000000/acceptance", version=1)


SAMPLED = 4
STAFF = [choice.value for choice in LocalPersonas("development").begin("/")]


@pytest.mark.parametrize("service", ["intake", "scheduling", "reporting"])
@pytest.mark.parametrize("who", [*STAFF, "municipality:0101", "municipality:0957"])
def test_every_page_of_the_menu_answers(whole: WholeSystem, loaded: Tally, who: str, service: str) -> None:
    assert loaded
    with visitor(whole, service, who) as browser:
        start = browser.get("/")
        assert start.status_code == 200
        menu = links(start.text.partition("<main")[0]) - {"/sign-out"}
        assert {path: browser.get(path).status_code for path in menu} == dict.fromkeys(menu, 200)


def test_pages_of_every_kind_that_a_caseworker_is_led_to_answer(whole: WholeSystem, loaded: Tally) -> None:
    assert loaded
    with visitor(whole, "intake", "clara") as browser:
        found = {path for each in links(browser.get("/").text) for path in links(browser.get(each).text)}
        by_kind: dict[str, list[str]] = defaultdict(list)
        for path in sorted(found):
            by_kind[re.sub(r"[0-9a-f-]{36}", "{id}", path)].append(path)
        assert {"/applications/{id}", "/assessments/{id}", "/rounds/{id}"} <= set(by_kind)
        pages = [path for kind in by_kind.values() for path in kind[:: max(1, len(kind) // SAMPLED)]]
        assert {path: status for path in pages if (status := browser.get(path).status_code) != 200} == {}


def visitor(whole: WholeSystem, service: str, who: str) -> httpx.Client:
    """Somebody who has signed in and looks at pages."""
    urls = whole.system.urls
    token = httpx.post(f"{urls['intake']}/api/v1/sign-in", json={"name": who}, trust_env=False).json()["token"]
    return httpx.Client(
        base_url=urls[service],
        headers={"Authorization": f"Bearer {token}", "Accept": "text/html"},
        trust_env=False,
        timeout=30,
        follow_redirects=True,
    )


def links(page: str) -> set[str]:
    """Where a page leads within its service."""
    return {path.partition("?")[0] for path in re.findall(r'<a [^>]*href="(/[^"#]*)', page)}
