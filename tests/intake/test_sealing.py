"""Sealed until the deadline: before it has passed, the office reads no application to the round, on no page and by no
route; after it, all of them."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from service_under_test import PROGRAMMES, Browser, OpenIntake, ServiceUnderTest

from intake.programmes.loading import publish_programmes
from local.story import cast


@pytest.fixture
async def office(intake_service: ServiceUnderTest, tmp_path: Path) -> OpenIntake:
    """An office whose long course is sealed."""
    office = await OpenIntake.of(intake_service)
    content = (PROGRAMMES / "long-course.yaml").read_text()
    sealed = content.replace("    intake: rounds\n", "    intake: rounds\n    sealed: true\n")
    (tmp_path / "long-course.yaml").write_text(sealed)
    await publish_programmes(intake_service.database, tmp_path)
    return office


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1]


SEALED = (403, "application-sealed")
STAFF = ("clara", "david", "hanne")


async def close(office: OpenIntake, **before: int) -> None:
    """Go to the end of the round's deadline, or so much before it."""
    closes_at = datetime.fromisoformat(office.round["closes_at"])
    office.service.clock.move_to(closes_at - timedelta(**before))


@pytest.mark.parametrize("name", STAFF)
async def test_the_staff_is_told_only_how_many_there_are(office: OpenIntake, name: str) -> None:
    id = (await office.submitted())["id"]
    assert problem(await office.service.get(f"/api/v1/applications/{id}", name)) == SEALED
    assert problem(await office.service.get(f"/api/v1/assessments/{id}", name)) == SEALED
    assert (await office.service.get("/api/v1/applications", name)).json() == []
    browser = Browser(office.service)
    await browser.sign_in(name)
    for path in (f"/applications/{id}", f"/assessments/{id}"):
        page = await browser.open(path)
        assert (page.status_code, "Vordingborg" in page.text) == (403, False)
    start = (await browser.open("/applications?lang=en")).text
    assert "1 application is sealed" in start
    assert "Vordingborg" not in start
    assert id not in (await browser.open("/assessments")).text


async def test_no_reviewer_is_dealt_or_takes_what_is_sealed(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    assert (await office.service.post("/api/v1/assessments", {"count": 20}, "mads")).json() == []
    for deed, body in (("taking", None), ("conflict", {"reason": "x"})):
        assert problem(await office.service.post(f"/api/v1/assessments/{id}/{deed}", body, "mads")) == SEALED


@pytest.mark.parametrize(
    ("deed", "body"), [("acceptance", None), ("declination", {"reason": "x"}), ("waiting", {"reason": "x"})]
)
async def test_nothing_is_decided_on_what_is_sealed(office: OpenIntake, deed: str, body: Any) -> None:
    id = (await office.submitted())["id"]
    answer = await office.service.post(f"/api/v1/applications/{id}/{deed}", body, "clara", if_match='"1"')
    assert problem(answer) == SEALED


async def test_the_applicant_reads_and_withdraws_all_the_same(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    assert (await office.service.get(f"/api/v1/applications/{id}", "anna")).json()["motivation"] == cast.MOTIVATION
    assert [each["id"] for each in (await office.service.get("/api/v1/applications", "anna")).json()] == [id]
    answer = await office.service.post(f"/api/v1/applications/{id}/withdrawal", None, "anna", if_match='"1"')
    assert answer.status_code == 200
    assert "sealed" not in (await office.service.get("/", "anna")).text


@pytest.mark.parametrize(("before", "status"), [({"minutes": 1}, 403), ({}, 200)])
async def test_the_seal_breaks_with_the_end_of_the_deadline(
    office: OpenIntake, before: dict[str, int], status: int
) -> None:
    id = (await office.submitted())["id"]
    await close(office, **before)
    assert (await office.service.get(f"/api/v1/applications/{id}", "clara")).status_code == status
    assert len((await office.service.get("/api/v1/applications", "clara")).json()) == (status == 200)


async def test_in_nuuk_the_day_ends_later(office: OpenIntake) -> None:
    wish = {name: office.round[name] for name in ("programme", "opens_on", "deadline")} | {"zone": "America/Nuuk"}
    opened = (await office.service.post("/api/v1/rounds", wish, "david")).json()
    id = (await office.submitted(round_id=opened["id"]))["id"]
    await close(office)
    assert problem(await office.service.get(f"/api/v1/applications/{id}", "clara")) == SEALED
    office.service.clock.move_to(datetime.fromisoformat(opened["closes_at"]))
    assert (await office.service.get(f"/api/v1/applications/{id}", "clara")).status_code == 200


async def test_an_extended_round_is_sealed_again(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    await close(office)
    assert (await office.service.get(f"/api/v1/applications/{id}", "clara")).status_code == 200
    later = str(date.fromisoformat(office.round["deadline"]) + timedelta(days=7))
    path = f"/api/v1/rounds/{office.round['id']}/extension"
    extended = await office.service.post(path, {"deadline": later, "reason": "Snow."}, "david", if_match='"1"')
    assert extended.status_code == 200
    assert problem(await office.service.get(f"/api/v1/applications/{id}", "clara")) == SEALED


async def test_what_is_applied_for_at_any_time_is_never_sealed(office: OpenIntake) -> None:
    id = (await office.service.post("/api/v1/applications", office.short_course(), cast.LEADER)).json()["id"]
    assert (await office.service.get(f"/api/v1/applications/{id}", "clara")).status_code == 200


async def test_the_page_of_the_programme_says_so(office: OpenIntake) -> None:
    page = (await office.service.get("/programmes/long-course", None, language="en")).text
    assert "The office reads applications when the deadline has passed." in page
