"""Sealed until the deadline: before it has passed, the office reads no application to the round, on no page and by no
route; after it, all of them."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from merger_cases import ODENSE, VORDINGBORG, application, merge, noted
from service_under_test import PEOPLE, PROGRAMMES, Browser, OpenIntake, ServiceUnderTest

from intake.letters.handlers import on
from intake.programmes.loading import publish_programmes
from local.story import cast
from shared.contracts.intake.applications import ApplicationAccepted


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


async def test_no_address_tells_anybody_but_the_applicant_of_what_is_sealed(office: OpenIntake) -> None:
    """Whatever may be asked for, with whatever the id could be of, by everybody who has signed in."""
    contact = {"contact": {"name": "Xerxes Qvist", "email": "xerxes@example.org"}}
    sealed = await office.submitted(motivation="Zenobias begrundelse", **contact)
    ids = {"id": sealed["id"], "round": office.round["id"], "daycare": office.daycares["childminding"]}
    told = []
    for name in (name for role, name in PEOPLE.items() if role != "applicant"):
        for path in office.service.readable():
            for id in ids.values() if "{id}" in path else [""]:
                asked = path.replace("{id}", id)
                answer = await office.service.get(f"{asked}?round_id={ids['round']}&limit=50", name)
                words = answer.text.replace(asked, "")
                if any(each in words for each in (sealed["id"], "Zenobia", "Xerxes", "xerxes")):
                    told.append((name, asked, answer.status_code))
    assert told == []


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
    office.service.clock.move_to(office.service.clock.now() + timedelta(days=1))  # the first day has begun there, too
    wish = {name: office.round[name] for name in ("programme", "opens_on", "deadline")} | {"zone": "America/Nuuk"}
    opened = (await office.service.post("/api/v1/rounds", wish, "david")).json()
    id = (await office.submitted(round_id=opened["id"]))["id"]
    await close(office)
    assert problem(await office.service.get(f"/api/v1/applications/{id}", "clara")) == SEALED
    office.service.clock.move_to(datetime.fromisoformat(opened["closes_at"]))
    assert (await office.service.get(f"/api/v1/applications/{id}", "clara")).status_code == 200


async def extend(office: OpenIntake, version: int = 1) -> None:
    """Give the round one more week."""
    later = str(date.fromisoformat(office.round["deadline"]) + version * timedelta(days=7))
    path = f"/api/v1/rounds/{office.round['id']}/extension"
    sent = {"deadline": later, "reason": "Snow."}
    assert (await office.service.post(path, sent, "david", if_match=f'"{version}"')).status_code == 200


async def test_what_was_opened_stays_open_and_what_comes_after_an_extension_is_sealed(office: OpenIntake) -> None:
    early = (await office.submitted())["id"]
    await close(office)
    await extend(office)
    another = await office.service.post("/api/v1/daycares", cast.NURSERY | {"p_number": "1003333333"}, "hanne")
    late = await office.submitted(daycares=[office.daycares["childminding"], another.json()["id"]])
    assert (await office.service.get(f"/api/v1/applications/{early}", "clara")).status_code == 200
    assert problem(await office.service.get(f"/api/v1/applications/{late['id']}", "clara")) == SEALED
    await close(office, days=-7)
    assert (await office.service.get(f"/api/v1/applications/{late['id']}", "clara")).status_code == 200
    await extend(office, 2)
    assert [each["id"] for each in (await office.service.get("/api/v1/applications", "clara")).json()] == [
        late["id"],
        early,
    ]


@pytest.mark.parametrize(("before", "status"), [({"seconds": 1}, 403), ({"seconds": 0}, 200)])
async def test_a_round_that_is_extended_before_it_closes_stays_sealed(
    office: OpenIntake, before: dict[str, int], status: int
) -> None:
    id = (await office.submitted())["id"]
    await close(office, **before)
    await extend(office)
    office.service.clock.move_to(office.service.clock.now() + timedelta(days=1))
    assert (await office.service.get(f"/api/v1/applications/{id}", "clara")).status_code == status


async def test_an_extension_after_a_decision_takes_no_agreement_and_no_letter_away(office: OpenIntake) -> None:
    service, id = office.service, (await office.submitted())["id"]
    await close(office)
    accepted = await service.post(f"/api/v1/applications/{id}/acceptance", None, "clara", if_match='"1"')
    assert accepted.status_code == 200
    facts = [data for name, data in await service.published() if name == "ApplicationAccepted"]
    await service.happen(on, *(ApplicationAccepted.model_validate(each) for each in facts))
    letter = (await service.get("/api/v1/letters", "clara")).json()[0]["id"]
    assert (await service.post(f"/api/v1/letters/{letter}/approval", None, "clara", if_match='"1"')).status_code == 200
    agreed = await service.post("/api/v1/agreements", {"application_id": id}, "clara")
    assert agreed.status_code == 201
    await extend(office)
    for name in ("clara", "anna"):
        for path in ("/agreements", f"/agreements/{agreed.json()['id']}", f"/letters/{letter}", f"/applications/{id}"):
            assert (await service.get(path, name)).status_code == 200, (name, path)
    assert [each["id"] for each in (await service.get("/api/v1/letters", "anna")).json()] == [letter]


async def test_a_merger_tells_of_no_draft_and_of_nothing_that_is_sealed(office: OpenIntake) -> None:
    nothing = (await noted(office.service, preview=True)).json()["moved"]
    id = (await office.submitted())["id"]
    wish = {"programme": "long-course", "round_id": office.round["id"]}
    draft = (await office.service.post("/api/v1/drafts", wish, "anna")).json()["id"]
    assert (await noted(office.service, preview=True)).json()["moved"] == nothing
    clara = Browser(office.service)
    await clara.sign_in("clara")
    form = await clara.open("/municipality-merger?lang=en")
    day = str(office.service.clock.now().date())
    page = await clara.send(form, "/municipality-merger", municipality=VORDINGBORG, into=ODENSE, on=day)
    assert ("Drafts and sealed applications move too." in page.text, "Drafts that have not" in page.text) == (
        True,
        False,
    )
    assert await merge(office.service) == nothing
    assert (await application(office, id))["municipality"] == ODENSE
    assert (await office.service.get(f"/api/v1/drafts/{draft}", "anna")).json()["version"] == 2


async def test_what_is_applied_for_at_any_time_is_never_sealed(office: OpenIntake) -> None:
    id = (await office.service.post("/api/v1/applications", office.short_course(), cast.LEADER)).json()["id"]
    assert (await office.service.get(f"/api/v1/applications/{id}", "clara")).status_code == 200


async def test_the_page_of_the_programme_says_so(office: OpenIntake) -> None:
    page = (await office.service.get("/programmes/long-course", None, language="en")).text
    assert "The office reads applications when the deadline has passed." in page
