"""Services with something of everything in them, so that an API answers with more than "there is no such thing"."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import httpx
import operation_cases
import scheduling_cases
from capacity_cases import another_application, told
from gathering_cases import OpenGathering, posted
from pdf_cases import PDF
from service_under_test import OpenIntake, ServiceUnderTest, published_programmes

import intake.worker
import reporting.worker
import scheduling.worker
from local.story import cast
from shared.contracts.intake.applications import ApplicationSubmitted
from shared.contracts.scheduling.courses import CourseOpened, CoursePhase, PhaseStarted

Shown = Mapping[str, list[Any]]
"""Values by the name of what takes them, where no list of the service shows any."""


async def fill_intake(service: ServiceUnderTest) -> Shown:
    office = await OpenIntake.of(service)
    await service.happen(intake.worker.handlers, told(service.clock.now()))
    applications = [await another_application(office) for _ in range(6)]
    await _decide(service, *applications)
    await _assess(service, applications[4])
    await _write_drafts(office)
    await _ask(service)
    done(await service.post(f"/api/v1/rounds/{office.round['id']}/late-entries", {"municipality": "0390"}, "david"))
    gathering = await OpenGathering.another(service)
    for number in (1, 2):
        done(await gathering.register(number, 2))
    await _fail(service)
    return {"token": [link.rsplit("/", 1)[1] for _, _, link in await posted(service) if "/registrations/" in link]}


async def fill_scheduling(service: ServiceUnderTest) -> Shown:
    signed = [
        scheduling_cases.signed().model_copy(update={"agreement_id": uuid4(), "application_id": uuid4()})
        for _ in range(3)
    ]
    for name, skills in cast.CORPS.items():
        done(await service.post("/api/v1/consultants", {"name": name, "skills": skills}, "david"))
    await service.happen(scheduling.worker.handlers, *published_programmes(), *signed)
    await _fail(service)
    return {"phase": ["start", "advice", "closing"]}


async def fill_reporting(service: ServiceUnderTest) -> Shown:
    courses = [UUID(int=300 + number) for number in range(2)]
    for course in courses:
        case = {
            "application_id": uuid4(),
            "programme": "long-course",
            "programme_version": 1,
            "municipality": "0390",
            "daycares": scheduling_cases.DAYCARES,
            "on": scheduling_cases.OPENED_ON,
        }
        start = scheduling_cases.START
        phase = CoursePhase(
            name=start.name,
            names=start.names,
            starts_on=scheduling_cases.OPENED_ON,
            ends_on=scheduling_cases.OPENED_ON,
            owes=start.owes,
        )
        await service.happen(
            reporting.worker.handlers,
            *published_programmes(),
            ApplicationSubmitted.model_validate(case | {"round_id": None}),
            CourseOpened.model_validate(case | {"course_id": course, "phases": (phase,)}),
            PhaseStarted(course_id=course, phase="start", on=scheduling_cases.OPENED_ON),
        )
    await _fail(service)
    await operation_cases.cannot_send(service, operation_cases.recorded())
    return {
        "/api/v1/courses/": [str(course) for course in courses],
        "phase": ["start"],
        "daycare_id": [str(daycare) for daycare in scheduling_cases.DAYCARES],
        "instrument": ["observation", "leadership_survey"],
        "on": [str(scheduling_cases.OPENED_ON)],
    }


FILLED = {"intake": fill_intake, "scheduling": fill_scheduling, "reporting": fill_reporting}


async def _decide(service: ServiceUnderTest, accepted: str, signed: str, declined: str, waiting: str, *_: str) -> None:
    reason = {"reason": "There is no room."}
    for id, deed, body in (
        (accepted, "acceptance", None),
        (signed, "acceptance", None),
        (declined, "declination", reason),
        (waiting, "waiting", reason),
    ):
        done(await service.post(f"/api/v1/applications/{id}/{deed}", body, "clara", if_match='"1"'))
    agreements = "/api/v1/agreements"
    for id in (accepted, signed):
        agreed = done(await service.post(agreements, {"application_id": id}, "clara"))
    for seen, name in ((1, "anna"), (2, "david")):
        done(await service.post(f"{agreements}/{agreed['id']}/signature", None, name, if_match=f'"{seen}"'))


async def _assess(service: ServiceUnderTest, application: str) -> None:
    for name in ("mads", "clara"):
        done(await service.post(f"/api/v1/assessments/{application}/taking", None, name))


async def _write_drafts(office: OpenIntake) -> None:
    for _ in range(3):
        wish = {"programme": "long-course", "round_id": office.round["id"]}
        draft = done(await office.service.post("/api/v1/drafts", wish, "anna"))
        path = f"/api/v1/drafts/{draft['id']}"
        done(await office.service.post(f"{path}/link", None, "anna"))
        done(await office.service.post(f"{path}/attachments?name=a.pdf", None, "anna", content=PDF))


async def _ask(service: ServiceUnderTest) -> None:
    asked = [done(await service.post("/api/v1/enquiries", {"question": "May we?"}, "anna")) for _ in range(2)]
    path = f"/api/v1/enquiries/{asked[0]['id']}/answer"
    done(await service.post(path, {"answer": "Yes."}, "david", if_match='"1"'))


async def _fail(service: ServiceUnderTest) -> None:
    await operation_cases.fail(service, *(operation_cases.envelope(1, course) for course in (1, 2, 3)))
    await operation_cases.fail(service, operation_cases.of_type("Unheard", course=4))


def done(answer: httpx.Response) -> Any:
    """What a write answered that had to succeed."""
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None
