"""Scheduling's API, after the events that lead to it."""

import asyncio
from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from arriving import Arriving
from service_under_test import ServiceUnderTest, everybody_but, published_programmes
from sqlalchemy import text

from scheduling.worker import handlers
from shared.contracts.base import Event
from shared.contracts.intake.agreements import AgreementSigned, DaycareSubstituted
from shared.contracts.intake.applications import ApplicationAccepted
from shared.contracts.intake.programmes import ProgrammePublished
from shared.contracts.reporting.observations import ObservationRecorded
from shared.contracts.reporting.surveys import SurveyClosed
from shared.contracts.scheduling.courses import PhaseStarted
from shared.contracts.vocabulary import Instrument, Skill
from shared.errors import NotHeardOf, Refused
from shared.office import office_date

COURSES = "/api/v1/courses"
CORPS = "/api/v1/consultants"
DAYCARES = (UUID(int=1), UUID(int=2), UUID(int=3))
OPENED_ON = date(2026, 1, 31)
TEAM = {"Asta Brink": ["learning_environments", "parents"], "Birk Dalsgaard": ["leadership"]}
"""Two who together have what a long course needs."""
OWED = [
    *({"instrument": "observation", "daycare_id": str(daycare)} for daycare in DAYCARES),
    {"instrument": "leadership_survey", "daycare_id": None},
]


def signed(**changes: Any) -> AgreementSigned:
    """A long course for three daycares, which starts on the day of the last signature unless another is given."""
    facts = {
        "agreement_id": uuid4(),
        "application_id": uuid4(),
        "programme": "long-course",
        "programme_version": 1,
        "municipality": "0390",
        "daycares": DAYCARES,
        "skills": (Skill.LEADERSHIP, Skill.LEARNING_ENVIRONMENTS),
        "hours": None,
        "on": OPENED_ON,
        "starts_on": changes.get("on", OPENED_ON),
    }
    return AgreementSigned.model_validate(facts | changes)


def everything_owed(course_id: UUID, phase: str = "start") -> list[Event]:
    """What reporting tells when all instruments of a phase are in."""
    observed: list[Event] = [
        ObservationRecorded(course_id=course_id, phase=phase, daycare_id=daycare, on=OPENED_ON) for daycare in DAYCARES
    ]
    survey = SurveyClosed(course_id=course_id, phase=phase, instrument=Instrument.LEADERSHIP_SURVEY, on=OPENED_ON)
    return [*observed, survey] if phase == "start" else observed


@pytest.fixture
async def service(scheduling_service: ServiceUnderTest) -> ServiceUnderTest:
    """Scheduling that has heard of the programmes, and has nobody in its corps."""
    await scheduling_service.happen(handlers, *published_programmes())
    return scheduling_service


async def corps_of(service: ServiceUnderTest, **corps: list[str]) -> dict[str, str]:
    """Take these into the corps; their ids by name."""
    ids = {}
    for name, skills in corps.items():
        answer = await service.post(CORPS, {"name": name, "skills": skills}, "david")
        assert answer.status_code == 201, answer.text
        ids[name] = answer.json()["id"]
    return ids


async def opened(service: ServiceUnderTest, **changes: Any) -> dict[str, Any]:
    """The course of an agreement that has just been signed."""
    event = signed(**changes)
    await service.happen(handlers, event)
    courses = (await service.get(COURSES, "david")).json()
    return next(course for course in courses if course["application_id"] == str(event.application_id))


async def shown(service: ServiceUnderTest, id: str) -> dict[str, Any]:
    course: dict[str, Any] = (await service.get(f"{COURSES}/{id}", "david")).json()
    return course


async def complete(
    service: ServiceUnderTest, id: str, phase: str, version: int, name: str = "eva", **options: Any
) -> httpx.Response:
    path = f"{COURSES}/{id}/phases/{phase}/completion"
    return await service.post(path, None, name, if_match=f'"{version}"', **options)


async def form_team(
    service: ServiceUnderTest, id: str, version: int, name: str = "david", **options: Any
) -> httpx.Response:
    return await service.post(f"{COURSES}/{id}/team", None, name, if_match=f'"{version}"', **options)


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("type", "").removeprefix("/problems/")


def today(service: ServiceUnderTest) -> str:
    return str(office_date(service.clock.now()))


# Another daycare


AGREEMENT_ID = UUID(int=500)


def substituted(application_id: str, agreement_id: UUID | None = AGREEMENT_ID) -> DaycareSubstituted:
    return DaycareSubstituted(
        application_id=UUID(application_id),
        programme="long-course",
        programme_version=1,
        agreement_id=agreement_id,
        left=DAYCARES[0],
        joined=UUID(int=9),
        skills=(Skill.CHILDMINDING,),
        on=OPENED_ON,
    )


async def test_a_course_goes_on_with_another_daycare(service: ServiceUnderTest) -> None:
    course = await opened(service)
    for _ in range(2):
        await service.happen(handlers, substituted(course["application_id"]))
        changed = await shown(service, course["id"])
        assert (changed["version"], changed["skills"]) == (2, ["childminding"])
        assert changed["daycares"] == [str(UUID(int=9)), *(str(each) for each in DAYCARES[1:])]
    assert [name for name, _ in await service.published()].count("DaycareReplaced") == 1


async def test_before_the_agreement_is_signed_there_is_no_course_to_change(service: ServiceUnderTest) -> None:
    await service.happen(handlers, substituted(str(uuid4()), None))
    with pytest.raises(NotHeardOf, match="course"):
        await service.happen(handlers, substituted(str(uuid4())))


# Before what it is about has been heard of


def about_one_application() -> dict[str, tuple[Event, Event]]:
    """An event that needs another, by what it misses without it, and the other one."""
    agreed = signed()
    after = substituted(str(agreed.application_id), agreed.agreement_id)
    newer = {"programme": "long-course", "programme_version": 9}
    ninth = next(
        each.model_copy(update={"version": 9})
        for each in published_programmes()
        if isinstance(each, ProgrammePublished) and each.programme == "long-course"
    )
    return {
        "course": (after, agreed),
        "programme": (signed(**newer), ninth),
        "programme of an acceptance": (accepted(**newer), ninth),
    }


@pytest.mark.parametrize("case", ["course", "programme", "programme of an acceptance"])
async def test_what_comes_first_waits_for_what_it_is_about(service: ServiceUnderTest, case: str) -> None:
    early, late = about_one_application()[case]
    arriving = Arriving(service.database, handlers)
    await arriving.take(early)
    missed = f"NotHeardOf: {case.partition(' ')[0]}"
    assert await arriving.waiting() == [("retrying", missed)]
    await arriving.try_again()
    assert await arriving.waiting() == [("retrying", missed)]
    await arriving.take(late)
    await arriving.try_again()
    assert await arriving.waiting() == []
    too_late = await what_is_told_and_shown(service)
    assert too_late == await in_order(service, late, early)


async def in_order(service: ServiceUnderTest, *events: Event) -> tuple[list[str], list[Any]]:
    """What comes of the events where nothing was to wait for."""
    await forget(service)
    await Arriving(service.database, handlers).take(*events)
    return await what_is_told_and_shown(service)


async def what_is_told_and_shown(service: ServiceUnderTest) -> tuple[list[str], list[Any]]:
    courses = (await service.get(COURSES, "david")).json()
    shown = [(each["programme"], each["application_id"], each["daycares"], each["skills"]) for each in courses]
    return sorted(name for name, _ in await service.published()), shown


async def forget(service: ServiceUnderTest) -> None:
    """Let there be no course yet, and nothing told of one."""
    async with service.database.work() as work:
        for table in ("team_member", "phase", "course", "event", "received", "timer"):
            await work.session.execute(text(f"delete from scheduling.{table}"))
        await work.session.execute(text("delete from scheduling.programme where version = 9"))
        await work.commit()


# Opening


def accepted(**facts: Any) -> ApplicationAccepted:
    """What intake told when an application was accepted."""
    told = signed().model_dump(exclude={"agreement_id", "starts_on"})
    return ApplicationAccepted.model_validate(told | facts)


async def test_an_acceptance_alone_opens_no_course(service: ServiceUnderTest) -> None:
    await service.happen(handlers, accepted(course_opens_by="agreement"))
    assert (await service.get(COURSES, "david")).json() == []


async def test_what_was_accepted_before_there_were_agreements_has_its_course_when_the_log_is_read_again(
    service: ServiceUnderTest,
) -> None:
    of_before = accepted()
    await service.happen(
        handlers, ApplicationAccepted.model_validate(of_before.model_dump(exclude={"course_opens_by"}))
    )
    [course] = (await service.get(COURSES, "david")).json()
    assert (course["application_id"], course["opened_on"], course["phases"][0]["started_on"]) == (
        str(of_before.application_id),
        str(OPENED_ON),
        str(OPENED_ON),
    )


async def test_a_course_starts_on_the_day_that_was_agreed(service: ServiceUnderTest) -> None:
    course = await opened(service, starts_on=date(2026, 3, 1))
    phases = [(each["planned_start"], each["started_on"]) for each in course["phases"]]
    assert phases == [("2026-03-01", None), ("2026-06-01", None), ("2027-06-01", None)]
    assert slug(await complete(service, course["id"], "start", 1)) == (409, "phase-not-running")
    assert [name for name, _ in await service.published()] == ["CourseOpened"]
    started = PhaseStarted(course_id=UUID(course["id"]), phase="start", on=date(2026, 3, 1))
    for _ in range(2):
        await service.happen(handlers, started)
        begun = await shown(service, course["id"])
        assert (begun["version"], begun["phases"][0]["started_on"]) == (2, "2026-03-01")


async def test_a_signed_agreement_opens_a_course_with_its_phases_and_a_team(service: ServiceUnderTest) -> None:
    corps = await corps_of(service, **TEAM, **{"Cecilie Enggaard": ["childminding"]})
    event = signed(hours=40)
    await service.happen(handlers, event)
    listed = await service.get(COURSES, "david")
    [course] = listed.json()
    names = {
        "start": {"da": "Opstart", "en": "Start"},
        "advice": {"da": "Rådgivning", "en": "Advice"},
        "closing": {"da": "Afslutning", "en": "Closing"},
    }
    dates = {
        "start": ("2026-01-31", "2026-04-30"),
        "advice": ("2026-04-30", "2027-04-30"),
        "closing": ("2027-04-30", "2027-07-31"),
    }
    left = {"start": OWED, "advice": [], "closing": OWED[:3]}
    team = sorted([corps["Asta Brink"], corps["Birk Dalsgaard"]])
    assert course == {
        "id": str(UUID(course["id"])),
        "version": 1,
        "application_id": str(event.application_id),
        "programme": "long-course",
        "programme_version": 1,
        "municipality": "0390",
        "daycares": [str(daycare) for daycare in DAYCARES],
        "skills": ["leadership", "learning_environments"],
        "team": team,
        "phases": [
            {
                "name": name,
                "names": names[name],
                "planned_start": dates[name][0],
                "planned_end": dates[name][1],
                "started_on": "2026-01-31" if name == "start" else None,
                "completed_on": None,
                "left": left[name],
            }
            for name in names
        ],
        "opened_on": "2026-01-31",
        "completed_on": None,
    }
    answer = await service.get(f"{COURSES}/{course['id']}", "eva")
    assert (answer.json(), answer.headers["ETag"]) == (course, '"1"')
    per_daycare, per_course = (
        {"instrument": "observation", "per": "daycare"},
        {"instrument": "leadership_survey", "per": "course"},
    )
    owes = {"start": [per_daycare, per_course], "advice": [], "closing": [per_daycare]}
    id = course["id"]
    assert await service.published() == [
        (
            "CourseOpened",
            {
                "course_id": id,
                "application_id": str(event.application_id),
                "programme": "long-course",
                "programme_version": 1,
                "municipality": "0390",
                "daycares": course["daycares"],
                "phases": [
                    {
                        "name": name,
                        "names": names[name],
                        "starts_on": dates[name][0],
                        "ends_on": dates[name][1],
                        "owes": owes[name],
                    }
                    for name in names
                ],
                "on": "2026-01-31",
            },
        ),
        ("PhaseStarted", {"course_id": id, "phase": "start", "on": "2026-01-31"}),
        ("TeamAssigned", {"course_id": id, "consultants": team, "on": "2026-01-31"}),
    ]


async def test_the_newest_course_is_listed_first(service: ServiceUnderTest) -> None:
    days = (date(2026, 3, 1), date(2026, 1, 1), date(2026, 2, 1))
    await service.happen(handlers, *(signed(on=day) for day in days))
    courses = (await service.get(COURSES, "clara")).json()
    assert [course["opened_on"] for course in courses] == ["2026-03-01", "2026-02-01", "2026-01-01"]


async def test_a_course_of_a_programme_that_nobody_published_does_not_open(service: ServiceUnderTest) -> None:
    with pytest.raises(NotHeardOf, match="programme"):
        await service.happen(handlers, signed(programme_version=2))
    assert (await service.get(COURSES, "david")).json() == []


# The team


async def test_a_course_opens_without_a_team_and_gets_one_when_the_corps_has_it(service: ServiceUnderTest) -> None:
    course = await opened(service)
    assert course["team"] == []
    assert [name for name, _ in await service.published()] == ["CourseOpened", "PhaseStarted"]
    nobody = await form_team(service, course["id"], 1, language="en")
    assert slug(nobody) == (409, "no-team-covers")
    skills = ["leadership", "learning_environments"]
    assert nobody.json()["parameters"] == {"skills": skills, "nobody_has": skills}
    corps = await corps_of(service, **TEAM)
    answer = await form_team(service, course["id"], 1)
    team = sorted(corps.values())
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert answer.json() == course | {"version": 2, "team": team} == await shown(service, course["id"])
    assigned = ("TeamAssigned", {"course_id": course["id"], "consultants": team, "on": today(service)})
    assert (await service.published())[2:] == [assigned]


async def test_those_who_are_there_and_cannot_do_everything_are_no_team(service: ServiceUnderTest) -> None:
    await corps_of(service, Asta=["learning_environments"], Birk=["parents"])
    course = await opened(service)
    stored = await service.stored()
    answer = await form_team(service, course["id"], 1, language="en")
    assert slug(answer) == (409, "no-team-covers")
    parameters = {"skills": ["leadership", "learning_environments"], "nobody_has": ["leadership"]}
    assert answer.json()["parameters"] == parameters
    assert await service.stored() == stored


async def test_one_who_can_do_everything_is_no_pair(service: ServiceUnderTest) -> None:
    await corps_of(service, Asta=["learning_environments", "leadership"])
    course = await opened(service)
    answer = await form_team(service, course["id"], 1)
    assert slug(answer) == (409, "no-team-covers")
    assert answer.json()["parameters"]["nobody_has"] == []


async def test_a_course_gets_its_team_once(service: ServiceUnderTest) -> None:
    await corps_of(service, **TEAM)
    course = await opened(service)
    stored = await service.stored()
    answer = await form_team(service, course["id"], 1)
    assert slug(answer) == (409, "team-assigned-already")
    assert await service.stored() == stored


async def test_of_two_teams_formed_at_once_one_counts(service: ServiceUnderTest) -> None:
    course = await opened(service)
    await corps_of(service, **TEAM)
    answers = await asyncio.gather(*(form_team(service, course["id"], 1) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert [name for name, _ in await service.published()] == ["CourseOpened", "PhaseStarted", "TeamAssigned"]


async def test_the_same_request_for_a_team_again_gets_the_first_answer(service: ServiceUnderTest) -> None:
    course = await opened(service)
    await corps_of(service, **TEAM)
    first = await form_team(service, course["id"], 1, key="one")
    stored = await service.stored()
    again = await form_team(service, course["id"], 1, key="one")
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await service.stored() == stored


async def test_a_consultant_is_busy_with_the_courses_that_run(service: ServiceUnderTest) -> None:
    await corps_of(service, **TEAM)
    course = await opened(service, programme="short-course", hours=20)
    running = [(await service.get(CORPS, "david")).json()]
    assert (await complete(service, course["id"], "advice", 1)).status_code == 200
    running.append((await service.get(CORPS, "david")).json())
    assert [[each["running_courses"] for each in corps] for corps in running] == [[1, 1], [0, 0]]


# Phases


async def test_a_phase_that_owes_something_is_not_completed(service: ServiceUnderTest) -> None:
    course = await opened(service)
    observed, *_, survey = everything_owed(UUID(course["id"]))
    missing, version = list(OWED), 1
    for event, arrived in ((None, None), (observed, OWED[0]), (survey, OWED[3])):
        if event is not None:
            await service.happen(handlers, event)
            missing.remove(arrived or {})
            version += 1
        stored = await service.stored()
        for name in ("eva", "david"):
            answer = await complete(service, course["id"], "start", version, name, language="en")
            problem = answer.json()
            danish = problem["texts"]["da"]
            english = (
                f"The phase cannot be completed yet. Instruments that it owes and that are not in: {len(missing)}."
            )
            assert answer.status_code == 409
            assert problem == {
                "type": "/problems/phase-owes",
                "title": "The phase still owes something",
                "status": 409,
                "detail": english,
                "texts": {"da": danish, "en": english},
                "instance": f"{COURSES}/{course['id']}/phases/start/completion",
                "parameters": {"phase": "start", "count": len(missing), "missing": missing},
            }
            assert danish not in ("", english)
        assert await service.stored() == stored
        assert (await shown(service, course["id"]))["phases"][0]["left"] == missing


async def test_a_phase_that_owes_nothing_more_is_completed_and_the_next_starts(service: ServiceUnderTest) -> None:
    course = await opened(service)
    await service.happen(handlers, *everything_owed(UUID(course["id"])))
    answer = await complete(service, course["id"], "start", 5)
    day = today(service)
    start, advice, closing = course["phases"]
    expected = course | {
        "version": 6,
        "phases": [start | {"completed_on": day, "left": []}, advice | {"started_on": day}, closing],
    }
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"6"')
    assert answer.json() == expected == await shown(service, course["id"])
    assert (await service.published())[2:] == [
        ("PhaseCompleted", {"course_id": course["id"], "phase": "start", "on": day}),
        ("PhaseStarted", {"course_id": course["id"], "phase": "advice", "on": day}),
    ]


async def test_the_last_phase_completes_the_course(service: ServiceUnderTest) -> None:
    course = await opened(service)
    id = course["id"]
    await service.happen(handlers, *everything_owed(UUID(id)), *everything_owed(UUID(id), "closing"))
    for version, phase in enumerate(("start", "advice", "closing"), start=8):
        answer = await complete(service, id, phase, version)
        assert (answer.status_code, answer.headers["ETag"]) == (200, f'"{version + 1}"')
    day = today(service)
    completed = answer.json()
    assert (completed["completed_on"], [phase["completed_on"] for phase in completed["phases"]]) == (day, [day] * 3)
    of_course = {"course_id": id, "on": day}
    assert (await service.published())[2:] == [
        ("PhaseCompleted", of_course | {"phase": "start"}),
        ("PhaseStarted", of_course | {"phase": "advice"}),
        ("PhaseCompleted", of_course | {"phase": "advice"}),
        ("PhaseStarted", of_course | {"phase": "closing"}),
        ("PhaseCompleted", of_course | {"phase": "closing"}),
        ("CourseCompleted", of_course),
    ]
    assert slug(await complete(service, id, "closing", 11)) == (409, "phase-not-running")
    assert slug(await form_team(service, id, 11)) == (409, "course-over")


async def test_a_phase_that_is_not_running_is_not_completed(service: ServiceUnderTest) -> None:
    course = await opened(service)
    stored = await service.stored()
    for phase in ("advice", "closing", "nonsense", "Start", "%F0%9F%A6%89", "a" * 5000):
        assert slug(await complete(service, course["id"], phase, 1)) == (409, "phase-not-running")
    assert await service.stored() == stored


async def test_a_phase_is_completed_once(service: ServiceUnderTest) -> None:
    course = await opened(service)
    await service.happen(handlers, *everything_owed(UUID(course["id"])))
    answers = await asyncio.gather(*(complete(service, course["id"], "start", 5) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert slug(await complete(service, course["id"], "start", 6)) == (409, "phase-not-running")
    assert [name for name, _ in await service.published()][2:] == ["PhaseCompleted", "PhaseStarted"]


async def test_the_same_completion_again_gets_the_first_answer(service: ServiceUnderTest) -> None:
    course = await opened(service, programme="short-course", hours=20)
    first = await complete(service, course["id"], "advice", 1, key="one")
    stored = await service.stored()
    again = await complete(service, course["id"], "advice", 1, key="one")
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await service.stored() == stored


# What reporting tells


async def test_what_reporting_tells_counts_in_any_order_and_once(service: ServiceUnderTest) -> None:
    outcomes = []
    for order in permutations(range(4)):
        course = await opened(service)
        events = everything_owed(UUID(course["id"]))
        for index in order:
            await service.happen(handlers, events[index], events[index])
        after = await shown(service, course["id"])
        outcomes.append((after["version"], [phase["left"] for phase in after["phases"]]))
    assert outcomes == [(5, [[], [], OWED[:3]])] * 24


async def test_news_of_a_phase_that_the_course_lacks_changes_nothing(service: ServiceUnderTest) -> None:
    course = await opened(service)
    id = UUID(course["id"])
    observed = ObservationRecorded(course_id=id, phase="nonsense", daycare_id=DAYCARES[0], on=OPENED_ON)
    survey = SurveyClosed(course_id=id, phase="nonsense", instrument=Instrument.LEADERSHIP_SURVEY, on=OPENED_ON)
    await service.happen(handlers, observed, survey)
    assert await shown(service, course["id"]) == course


@pytest.mark.parametrize("phase", ["start", "advice"])
async def test_what_a_phase_does_not_owe_changes_nothing(service: ServiceUnderTest, phase: str) -> None:
    course = await opened(service)
    id, elsewhere = UUID(course["id"]), UUID(int=9)
    observed = ObservationRecorded(course_id=id, phase=phase, daycare_id=elsewhere, on=OPENED_ON)
    survey = SurveyClosed(course_id=id, phase=phase, instrument=Instrument.OBSERVATION, on=OPENED_ON)
    await service.happen(handlers, observed, survey)
    assert await shown(service, course["id"]) == course


async def test_news_of_an_unknown_course_is_refused(service: ServiceUnderTest) -> None:
    stored = await service.stored()
    for event in everything_owed(uuid4()):
        with pytest.raises(Refused, match="unknown-course"):
            await service.happen(handlers, event)
    assert await service.stored() == stored


# Bad requests


@pytest.mark.parametrize("what", ["team", "phases/start/completion"])
async def test_a_change_without_its_version_or_key_is_turned_away(service: ServiceUnderTest, what: str) -> None:
    course = await opened(service)
    stored = await service.stored()
    requests: list[tuple[dict[str, Any], tuple[int, str]]] = [
        ({"if_match": None}, (428, "if-match-missing")),
        ({"if_match": '"0"'}, (412, "stale-version")),
        ({"if_match": '"2"'}, (412, "stale-version")),
        ({"if_match": "1"}, (400, "if-match-malformed")),
        ({"if_match": "*"}, (400, "if-match-malformed")),
        ({"if_match": '"1"', "key": None}, (400, "idempotency-key-missing")),
        ({"if_match": '"1"', "key": "with space"}, (400, "idempotency-key-malformed")),
    ]
    for sent, expected in requests:
        for language in ("da", "en"):
            answer = await service.post(f"{COURSES}/{course['id']}/{what}", None, "david", language=language, **sent)
            assert slug(answer) == expected
            assert answer.headers["Content-Language"] == language
    assert await service.stored() == stored


async def test_a_course_that_does_not_exist_is_not_found(service: ServiceUnderTest) -> None:
    id = str(uuid4())
    stored = await service.stored()
    answers = [
        await service.get(f"{COURSES}/{id}", "david"),
        await complete(service, id, "start", 1),
        await form_team(service, id, 1),
    ]
    assert [slug(answer) for answer in answers] == [(404, "unknown-course")] * 3
    assert await service.stored() == stored


async def test_an_id_that_is_no_uuid_is_not_valid(service: ServiceUnderTest) -> None:
    answers = [
        await service.get(f"{COURSES}/nonsense", "david", language="en"),
        await complete(service, "nonsense", "start", 1, language="en"),
        await form_team(service, "nonsense", 1, language="en"),
    ]
    errors = [{"in": "path", "pointer": "/id", "message": "This must be a UUID."}]
    assert [slug(answer) for answer in answers] == [(422, "invalid-request")] * 3
    assert [answer.json()["errors"] for answer in answers] == [errors] * 3


READERS = ("caseworker", "coordinator", "consultant", "administrator")
DOERS = ("coordinator", "consultant")


async def test_courses_are_for_those_who_run_them(service: ServiceUnderTest) -> None:
    course = await opened(service)
    one = f"{COURSES}/{course['id']}"
    for name in ("clara", "david", "eva", "hanne"):
        assert (await service.get(COURSES, name)).json() == [course]
        assert (await service.get(one, name)).json() == course
    for path in (COURSES, one):
        assert slug(await service.get(path, None)) == (401, "not-signed-in")
        for name in everybody_but(*READERS):
            assert role_refused(await service.get(path, name)) == [*READERS]


def role_refused(answer: httpx.Response) -> list[str]:
    """Those who may, as somebody else is told."""
    assert slug(answer) == (403, "role-not-allowed")
    roles: list[str] = answer.json()["roles"]
    return roles


async def test_only_coordinators_and_consultants_complete_phases_and_only_coordinators_form_teams(
    service: ServiceUnderTest,
) -> None:
    course = await opened(service)
    stored = await service.stored()
    for name in everybody_but(*DOERS):
        assert role_refused(await complete(service, course["id"], "start", 1, name)) == [*DOERS]
    for name in everybody_but("coordinator"):
        assert role_refused(await form_team(service, course["id"], 1, name)) == ["coordinator"]
    assert await service.stored() == stored


# The corps


async def test_a_consultant_is_taken_into_the_corps(service: ServiceUnderTest) -> None:
    wish = {"name": " Asta Brink ", "skills": ["parents", "childminding", "parents"]}
    answer = await service.post(CORPS, wish, "hanne")
    assert answer.status_code == 201
    id = str(UUID(answer.json()["id"]))
    consultant = {"id": id, "name": "Asta Brink", "skills": ["childminding", "parents"], "running_courses": 0}
    consultant |= {"hours_per_month": 100, "version": 1}
    assert answer.json() == consultant
    assert answer.headers["Location"] == f"{CORPS}/{id}"
    for name in ("david", "eva", "hanne"):
        assert (await service.get(CORPS, name)).json() == [consultant]
    assert await service.published() == []


async def test_a_consultant_is_found_where_the_answer_says(service: ServiceUnderTest) -> None:
    answer = await service.post(CORPS, {"name": "Asta Brink", "skills": ["parents"]}, "david")
    found = await service.get(answer.headers["Location"], "david")
    assert (found.status_code, found.json()) == (200, answer.json())


async def test_somebody_who_is_not_in_the_corps_is_not_found(service: ServiceUnderTest) -> None:
    assert slug(await service.get(f"{CORPS}/{uuid4()}", "david")) == (404, "unknown-consultant")


async def test_the_corps_is_listed_by_name(service: ServiceUnderTest) -> None:
    await corps_of(service, **{name: ["parents"] for name in ("Freja", "Asta", "Kaj")})
    assert [each["name"] for each in (await service.get(CORPS, "david")).json()] == ["Asta", "Freja", "Kaj"]


SKILLS = (
    "This must be one of: 'learning_environments', 'parents', 'interdisciplinary_work', 'leadership' or 'childminding'."
)


async def test_a_consultant_that_is_not_valid_is_not_taken(service: ServiceUnderTest) -> None:
    stored = await service.stored()
    changes: list[tuple[dict[str, Any], str, str]] = [
        ({"name": ""}, "/name", "This must not be empty."),
        ({"name": 1}, "/name", "This must be a text."),
        ({"name": "As\x00ta"}, "/name", "This text contains control characters."),
        ({"name": "x" * 201}, "/name", "This may be at most 200 characters."),
        ({"skills": []}, "/skills", "This must not be empty."),
        ({"skills": ["cooking", "parents"]}, "/skills/0", SKILLS),
        ({"team": 1}, "/team", "This field is not known here."),
    ]
    for change, pointer, message in changes:
        answer = await service.post(CORPS, {"name": "Asta", "skills": ["parents"]} | change, "david", language="en")
        assert slug(answer) == (422, "invalid-request")
        assert answer.json()["errors"] == [{"in": "body", "pointer": pointer, "message": message}]
    assert await service.stored() == stored


async def test_the_corps_is_changed_and_its_names_are_read_by_few(service: ServiceUnderTest) -> None:
    stored = await service.stored()
    for name in everybody_but("coordinator", "administrator"):
        answer = await service.post(CORPS, {"name": "Asta", "skills": ["parents"]}, name)
        assert role_refused(answer) == ["coordinator", "administrator"]
    for name in everybody_but("coordinator", "consultant", "administrator"):
        assert role_refused(await service.get(CORPS, name)) == ["coordinator", "consultant", "administrator"]
    assert await service.stored() == stored


# Queries


async def test_lists_take_as_many_queries_for_fifty_rows_as_for_one(service: ServiceUnderTest) -> None:
    async def queries_and_rows(path: str) -> tuple[int, int]:
        await service.get(path, "david")
        async with service.statements() as sent:
            answer = await service.get(path, "david")
        return len(sent), len(answer.json())

    await corps_of(service, **TEAM)
    course = await opened(service)
    one = f"{COURSES}/{course['id']}"
    assert [await queries_and_rows(path) for path in (COURSES, CORPS)] == [(3, 1), (2, 2)]
    of_one = (await queries_and_rows(one))[0]
    await service.happen(handlers, *(signed() for _ in range(49)))
    await corps_of(service, **{f"Consultant {number}": ["parents"] for number in range(48)})
    assert [await queries_and_rows(path) for path in (COURSES, CORPS)] == [(3, 50), (2, 50)]
    assert (await queries_and_rows(one))[0] == of_one == 3
