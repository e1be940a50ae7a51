"""Reporting's API, after the events that lead to it."""

import asyncio
import json
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from arriving import Arriving, told
from service_under_test import ServiceUnderTest, everybody_but, published_programmes

from reporting.worker import handlers
from shared.contracts.base import Event
from shared.contracts.intake.agreements import AgreementSigned
from shared.contracts.intake.applications import (
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationRefused,
    ApplicationSubmitted,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
)
from shared.contracts.scheduling.courses import (
    CourseCompleted,
    CourseOpened,
    CoursePhase,
    DaycareReplaced,
    PhaseCompleted,
    PhaseStarted,
    TeamAssigned,
)
from shared.contracts.vocabulary import Instrument, Names, Requirement, Scope
from shared.errors import NotHeardOf
from shared.office import OFFICE, office_date

COURSES = "/api/v1/courses"
DAYCARES = (UUID(int=1), UUID(int=2), UUID(int=3))
OPENED_ON = date(2024, 1, 31)
MOMENT = datetime(2024, 5, 3, 12, 30, tzinfo=UTC)
READERS = ("caseworker", "coordinator", "consultant", "evaluator", "administrator")
PER_DAYCARE = Requirement(instrument=Instrument.OBSERVATION, per=Scope.DAYCARE)
PER_COURSE = Requirement(instrument=Instrument.LEADERSHIP_SURVEY, per=Scope.COURSE)
PHASES = (
    CoursePhase(
        name="start",
        names=Names(da="Opstart", en="Start"),
        starts_on=date(2024, 1, 31),
        ends_on=date(2024, 4, 30),
        owes=(PER_DAYCARE, PER_COURSE),
    ),
    CoursePhase(
        name="advice",
        names=Names(da="Rådgivning", en="Advice"),
        starts_on=date(2024, 4, 30),
        ends_on=date(2025, 4, 30),
    ),
    CoursePhase(
        name="closing",
        names=Names(da="Afslutning", en="Closing"),
        starts_on=date(2025, 4, 30),
        ends_on=date(2025, 7, 31),
        owes=(PER_DAYCARE,),
    ),
)


class Story:
    """One application and its course, as intake and scheduling tell of them."""

    def __init__(self, programme: str = "long-course") -> None:
        self.application_id, self.course_id = uuid4(), uuid4()
        self._case = {
            "application_id": self.application_id,
            "programme": programme,
            "programme_version": 1,
            "municipality": "0390",
        }

    def submitted(self, on: date = date(2024, 1, 10)) -> ApplicationSubmitted:
        facts = {**self._case, "round_id": uuid4(), "daycares": DAYCARES, "on": on}
        return ApplicationSubmitted.model_validate(facts)

    def refused(self, on: date = date(2024, 1, 10)) -> ApplicationRefused:
        return ApplicationRefused.model_validate({**self._case, "rules": ("daycare_count",), "on": on})

    def accepted(self, on: date = OPENED_ON) -> ApplicationAccepted:
        facts = {**self._case, "daycares": DAYCARES, "skills": (), "hours": None, "on": on}
        return ApplicationAccepted.model_validate(facts)

    def waitlisted(self, on: date = OPENED_ON) -> ApplicationWaitlisted:
        return ApplicationWaitlisted.model_validate({**self._case, "on": on})

    def declined(self, on: date = OPENED_ON) -> ApplicationDeclined:
        return ApplicationDeclined.model_validate({**self._case, "on": on})

    def withdrawn(self, on: date = OPENED_ON) -> ApplicationWithdrawn:
        return ApplicationWithdrawn.model_validate({**self._case, "on": on})

    def agreed(self, on: date = OPENED_ON) -> AgreementSigned:
        terms = {"agreement_id": uuid4(), "daycares": DAYCARES, "skills": (), "hours": None, "starts_on": on}
        return AgreementSigned.model_validate({**self._case, **terms, "on": on})

    def opened(self, on: date = OPENED_ON) -> CourseOpened:
        facts = {**self._case, "course_id": self.course_id, "daycares": DAYCARES, "phases": PHASES, "on": on}
        return CourseOpened.model_validate(facts)

    def team_assigned(self, on: date = OPENED_ON) -> TeamAssigned:
        return TeamAssigned(course_id=self.course_id, consultants=(uuid4(), uuid4()), on=on)

    def started(self, phase: str, on: date = OPENED_ON) -> PhaseStarted:
        return PhaseStarted(course_id=self.course_id, phase=phase, on=on)

    def ended(self, phase: str, on: date = date(2024, 4, 30)) -> PhaseCompleted:
        return PhaseCompleted(course_id=self.course_id, phase=phase, on=on)

    def completed(self, on: date = date(2025, 7, 31)) -> CourseCompleted:
        return CourseCompleted(course_id=self.course_id, on=on)


async def running(service: ServiceUnderTest) -> str:
    """The id of a course whose start phase is running."""
    story = Story()
    await service.happen(handlers, story.opened(), story.started("start"))
    return str(story.course_id)


async def observe(
    service: ServiceUnderTest, course: str, name: str = "eva", *, key: str = "", language: str = "en", **changes: Any
) -> httpx.Response:
    body = {"phase": "start", "daycare_id": str(DAYCARES[0]), "on": str(OPENED_ON)} | changes
    return await service.post(f"{COURSES}/{course}/observations", body, name, key=key, language=language)


async def survey(
    service: ServiceUnderTest, course: str, name: str = "eva", *, key: str = "", language: str = "en", **changes: Any
) -> httpx.Response:
    body = {"phase": "start", "instrument": "leadership_survey", "on": str(OPENED_ON)} | changes
    return await service.post(f"{COURSES}/{course}/surveys", body, name, key=key, language=language)


async def instruments(service: ServiceUnderTest, course: str) -> dict[str, Any]:
    found: dict[str, Any] = (await service.get(f"{COURSES}/{course}/instruments", "frida")).json()
    return found


async def pipeline(service: ServiceUnderTest) -> dict[str, tuple[int, ...]]:
    """Submitted, refused, accepted, running and completed, by programme."""
    return await counted(service, "submitted", "refused", "accepted", "running", "completed")


async def counted(service: ServiceUnderTest, *figures: str) -> dict[str, tuple[int, ...]]:
    lines = (await service.get("/api/v1/pipeline", "clara")).json()["programmes"]
    return {line["programme"]: tuple(line[figure] for figure in figures) for line in lines}


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("type", "").removeprefix("/problems/")


# The pipeline


async def test_nobody_has_applied_at_first(reporting_service: ServiceUnderTest) -> None:
    answer = await reporting_service.get("/api/v1/pipeline", "clara")
    assert answer.json() == {"as_of": None, "failed": 0, "programmes": []}
    assert (await reporting_service.get("/api/v1/ways", "clara")).json() == []


async def test_the_pipeline_is_as_of_when_all_had_come_and_tells_what_has_failed(
    reporting_service: ServiceUnderTest,
) -> None:
    await reporting_service.stand_at(MOMENT, failed=1)
    answer = (await reporting_service.get("/api/v1/pipeline", "clara")).json()
    assert (datetime.fromisoformat(answer["as_of"]), answer["failed"]) == (MOMENT, 1)


async def test_the_pipeline_counts_how_far_applications_have_come(reporting_service: ServiceUnderTest) -> None:
    service, long, short, refused = reporting_service, Story(), Story("short-course"), Story("short-course")
    steps: list[tuple[Event, dict[str, tuple[int, ...]]]] = [
        (long.submitted(), {"long-course": (1, 0, 0, 0, 0)}),
        (refused.refused(), {"long-course": (1, 0, 0, 0, 0), "short-course": (0, 1, 0, 0, 0)}),
        (short.submitted(), {"long-course": (1, 0, 0, 0, 0), "short-course": (1, 1, 0, 0, 0)}),
        (long.accepted(), {"long-course": (1, 0, 1, 0, 0), "short-course": (1, 1, 0, 0, 0)}),
        (long.opened(), {"long-course": (1, 0, 1, 1, 0), "short-course": (1, 1, 0, 0, 0)}),
        (long.completed(), {"long-course": (1, 0, 1, 0, 1), "short-course": (1, 1, 0, 0, 0)}),
    ]
    for event, expected in steps:
        await service.happen(handlers, event)
        assert await pipeline(service) == expected


async def test_the_pipeline_counts_what_else_becomes_of_applications(reporting_service: ServiceUnderTest) -> None:
    service, figures = reporting_service, ("submitted", "waitlisted", "accepted", "declined", "withdrawn", "agreed")
    signed, declined, withdrawn = Story(), Story(), Story()
    await service.happen(handlers, *(each.submitted() for each in (signed, declined, withdrawn)))
    steps: list[tuple[Event, tuple[int, ...]]] = [
        (signed.waitlisted(), (3, 1, 0, 0, 0, 0)),
        (declined.waitlisted(), (3, 2, 0, 0, 0, 0)),
        (declined.declined(), (3, 2, 0, 1, 0, 0)),
        (signed.accepted(), (3, 2, 1, 1, 0, 0)),
        (withdrawn.accepted(), (3, 2, 2, 1, 0, 0)),
        (withdrawn.withdrawn(), (3, 2, 2, 1, 1, 0)),
        (signed.agreed(), (3, 2, 2, 1, 1, 1)),
    ]
    for event, expected in steps:
        await service.happen(handlers, event)
        assert await counted(service, *figures) == {"long-course": expected}


async def test_a_way_has_the_planned_and_the_real_dates(reporting_service: ServiceUnderTest) -> None:
    story = Story()
    events = [
        story.submitted(),
        story.accepted(),
        story.agreed(date(2024, 1, 31)),
        story.opened(),
        story.started("start"),
        story.team_assigned(date(2024, 2, 1)),
        story.ended("start", date(2024, 5, 2)),
        story.started("advice", date(2024, 5, 2)),
    ]
    await reporting_service.happen(handlers, *events)
    [way] = (await reporting_service.get("/api/v1/ways", "frida")).json()
    real = {"start": ("2024-01-31", "2024-05-02"), "advice": ("2024-05-02", None), "closing": (None, None)}
    assert way == {
        "application_id": str(story.application_id),
        "course_id": str(story.course_id),
        "programme": "long-course",
        "municipality": "0390",
        "submitted_on": "2024-01-10",
        "accepted_on": "2024-01-31",
        "agreed_on": "2024-01-31",
        "opened_on": "2024-01-31",
        "team_assigned_on": "2024-02-01",
        "completed_on": None,
        "stretches": [
            {
                "phase": phase.name,
                "names": {"da": phase.names.da, "en": phase.names.en},
                "planned_start": str(phase.starts_on),
                "planned_end": str(phase.ends_on),
                "started_on": real[phase.name][0],
                "completed_on": real[phase.name][1],
            }
            for phase in PHASES
        ],
    }


async def test_the_order_between_intake_and_scheduling_does_not_matter(reporting_service: ServiceUnderTest) -> None:
    service = reporting_service
    ways = []
    for places in combinations(range(8), 2):
        story = Story()
        told_by_intake: list[Event] = [story.submitted(), story.accepted()]
        told_by_scheduling: list[Event] = [
            story.opened(),
            story.started("start"),
            story.team_assigned(),
            story.ended("start"),
            story.started("advice", date(2024, 4, 30)),
            story.completed(),
        ]
        for place in range(8):
            await service.happen(handlers, (told_by_intake if place in places else told_by_scheduling).pop(0))
        assert (told_by_intake, told_by_scheduling) == ([], [])
        [way] = [
            way
            for way in (await service.get("/api/v1/ways", "clara")).json()
            if way["application_id"] == str(story.application_id)
        ]
        ways.append(way | {"application_id": None, "course_id": None})
    assert ways == [ways[0]] * 28
    dates = ("submitted_on", "accepted_on", "opened_on", "team_assigned_on", "completed_on")
    real = ["2024-01-10", "2024-01-31", "2024-01-31", "2024-01-31", "2025-07-31"]
    assert [ways[0][name] for name in dates] == real
    assert await pipeline(service) == {"long-course": (28, 0, 28, 0, 28)}


async def test_the_newest_way_is_listed_first(reporting_service: ServiceUnderTest) -> None:
    days = (date(2024, 3, 1), date(2024, 1, 1), date(2024, 2, 1))
    await reporting_service.happen(handlers, *(Story().opened(day) for day in days))
    ways = (await reporting_service.get("/api/v1/ways", "clara")).json()
    assert [way["opened_on"] for way in ways] == ["2024-03-01", "2024-02-01", "2024-01-01"]


async def test_news_of_a_course_that_never_opened_is_an_error_and_leaves_nothing(
    reporting_service: ServiceUnderTest,
) -> None:
    story = Story()
    stored = await reporting_service.stored()
    for event in (story.started("start"), story.ended("start"), story.team_assigned(), story.completed()):
        with pytest.raises(NotHeardOf):
            await reporting_service.happen(handlers, event)
    assert await reporting_service.stored() == stored


async def test_news_of_a_course_waits_in_its_order_until_the_course_is_heard_of(
    reporting_service: ServiceUnderTest,
) -> None:
    """In the log of another source, such as one that was restored, the course may have its first number later."""
    story = Story()
    arriving = Arriving(reporting_service.database, handlers)
    replaced = DaycareReplaced(course_id=story.course_id, left=DAYCARES[0], joined=uuid4(), on=OPENED_ON)
    opened, *news = told(
        story.opened(), story.started("start"), replaced, story.ended("start"), story.team_assigned(), story.completed()
    )
    await arriving.take_bodies(*news)
    assert await arriving.waiting() == [("retrying", "NotHeardOf: phase"), *[("waiting", None)] * 4]
    await arriving.take_bodies(opened)
    await arriving.try_again()
    assert await arriving.waiting() == []
    ((way,),) = [(await reporting_service.get("/api/v1/ways", "clara")).json()]
    assert (way["team_assigned_on"], way["completed_on"]) == (str(OPENED_ON), "2025-07-31")


@pytest.mark.parametrize("case_first", [True, False])
async def test_a_case_and_its_course_may_come_in_any_order(
    reporting_service: ServiceUnderTest, case_first: bool
) -> None:
    story = Story()
    case, course = [story.submitted(), story.accepted()], [story.opened(), story.started("start")]
    await Arriving(reporting_service.database, handlers).take(*(case + course if case_first else course + case))
    assert await Arriving(reporting_service.database, handlers).waiting() == []
    assert await pipeline(reporting_service) == {"long-course": (1, 0, 1, 1, 0)}


# Another daycare


async def test_the_newcomer_is_measured_and_what_was_measured_of_the_one_who_left_stays(
    reporting_service: ServiceUnderTest,
) -> None:
    service = reporting_service
    course = await running(service)
    assert (await observe(service, course)).status_code == 201
    joined = UUID(int=9)
    replaced = DaycareReplaced(course_id=UUID(course), left=DAYCARES[0], joined=joined, on=OPENED_ON)
    await service.happen(handlers, replaced)
    shown = await instruments(service, course)
    assert shown["daycares"] == [str(joined), *(str(each) for each in DAYCARES[1:])]
    assert [each["daycare_id"] for each in shown["measurements"]] == [str(DAYCARES[0])]
    assert slug(await observe(service, course)) == (422, "daycare-not-in-course")
    assert (await observe(service, course, daycare_id=str(joined))).status_code == 201


# Observations and surveys


async def test_an_observation_is_recorded_and_told(reporting_service: ServiceUnderTest) -> None:
    service = reporting_service
    course = await running(service)
    answer = await observe(service, course)
    measurement = {
        "phase": "start",
        "instrument": "observation",
        "daycare_id": str(DAYCARES[0]),
        "on": "2024-01-31",
    }
    assert answer.status_code == 201
    assert answer.json() == {
        "id": course,
        "daycares": [str(daycare) for daycare in DAYCARES],
        "phases": [
            {
                "name": phase.name,
                "names": {"da": phase.names.da, "en": phase.names.en},
                "running": phase.name == "start",
            }
            for phase in PHASES
        ],
        "measurements": [measurement],
    }
    assert await instruments(service, course) == answer.json()
    told = {"course_id": course, "phase": "start", "daycare_id": str(DAYCARES[0]), "on": "2024-01-31"}
    assert await service.published() == [("ObservationRecorded", told)]


@pytest.mark.parametrize("name", ["eva", "frida"])
async def test_a_survey_is_recorded_and_told(reporting_service: ServiceUnderTest, name: str) -> None:
    service = reporting_service
    course = await running(service)
    answer = await survey(service, course, name)
    measurement = {
        "phase": "start",
        "instrument": "leadership_survey",
        "daycare_id": None,
        "on": "2024-01-31",
    }
    assert (answer.status_code, answer.json()["measurements"]) == (201, [measurement])
    assert await instruments(service, course) == answer.json()
    told = {"course_id": course, "phase": "start", "instrument": "leadership_survey", "on": "2024-01-31"}
    assert await service.published() == [("SurveyClosed", told)]


async def test_each_daycare_is_observed_in_each_phase_that_asks_for_it(reporting_service: ServiceUnderTest) -> None:
    service, story = reporting_service, Story()
    course = str(story.course_id)
    await service.happen(handlers, story.opened(), story.started("start"))
    for daycare in DAYCARES:
        assert (await observe(service, course, daycare_id=str(daycare))).status_code == 201
    assert (await survey(service, course)).status_code == 201
    await service.happen(handlers, story.ended("start"), story.started("closing"))
    for daycare in DAYCARES:
        assert (await observe(service, course, daycare_id=str(daycare), phase="closing")).status_code == 201
    found = [(each["phase"], each["daycare_id"]) for each in (await instruments(service, course))["measurements"]]
    of_each = [str(daycare) for daycare in DAYCARES]
    assert found == [
        *(("start", daycare) for daycare in of_each),
        ("start", None),
        *(("closing", daycare) for daycare in of_each),
    ]
    names = [name for name, _ in await service.published()]
    assert names == [*["ObservationRecorded"] * 3, "SurveyClosed", *["ObservationRecorded"] * 3]


@pytest.mark.parametrize(
    ("changes", "status", "expected", "parameters"),
    [
        ({"daycare_id": str(UUID(int=4))}, 422, "daycare-not-in-course", {"daycare_id": str(UUID(int=4))}),
        ({"phase": "advice"}, 422, "instrument-not-owed", {"phase": "advice", "instrument": "observation"}),
        ({"phase": "nonsense"}, 422, "instrument-not-owed", {"phase": "nonsense", "instrument": "observation"}),
        ({"phase": ""}, 422, "instrument-not-owed", {"phase": "", "instrument": "observation"}),
        ({"phase": "closing"}, 409, "phase-not-running", {"phase": "closing"}),
    ],
    ids=str,
)
async def test_an_observation_that_nobody_asked_for_is_not_recorded(
    reporting_service: ServiceUnderTest, changes: dict[str, Any], status: int, expected: str, parameters: dict[str, Any]
) -> None:
    service = reporting_service
    course = await running(service)
    stored = await service.stored()
    titles = set()
    for language in ("da", "en"):
        answer = await observe(service, course, language=language, **changes)
        problem = answer.json()
        assert (*slug(answer), problem["parameters"]) == (status, expected, parameters)
        assert problem["texts"].keys() == {"da", "en"}
        assert problem["detail"] == problem["texts"][language]
        titles |= {problem["title"], *problem["texts"].values()}
    assert len(titles) == 4
    assert await service.stored() == stored


@pytest.mark.parametrize(
    ("changes", "status", "expected"),
    [
        ({"phase": "advice"}, 422, "instrument-not-owed"),
        ({"instrument": "observation"}, 422, "instrument-not-owed"),
        ({"phase": "closing"}, 422, "instrument-not-owed"),
        ({"on": "2099-11-03"}, 422, "day-outside-phase"),
    ],
    ids=str,
)
async def test_a_survey_that_nobody_asked_for_is_not_recorded(
    reporting_service: ServiceUnderTest, changes: dict[str, Any], status: int, expected: str
) -> None:
    course = await running(reporting_service)
    stored = await reporting_service.stored()
    assert slug(await survey(reporting_service, course, **changes)) == (status, expected)
    assert await reporting_service.stored() == stored


async def test_an_instrument_is_recorded_once(reporting_service: ServiceUnderTest) -> None:
    service = reporting_service
    course = await running(service)
    await observe(service, course)
    await survey(service, course)
    stored = await service.stored()
    next_day = str(OPENED_ON + timedelta(days=1))
    assert slug(await observe(service, course, on=next_day)) == (409, "measured-already")
    assert slug(await survey(service, course, on=next_day)) == (409, "measured-already")
    assert await service.stored() == stored


async def test_of_two_observations_at_once_of_one_daycare_one_counts(reporting_service: ServiceUnderTest) -> None:
    course = await running(reporting_service)
    answers = await asyncio.gather(*(observe(reporting_service, course) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert [name for name, _ in await reporting_service.published()] == ["ObservationRecorded"]


async def test_observations_at_once_of_several_daycares_all_count(reporting_service: ServiceUnderTest) -> None:
    course = await running(reporting_service)
    answers = await asyncio.gather(*(observe(reporting_service, course, daycare_id=str(each)) for each in DAYCARES))
    assert [answer.status_code for answer in answers] == [201] * 3
    found = {each["daycare_id"] for each in (await instruments(reporting_service, course))["measurements"]}
    assert found == {str(daycare) for daycare in DAYCARES}


async def test_the_same_observation_again_gets_the_first_answer(reporting_service: ServiceUnderTest) -> None:
    course = await running(reporting_service)
    first = await observe(reporting_service, course, key="one")
    stored = await reporting_service.stored()
    again = await observe(reporting_service, course, key="one")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = await observe(reporting_service, course, key="one", daycare_id=str(DAYCARES[1]))
    assert slug(other) == (422, "idempotency-key-reused")
    assert await reporting_service.stored() == stored


async def test_a_phase_that_has_ended_takes_no_instruments(reporting_service: ServiceUnderTest) -> None:
    service, story = reporting_service, Story()
    await service.happen(handlers, story.opened(), story.started("start"), story.ended("start"))
    stored = await service.stored()
    assert slug(await observe(service, str(story.course_id))) == (409, "phase-not-running")
    assert slug(await survey(service, str(story.course_id))) == (409, "phase-not-running")
    assert await service.stored() == stored


async def test_a_day_lies_between_the_opening_and_today(reporting_service: ServiceUnderTest) -> None:
    service = reporting_service
    course = await running(service)
    today = office_date(service.clock.now())
    stored = await service.stored()
    for day in (OPENED_ON - timedelta(days=1), today + timedelta(days=1), date(2000, 1, 1), date(2100, 12, 31)):
        answer = await observe(service, course, on=str(day))
        assert slug(answer) == (422, "day-outside-phase")
        assert answer.json()["parameters"] == {"on": str(day), "started_on": str(OPENED_ON), "today": str(today)}
    for impossible in (date.min, date(1999, 12, 31), date(2101, 1, 1), date.max):
        assert slug(await observe(service, course, on=str(impossible))) == (422, "invalid-request")
    assert await service.stored() == stored
    for daycare, day in zip(DAYCARES, (OPENED_ON, today), strict=False):
        assert (await observe(service, course, daycare_id=str(daycare), on=str(day))).status_code == 201


async def test_today_is_the_day_in_copenhagen(reporting_service: ServiceUnderTest) -> None:
    service = reporting_service
    course = await running(service)
    day = office_date(service.clock.now()) + timedelta(days=2)
    # Ten past midnight in Copenhagen is still the evening before in UTC.
    service.clock.move_to(datetime.combine(day, time(0, 10), OFFICE))
    assert service.clock.now().date() == day - timedelta(days=1)
    assert slug(await observe(service, course, on=str(day + timedelta(days=1)))) == (422, "day-outside-phase")
    assert (await observe(service, course, on=str(day))).status_code == 201


# Bad requests


async def test_a_field_of_an_observation_that_is_not_valid_is_named_with_the_reason(
    reporting_service: ServiceUnderTest,
) -> None:
    course = await running(reporting_service)
    stored = await reporting_service.stored()
    changes: list[tuple[dict[str, Any], str, str]] = [
        ({"phase": 1}, "/phase", "This must be a text."),
        ({"daycare_id": "Havblik"}, "/daycare_id", "This must be a UUID."),
        ({"on": "yesterday"}, "/on", "This must be a date, as in 2026-11-03."),
        ({"on": None}, "/on", "This must be a date, as in 2026-11-03."),
        ({"by": "eva"}, "/by", "This field is not known here."),
    ]
    for change, pointer, message in changes:
        answer = await observe(reporting_service, course, **change)
        assert slug(answer) == (422, "invalid-request")
        assert answer.json()["errors"] == [{"in": "body", "pointer": pointer, "message": message}]
    assert await reporting_service.stored() == stored


async def test_an_instrument_that_does_not_exist_is_not_valid(reporting_service: ServiceUnderTest) -> None:
    course = await running(reporting_service)
    answer = await survey(reporting_service, course, instrument="thermometer")
    message = "This must be one of: 'observation' or 'leadership_survey'."
    assert slug(answer) == (422, "invalid-request")
    assert answer.json()["errors"] == [{"in": "body", "pointer": "/instrument", "message": message}]


@pytest.mark.parametrize("day", [1_706_659_200, "1706659200", "2024-01-31T00:00:00"])
async def test_a_day_is_a_date_and_nothing_that_could_be_read_as_one(
    reporting_service: ServiceUnderTest, day: object
) -> None:
    course = await running(reporting_service)
    stored = await reporting_service.stored()
    assert slug(await observe(reporting_service, course, on=day)) == (422, "invalid-request")
    assert await reporting_service.stored() == stored


async def test_a_phase_with_control_characters_is_not_valid(reporting_service: ServiceUnderTest) -> None:
    course = await running(reporting_service)
    stored = await reporting_service.stored()
    assert slug(await observe(reporting_service, course, phase="start\x00")) == (422, "invalid-request")
    assert await reporting_service.stored() == stored


async def test_half_a_character_leaves_nothing_behind(reporting_service: ServiceUnderTest) -> None:
    course = await running(reporting_service)
    stored = await reporting_service.stored()
    body = json.dumps({"phase": "\ud800", "daycare_id": str(DAYCARES[0]), "on": str(OPENED_ON)}).encode()
    answer = await reporting_service.post(f"{COURSES}/{course}/observations", None, "eva", content=body)
    assert answer.status_code == 422
    assert await reporting_service.stored() == stored


async def test_a_course_that_does_not_exist_is_not_found(reporting_service: ServiceUnderTest) -> None:
    id = str(uuid4())
    stored = await reporting_service.stored()
    answers = [
        await reporting_service.get(f"{COURSES}/{id}/instruments", "eva"),
        await observe(reporting_service, id),
        await survey(reporting_service, id),
    ]
    assert [slug(answer) for answer in answers] == [(404, "unknown-course")] * 3
    assert await reporting_service.stored() == stored


async def test_an_id_that_is_no_uuid_is_not_valid(reporting_service: ServiceUnderTest) -> None:
    answers = [
        await reporting_service.get(f"{COURSES}/nonsense/instruments", "eva", language="en"),
        await observe(reporting_service, "nonsense"),
        await survey(reporting_service, "nonsense"),
    ]
    errors = [{"in": "path", "pointer": "/id", "message": "This must be a UUID."}]
    assert [slug(answer) for answer in answers] == [(422, "invalid-request")] * 3
    assert [answer.json()["errors"] for answer in answers] == [errors] * 3


async def test_a_request_that_is_not_well_formed_leaves_nothing_behind(reporting_service: ServiceUnderTest) -> None:
    course = await running(reporting_service)
    stored = await reporting_service.stored()
    requests: list[tuple[str | None, bytes, tuple[int, str]]] = [
        (None, b"{}", (400, "idempotency-key-missing")),
        ("with space", b"{}", (400, "idempotency-key-malformed")),
        ("", b"{", (400, "malformed-json")),
        ("", b"[]", (422, "invalid-request")),
        ("", b" " * (256 * 1024 + 1), (413, "body-too-large")),
    ]
    for what in ("observations", "surveys"):
        for key, content, expected in requests:
            answer = await reporting_service.post(f"{COURSES}/{course}/{what}", None, "eva", key=key, content=content)
            assert slug(answer) == expected
    assert await reporting_service.stored() == stored


# Who


def role_refused(answer: httpx.Response) -> list[str]:
    """Those who may, as somebody else is told."""
    assert slug(answer) == (403, "role-not-allowed")
    roles: list[str] = answer.json()["roles"]
    return roles


async def test_only_consultants_record_observations_and_only_they_and_evaluators_close_surveys(
    reporting_service: ServiceUnderTest,
) -> None:
    course = await running(reporting_service)
    stored = await reporting_service.stored()
    for name in everybody_but("consultant"):
        assert role_refused(await observe(reporting_service, course, name)) == ["consultant"]
    for name in everybody_but("consultant", "evaluator"):
        assert role_refused(await survey(reporting_service, course, name)) == ["consultant", "evaluator"]
    assert await reporting_service.stored() == stored


async def test_only_consultants_and_evaluators_close_surveys(reporting_service: ServiceUnderTest) -> None:
    course = await running(reporting_service)
    stored = await reporting_service.stored()
    for name in everybody_but("consultant", "evaluator"):
        answer = await survey(reporting_service, course, name)
        assert (*slug(answer), answer.json()["roles"]) == (403, "role-not-allowed", ["consultant", "evaluator"])
    assert await reporting_service.stored() == stored


async def test_the_reports_are_for_those_who_run_the_corps(reporting_service: ServiceUnderTest) -> None:
    course = await running(reporting_service)
    for path in ("/api/v1/pipeline", "/api/v1/ways", f"{COURSES}/{course}/instruments"):
        assert slug(await reporting_service.get(path, None)) == (401, "not-signed-in")
        for name in everybody_but(*READERS):
            assert role_refused(await reporting_service.get(path, name)) == [*READERS]
        for name in ("clara", "david", "eva", "frida", "hanne"):
            assert (await reporting_service.get(path, name)).status_code == 200


async def test_somebody_who_has_not_signed_in_records_nothing(reporting_service: ServiceUnderTest) -> None:
    course = await running(reporting_service)
    stored = await reporting_service.stored()
    for what in ("observations", "surveys"):
        answer = await reporting_service.post(f"{COURSES}/{course}/{what}", {}, None)
        assert slug(answer) == (401, "not-signed-in")
    assert await reporting_service.stored() == stored


# Queries


async def test_lists_take_as_many_queries_for_fifty_rows_as_for_one(reporting_service: ServiceUnderTest) -> None:
    service = reporting_service

    async def queries(path: str) -> int:
        await service.get(path, "frida")
        async with service.statements() as sent:
            await service.get(path, "frida")
        return len(sent)

    await service.happen(handlers, *published_programmes())
    course = await running(service)
    paths = ("/api/v1/pipeline", "/api/v1/ways", f"{COURSES}/{course}/instruments")
    of_one = [await queries(path) for path in paths]
    for number in range(49):
        story = Story(f"programme-{number}")
        await service.happen(handlers, story.submitted(), story.accepted(), story.opened(), story.started("start"))
    for daycare in DAYCARES:
        await observe(service, course, daycare_id=str(daycare))
    assert (len(await pipeline(service)), len((await service.get("/api/v1/ways", "frida")).json())) == (50, 50)
    assert [await queries(path) for path in paths] == of_one == [2, 1, 2]
