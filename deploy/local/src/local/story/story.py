"""The eleven steps, from the programmes to the trace of one application."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import httpx

from local.story import cast
from local.story.client import wait_for
from local.story.course import CourseOnStage
from local.story.stage import Stage
from local.story.traces import Span, SpanReceiver, roots
from shared.office import OFFICE

NOTHING = {"submitted": 0, "refused": 0, "accepted": 0, "agreed": 0, "running": 0, "completed": 0}
STORY_ADDS = {
    "long-course": {"submitted": 1, "refused": 4, "accepted": 1, "agreed": 1, "running": 0, "completed": 1},
    "short-course": {"submitted": 1, "refused": 1, "accepted": 0, "agreed": 0, "running": 0, "completed": 0},
}
"""What one telling of the story adds to the pipeline."""


class Story:
    """Plays against running services; can be played again over its own data.

    `interrupt` is called with the number of each step while that step is under way: fault tests kill processes there.
    """

    def __init__(self, stage: Stage, spans: SpanReceiver, interrupt: Callable[[int], None] = lambda step: None) -> None:
        self.stage = stage
        self.teller = stage.teller
        self.spans = spans
        self.interrupt = interrupt
        self._daycares: dict[str, str] = {}
        self._before: dict[str, dict[str, int]] = {}
        self._round: dict[str, Any] = {}
        self._application: dict[str, Any] = {}
        self._accepted_on = date.min
        self._trace_id = ""

    def play(self, *, traced: bool = True) -> dict[str, Any]:
        """Tell the whole story; returns the final report of it. Raises `Unexpected` or `NeverHappened`.

        Without `traced` it ends before the trace: a process that is killed loses the spans that it had not yet sent.
        """
        steps = (
            self._programmes,
            self._open_round,
            self._apply,
            self._be_refused,
            self._short_course,
            self._accept,
            self._agree,
            self._complete_start,
            self._complete_course,
        )
        try:
            for number, step in enumerate(steps, start=1):
                step(number)
            report = self._report(10)
            if traced:
                self._show_trace(11)
        finally:
            self.stage.leave()
        return report

    def _programmes(self, number: int) -> None:
        self.teller.step(number, "Programmes are loaded from versioned YAML")
        expected = {
            "learning-day",
            "long-course",
            "mini-course",
            "national-conference",
            "one-year-course",
            "short-course",
            "theme-day",
            "toolkit-training",
        }
        self.interrupt(number)
        found = wait_for("the programmes are published", lambda: self._offered(expected))
        self.teller.expect("programmes", {programme["slug"] for programme in found}, expected)
        for programme in found:
            until = programme["valid_until"] or "…"
            self.teller.happened(
                f"{programme['names']['da']} v{programme['version']}, {programme['valid_from']} – {until}"
            )
        self._before = self._pipeline()
        if applications := sum(line["submitted"] + line["refused"] for line in self._before.values()):
            self.teller.happened(f"the data of earlier runs is here: {applications} applications")

    def _offered(self, expected: set[str]) -> list[dict[str, Any]] | None:
        found: list[dict[str, Any]] = self.stage.person(cast.CASEWORKER).get("intake", "programmes")
        own = [programme for programme in found if programme["slug"] in expected]  # others may have added theirs
        return own if {programme["slug"] for programme in own} == expected else None

    def _open_round(self, number: int) -> None:
        self.teller.step(number, "A round for the long course opens")
        self._register_corps()
        today = self.stage.today
        wish = {"programme": "long-course", "opens_on": str(today), "deadline": str(today + timedelta(days=21))}
        answer = self.stage.person(cast.COORDINATOR).post("intake", "rounds", wish)
        self.interrupt(number)
        self._round = self.stage.success(answer, 201)
        closes = datetime.combine(today + timedelta(days=22), time(), OFFICE)
        self.teller.expect("the round closes", datetime.fromisoformat(self._round["closes_at"]), closes)
        self.teller.happened(f"applications are taken until {self._round['deadline']} 23:59:59 in Copenhagen")

    def _register_corps(self) -> None:
        coordinator = self.stage.person(cast.COORDINATOR)
        known = {consultant["name"] for consultant in coordinator.get("scheduling", "consultants")}
        for name, skills in cast.CORPS.items():
            if name not in known:
                self.stage.success(coordinator.post("scheduling", "consultants", {"name": name, "skills": skills}), 201)
        self.teller.happened(f"the corps has {len(coordinator.get('scheduling', 'consultants'))} consultants")

    def _apply(self, number: int) -> None:
        self.teller.step(number, "Vordingborg applies with three daycares")
        self._register(cast.APPLICANT, *(name for name in cast.DAYCARES if name != "private"))
        answer = self._send(self._long("nursery", "integrated", "childminding"))
        self.interrupt(number)
        self._application = self.stage.success(answer, 201)
        self.teller.expect("status", self._application["status"], "submitted")
        verdicts = self._application["verdicts"]
        self.teller.expect("every rule is met", {verdict["passed"] for verdict in verdicts}, {True})
        of_daycares = {verdict["daycare_id"] for verdict in verdicts if verdict["daycare_id"]}
        self.teller.expect("daycares with verdicts", of_daycares, set(self._application["daycares"]))
        self.teller.happened(f"submitted, {len(verdicts)} verdicts, for example:")
        for verdict in (verdicts[-1], verdicts[-4]):
            self.teller.quoted("da", verdict["texts"]["da"])

    def _register(self, name: str, *daycares: str) -> None:
        person = self.stage.person(name)
        known = {each["p_number"]: each["id"] for each in person.get("intake", "daycares")}
        for called in daycares:
            daycare = cast.DAYCARES[called]
            id = known.get(daycare["p_number"])
            if id is None:
                id = self.stage.success(person.post("intake", "daycares", daycare), 201)["id"]
            self._daycares[called] = id

    def _be_refused(self, number: int) -> None:
        self.teller.step(number, "Refused, in plain words")
        self._refused("one daycare", self._long("second nursery"), {("daycare_count", None)})
        kindergarten = ("young_children", self._daycares["kindergarten"])
        self._refused("a kindergarten for 3–6 only", self._long("second nursery", "kindergarten"), {kindergarten})
        alone = self._long("second nursery", applicant_kind="daycare")
        self._refused("a daycare alone", alone, {("applicant", None), ("daycare_count", None)})
        self._register(cast.LEADER, "private")
        self.interrupt(number)
        too_long = cast.short_course(self._daycares["private"], hours=24)
        self._refused("a short course of 24 hours", too_long, {("hour_cap", None)}, cast.LEADER)
        self.stage.clock.move_to(datetime.fromisoformat(self._round["closes_at"]))
        too_late = self._long("second nursery", "integrated")
        twice = ("one_application", self._daycares["integrated"])
        self._refused(
            "after the deadline, with a daycare that takes part already", too_late, {("deadline", None), twice}
        )

    def _refused(
        self, what: str, wish: object, expected: set[tuple[str, str | None]], name: str = cast.APPLICANT
    ) -> None:
        answer = self.stage.person(name).post("intake", "applications", wish)
        self.teller.expect(f"{what}: status", answer.status_code, 422)
        problem = answer.json()
        self.teller.expect(f"{what}: type", problem["type"], "/problems/application-refused")
        refusals = {(each["rule"], each["daycare_id"]) for each in problem["refusals"]}
        self.teller.expect(f"{what}: rules", refusals, expected)
        self.teller.happened(what)
        for refusal in problem["refusals"]:
            for language in ("da", "en"):
                self.teller.quoted(language, refusal["texts"][language])

    def _short_course(self, number: int) -> None:
        self.teller.step(number, "A private daycare's short course of 20 hours is taken at any time")
        wish = cast.short_course(self._daycares["private"], hours=20)
        answer = self.stage.person(cast.LEADER).post("intake", "applications", wish)
        self.interrupt(number)
        self.teller.expect("status", self.stage.success(answer, 201)["status"], "submitted")
        self.teller.happened("submitted, with no round and after the deadline of the other programme")

    def _accept(self, number: int) -> None:
        self.teller.step(number, "A caseworker accepts")
        path = f"applications/{self._application['id']}/acceptance"
        answer = self.stage.person(cast.CASEWORKER).post("intake", path, version=self._application["version"])
        self.interrupt(number)
        self.teller.expect("status", self.stage.success(answer, 200)["status"], "accepted")
        self._accepted_on = self.stage.today
        self.teller.happened("accepted; the course opens when both parties have signed an agreement")

    def _agree(self, number: int) -> None:
        self.teller.step(number, "Both parties sign the agreement; scheduling opens the course and forms a pair")
        body = {"application_id": self._application["id"]}
        answer = self.stage.person(cast.CASEWORKER).post("intake", "agreements", body)
        agreement = self.stage.success(answer, 201)
        for party, name in (("the applicant", cast.APPLICANT), ("the office", cast.COORDINATOR)):
            answer = self.stage.person(name).post(
                "intake", f"agreements/{agreement['id']}/signature", version=agreement["version"]
            )
            agreement = self.stage.success(answer, 200)
            self.teller.happened(f"{party} has signed")
        self.interrupt(number)
        self._trace_id = answer.headers["traceresponse"].split("-")[1]
        course = wait_for("scheduling opens the course", self._find_course)
        self._course = CourseOnStage(self.stage, course["id"], tuple(self._application["daycares"]))
        self.teller.expect("start of the course", course["phases"][0]["planned_start"], agreement["starts_on"])
        months = [_months(phase["planned_start"], phase["planned_end"]) for phase in course["phases"]]
        self.teller.expect("months of the phases", months, [3, 12, 3])
        skills = {consultant["id"]: consultant["skills"] for consultant in self._corps()}
        self.teller.expect("consultants in the team", len(set(course["team"])), 2)
        covered = {skill for consultant in course["team"] for skill in skills[consultant]}
        self.teller.expect("skills that nobody covers", set(course["skills"]) - covered, set())
        self.teller.happened(
            f"the course runs {course['phases'][0]['planned_start']} – {course['phases'][2]['planned_end']}"
        )
        self.teller.happened(f"two consultants together cover {', '.join(course['skills'])}")

    def _corps(self) -> list[dict[str, Any]]:
        corps: list[dict[str, Any]] = self.stage.person(cast.COORDINATOR).get("scheduling", "consultants")
        return corps

    def _find_course(self) -> dict[str, Any] | None:
        courses = self.stage.person(cast.COORDINATOR).get("scheduling", "courses")
        return next((each for each in courses if each["application_id"] == self._application["id"]), None)

    def _complete_start(self, number: int) -> None:
        self.teller.step(number, "The start phase waits for the observations and the survey")
        self._course.go_to_start()
        self._course.go_to_end_of("start")
        answer = self._course.complete("start")
        self.teller.expect("status while something is owed", answer.status_code, 409)
        self.teller.expect("why", answer.json()["type"], "/problems/phase-owes")
        self.teller.quoted("da", answer.json()["texts"]["da"])
        self._course.observe("start")
        self.interrupt(number)
        self._course.survey("start")
        self._course.wait_until_delivered("start")
        self.stage.success(self._course.complete("start"), 200)
        self.teller.happened("reporting has told scheduling: three observations and the survey are in; PhaseCompleted")

    def _complete_course(self, number: int) -> None:
        self.teller.step(number, "A simulated clock carries the course through its 18 months")
        self._course.go_to_end_of("advice")
        self.stage.success(self._course.complete("advice"), 200)
        self.teller.happened(f"{self.stage.today}: the advice phase is completed")
        self._course.go_to_end_of("closing")
        self._course.observe("closing")
        self.interrupt(number)
        self._course.wait_until_delivered("closing")
        completed = self.stage.success(self._course.complete("closing"), 200)
        started_on = completed["phases"][0]["started_on"]
        self.teller.expect("months of the course", _months(started_on, completed["completed_on"]), 18)
        self.teller.happened(f"{completed['completed_on']}: the course is completed")

    def _report(self, number: int) -> dict[str, Any]:
        self.teller.step(number, "Reporting shows the pipeline and the way of the course")
        self.interrupt(number)
        expected = _together(self._before, STORY_ADDS)
        way = wait_for("reporting hears that the course is completed", self._completed_way)
        wait_for("reporting has counted everything", lambda: self._pipeline() == expected)
        self.teller.expect("pipeline", self._pipeline(), expected)
        self.teller.table(
            "Pipeline", ["programme", *NOTHING], [[name, *line.values()] for name, line in self._pipeline().items()]
        )
        self.teller.expect("accepted on", way["accepted_on"], str(self._accepted_on))
        for stretch in way["stretches"]:
            self.teller.expect(f"end of {stretch['phase']}", stretch["completed_on"], stretch["planned_end"])
        self.teller.table(
            f"The way of course {self._course.id}",
            ["phase", "planned", "started", "completed"],
            [
                [
                    each["phase"],
                    f"{each['planned_start']} – {each['planned_end']}",
                    each["started_on"],
                    each["completed_on"],
                ]
                for each in way["stretches"]
            ],
        )
        return {"pipeline": self._pipeline(), "way": way}

    def _completed_way(self) -> dict[str, Any] | None:
        ways = self.stage.person(cast.CASEWORKER).get("reporting", "ways")
        return next((way for way in ways if way["course_id"] == self._course.id and way["completed_on"]), None)

    def _pipeline(self) -> dict[str, dict[str, int]]:
        found = self.stage.person(cast.CASEWORKER).get("reporting", "pipeline")["programmes"]
        return {line["programme"]: {name: line[name] for name in NOTHING} for line in found}

    def _show_trace(self, number: int) -> None:
        self.teller.step(number, "One application's trace, from its HTTP request to the last projection")
        self.interrupt(number)
        spans = wait_for("every span of the trace arrives", self._whole_trace)
        self.teller.expect("roots of the trace", len(roots(spans)), 1)
        self.teller.happened(f"trace {self._trace_id}")
        self.teller.trace(spans)

    def _whole_trace(self) -> Sequence[Span] | None:
        spans = self.spans.trace(self._trace_id)
        done = {span.name.partition(" ")[0] for span in spans}
        expected = {"POST", "publish", "count_agreed", "open_course", "lay_out_way", "note_team", "start_measuring"}
        return spans if expected <= done and len(roots(spans)) == 1 else None

    def _send(self, wish: object) -> httpx.Response:
        return self.stage.person(cast.APPLICANT).post("intake", "applications", wish)

    def _long(self, *kinds: str, applicant_kind: str = "administration") -> dict[str, Any]:
        return cast.long_course(self._round["id"], [self._daycares[kind] for kind in kinds], applicant_kind)


def _months(start: str, end: str) -> int:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return (last.year - first.year) * 12 + last.month - first.month


def _together(
    before: Mapping[str, Mapping[str, int]], added: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, int]]:
    names = sorted({*before, *added})
    return {
        name: {figure: before.get(name, NOTHING)[figure] + added.get(name, NOTHING)[figure] for figure in NOTHING}
        for name in names
    }
