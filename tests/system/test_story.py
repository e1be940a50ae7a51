"""The story is the test of the whole: it holds every outcome against what it expects while it is played."""

import re
from collections.abc import Mapping

import httpx
from whole_system import PlayedStory

from local.story.client import wait_for
from local.story.traces import Span, SpanReceiver, roots
from shared.identity import PERSONAS


def test_the_report_says_what_happened(played: PlayedStory) -> None:
    way = played.report["way"]
    assert played.report["pipeline"] == {
        "long-course": {"submitted": 1, "refused": 4, "accepted": 1, "agreed": 1, "running": 0, "completed": 1},
        "short-course": {"submitted": 1, "refused": 1, "accepted": 0, "agreed": 0, "running": 0, "completed": 0},
    }
    assert (way["submitted_on"], way["accepted_on"], way["opened_on"]) == ("2030-03-04", "2030-03-26", "2030-03-26")
    assert [(each["phase"], each["started_on"], each["completed_on"]) for each in way["stretches"]] == [
        ("start", "2030-05-01", "2030-08-01"),
        ("advice", "2030-08-01", "2031-08-01"),
        ("closing", "2031-08-01", "2031-11-01"),
    ]
    assert way["completed_on"] == "2031-11-01"


def test_the_facts_are_these_and_no_more(played: PlayedStory) -> None:
    counted = {type_name: int(number) for rows in played.facts.values() for type_name, number, *_ in rows}
    assert counted == {
        "dk.praksis.intake.ProgrammePublished.v1": 8,
        "dk.praksis.intake.RoundOpened.v1": 1,
        "dk.praksis.intake.DeadlineApproached.v1": 1,
        "dk.praksis.intake.RoundClosed.v1": 1,
        "dk.praksis.intake.ApplicationSubmitted.v1": 2,
        "dk.praksis.intake.ApplicationRefused.v1": 5,
        "dk.praksis.intake.ApplicationAccepted.v1": 1,
        "dk.praksis.intake.AgreementSigned.v1": 1,
        "dk.praksis.scheduling.CourseOpened.v1": 1,
        "dk.praksis.scheduling.TeamAssigned.v1": 1,
        "dk.praksis.scheduling.PhaseStarted.v1": 3,
        "dk.praksis.scheduling.PhaseCompleted.v1": 3,
        "dk.praksis.scheduling.CourseCompleted.v1": 1,
        "dk.praksis.reporting.ObservationRecorded.v1": 6,
        "dk.praksis.reporting.SurveyClosed.v1": 1,
    }
    assert played.whole.parked() == {"intake": [], "scheduling": [], "reporting": []}


SIGNED = "POST /api/v1/agreements/{id}/signature"
"""The last signature is the request that everything else follows from."""


def whole_trace(spans: SpanReceiver) -> list[Span] | None:
    """The trace of the last signature, once what reporting does of it has arrived and no span lacks its parent."""
    traces = [spans.trace(span.trace_id) for span in spans.all() if span.name == SIGNED]
    opened = [trace for trace in traces if any(span.name.startswith("open_course ") for span in trace)]
    whole = [trace for trace in opened if len(roots(trace)) == 1 and len(done_by_reporting(trace)) == 7]
    return whole[0] if whole else None


def done_by_reporting(trace: list[Span]) -> list[str]:
    return sorted(span.name.partition(" ")[0] for span in trace if span.service == "praksis-reporting worker")


def test_an_application_is_one_trace_through_every_process(played: PlayedStory) -> None:
    trace = wait_for("every span of the trace arrives", lambda: whole_trace(played.whole.spans))
    assert [root.name for root in roots(trace)] == [SIGNED]
    assert {span.service for span in trace} == {
        "praksis-intake web",
        "praksis-intake worker",
        "praksis-scheduling worker",
        "praksis-reporting worker",
    }
    assert done_by_reporting(trace) == [
        "count_agreed",
        "count_opened",
        "lay_out_way",
        "measure_course",
        "note_start",
        "note_team",
        "start_measuring",
    ]


TYPED = ("Rigmor Typed", "rigmor@typed.example", "203.0.113.77", "her-own-browser")
PERSONAL = {*TYPED, *(person.name for person in PERSONAS), *(f"local:{person.key}" for person in PERSONAS)}
"""Who the story's people are, and what somebody types, and comes from and with."""


def typed_by_somebody(urls: Mapping[str, str]) -> None:
    """Ask for pages in every way in which something of oneself goes along, also where it is refused."""
    name, address, client, browser = TYPED
    headers = {"User-Agent": browser, "X-Forwarded-For": client, "Idempotency-Key": address}
    for url in urls.values():
        with httpx.Client(base_url=url, headers=headers, trust_env=False) as asking:
            asking.get("/applications", params={"q": name})
            asking.get(f"/{address}/{name}")
            asking.post("/api/v1/sign-in", json={"name": name})
            asking.post("/api/v1/sign-in", content=f'{{"name": "{name}'.encode())
            asking.post("/sign-in", data={"_csrf": address, "name": name})
            asking.get("/", headers={"Authorization": f"Bearer {name}", "Cookie": f"praksis_session={address}"})


def test_no_span_and_no_line_of_a_log_of_the_whole_story_tells_of_a_person(played: PlayedStory) -> None:
    before = len(played.whole.spans.all())
    typed_by_somebody(played.whole.system.urls)
    asked = 6 * len(played.whole.system.urls)
    wait_for("the spans of these requests arrive", lambda: len(played.whole.spans.all()) >= before + asked or None)
    spans = [span.told for span in played.whole.spans.all()]
    lines = {file.name: file.read_text() for file in played.whole.system.state.logs.glob("*-w*.log")}
    assert {*lines} == {f"{service}-{role}.log" for service in played.facts for role in ("web", "worker")}
    assert all('"event": "security"' in lines[f"{service}-web.log"] for service in played.facts)
    assert {each for text in (*spans, *lines.values()) for each in PERSONAL if each in text} == set()
    told_of_clients = re.compile(r"client_ip|\.peer\.|user_agent|client\.address|http\.host|127\.0\.0\.1")
    assert [text for text in spans if told_of_clients.search(text)] == []
