"""The three services together without a broker: what one tells, the others do."""

from datetime import timedelta

import pytest
from service_under_test import OpenIntake, ServiceUnderTest

import intake.worker
import reporting.worker
import scheduling.worker
from shared.contracts.intake.applications import ApplicationAccepted
from shared.errors import Refused
from shared.events.handlers import Handlers
from shared.events.in_memory import BrokerInMemory
from shared.events.timers import Timers
from shared.office import office_date
from shared.work import UnitOfWork


async def accepted(intake_service: ServiceUnderTest) -> str:
    """The id of an application that a caseworker has said yes to."""
    application = await (await OpenIntake.of(intake_service)).submitted()
    seen = await intake_service.get(f"/api/v1/applications/{application['id']}", "clara")
    answer = await intake_service.post(
        f"/api/v1/applications/{application['id']}/acceptance", None, "clara", if_match=seen.headers["ETag"]
    )
    assert answer.status_code == 200, answer.text
    return str(application["id"])


async def agreed(intake_service: ServiceUnderTest) -> str:
    """The id of an application that has been accepted and on whose course, from today, both parties have signed."""
    id = await accepted(intake_service)
    body = {"application_id": id}
    agreement = (await intake_service.post("/api/v1/agreements", body, "clara")).json()
    path = f"/api/v1/agreements/{agreement['id']}"
    today = {"starts_on": str(office_date(intake_service.clock.now()))}
    await intake_service.post(f"{path}/terms", today, "clara", if_match='"1"')
    for version, name in ((2, "anna"), (3, "david")):
        answer = await intake_service.post(f"{path}/signature", None, name, if_match=f'"{version}"')
        assert answer.status_code == 200, answer.text
    return id


async def test_an_agreement_becomes_a_course_that_reporting_counts(
    intake_service: ServiceUnderTest, scheduling_service: ServiceUnderTest, reporting_service: ServiceUnderTest
) -> None:
    broker = BrokerInMemory(
        {
            intake_service.database: intake.worker.handlers,
            scheduling_service.database: scheduling.worker.handlers,
            reporting_service.database: reporting.worker.handlers,
        }
    )
    await agreed(intake_service)
    delivered = await broker.deliver()
    assert [each for each in delivered if each != "intake.ProgrammePublished.v1"] == [
        "intake.RoundOpened.v1",
        "intake.ApplicationSubmitted.v1",
        "intake.ApplicationAccepted.v1",
        "intake.AgreementSigned.v1",
        "scheduling.CourseOpened.v1",
        "scheduling.PhaseStarted.v1",
    ]
    pipeline = (await reporting_service.get("/api/v1/pipeline", "frida")).json()
    assert [(line["submitted"], line["accepted"], line["running"]) for line in pipeline["programmes"]] == [(1, 1, 1)]
    assert await broker.deliver() == []


async def test_what_a_yes_costs_is_told_by_scheduling_and_seen_in_intake(
    intake_service: ServiceUnderTest, scheduling_service: ServiceUnderTest
) -> None:
    broker = BrokerInMemory(
        {
            intake_service.database: intake.worker.handlers,
            scheduling_service.database: scheduling.worker.handlers,
        }
    )
    wish = {"name": "Asta Brink", "skills": ["leadership"], "hours_per_month": 50}
    assert (await scheduling_service.post("/api/v1/consultants", wish, "david")).status_code == 201
    id = await agreed(intake_service)
    seen = []
    for _ in range(2):
        await broker.deliver()
        scheduling_service.clock.move_to(scheduling_service.clock.now() + timedelta(seconds=10))
        await Timers(database=scheduling_service.database).publish_due()
        await broker.deliver()
        seen.append((await intake_service.get("/api/v1/capacity", "clara")).json())
    capacity, again = seen
    assert again == capacity == (await scheduling_service.get("/api/v1/capacity", "clara")).json()
    assert (capacity["months"][0]["available"], [each["bound"] for each in capacity["months"]]) == (
        50,
        [30] * 3 + [20] * 12 + [24] * 3 + [0] * 6,
    )
    cost = (await intake_service.get(f"/api/v1/applications/{id}/capacity", "clara")).json()
    assert [(each["promised"], each["lacks"]) for each in cost["months"]][:4] == [(0, 10), (0, 10), (0, 10), (0, 0)]


async def test_an_event_that_cannot_be_handled_fails_the_test(intake_service: ServiceUnderTest) -> None:
    on = Handlers()

    @on(ApplicationAccepted)
    async def refuse(event: ApplicationAccepted, work: UnitOfWork) -> None:
        raise Refused("not-today")

    await accepted(intake_service)
    with pytest.raises(Refused):
        await BrokerInMemory({intake_service.database: on}).deliver()
