"""A version of a programme published while a round is open: each case is judged by the one it was sent under."""

from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from capacity_cases import another_application
from service_under_test import PROGRAMMES, Browser, OpenIntake, ServiceUnderTest

from intake.programmes.loading import publish_programmes
from shared.office import office_date

OFFICE = ZoneInfo("Europe/Copenhagen")
SHEETS: dict[int, dict[str, int]] = {
    1: {"need": 3, "vulnerable-families": 2, "motivation": 2, "leadership": 1},
    2: {"climate": 1},
}
"""A whole sheet by the criteria of each version: 21 of 30 points, and 1 of 1."""


class TwoVersions:
    """Intake with an open round of the long course; from `changes_on` on it is for three to five daycares."""

    def __init__(self, office: OpenIntake, changes_on: date) -> None:
        self.office = office
        self.service = office.service
        self.changes_on = changes_on

    @property
    def change(self) -> datetime:
        """The first moment of the second version."""
        return datetime.combine(self.changes_on, datetime.min.time(), OFFICE)

    async def draft(self, *kinds: str) -> str:
        """A whole draft of Vordingborg's."""
        wish = {"programme": "long-course", "round_id": self.office.round["id"]}
        id = str((await self.service.post("/api/v1/drafts", wish, "anna")).json()["id"])
        content = {
            "applicant_kind": "administration",
            "daycares": [self.office.daycares[kind] for kind in kinds],
            "motivation": "Vi vil gerne.",
            "contact_name": "Anna Holm",
            "contact_email": "anna@example.org",
        }
        answer = await self.service.put(f"/api/v1/drafts/{id}", content, "anna", if_match='"1"')
        assert answer.status_code == 200, answer.text
        return id

    async def send(self, id: str, **how: Any) -> httpx.Response:
        return await self.service.post(f"/api/v1/drafts/{id}/submission", how, "anna", if_match='"2"')

    async def shown(self, path: str, name: str = "anna") -> dict[str, Any]:
        answer = await self.service.get(f"/api/v1/{path}", name)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def judged_by(self, id: str) -> tuple[int, str, list[str]]:
        """The version, where the application stands, and what turned it away."""
        found = await self.shown(f"applications/{id}")
        failed = [each["rule"] for each in found["verdicts"] if not each["passed"]]
        return found["programme_version"], found["status"], failed

    async def assess(self, id: str, name: str, sheet: dict[str, int]) -> httpx.Response:
        await self.service.post(f"/api/v1/assessments/{id}/taking", None, name)
        scores = [{"criterion": criterion, "points": points} for criterion, points in sheet.items()]
        return await self.service.post(f"/api/v1/assessments/{id}/scores", {"scores": scores}, name, if_match='"1"')


@pytest.fixture
async def two(intake_service: ServiceUnderTest, tmp_path: Path) -> TwoVersions:
    office = await OpenIntake.of(intake_service)
    changes_on = office_date(intake_service.clock.now()) + timedelta(days=5)
    folder = tmp_path / "programmes"
    copytree(PROGRAMMES, folder)
    file = folder / "long-course.yaml"
    said = file.read_text()
    head, _, first = said.partition("  - version: 1\n    valid_from: 2021-01-01\n")
    assert first
    second = first.replace("at_least: 2", "at_least: 3")
    before_criteria, _, rest = second.partition("    criteria:\n")
    criteria = """    criteria:
      - name: climate
        names: {da: Læringsmiljø, en: Learning environment}
        weight: 1
        scale: [{da: Nej, en: "No"}, {da: Ja, en: "Yes"}]
"""
    second = before_criteria + criteria + rest[rest.index("    offer:\n") :]
    until = f"    valid_until: {changes_on - timedelta(days=1)}\n"
    file.write_text(
        f"{head}  - version: 1\n    valid_from: 2021-01-01\n{until}{first}"
        f"  - version: 2\n    valid_from: {changes_on}\n{second}"
    )
    await publish_programmes(intake_service.database, folder)
    return TwoVersions(office, changes_on)


async def test_a_draft_is_judged_by_the_version_of_the_day_on_which_it_is_sent(two: TwoVersions) -> None:
    id = await two.draft("nursery", "integrated")
    two.service.clock.move_to(two.change - timedelta(seconds=30))
    before = await two.shown(f"drafts/{id}")
    assert (before["programme_version"], [each["rule"] for each in before["verdicts"] if not each["passed"]]) == (1, [])
    two.service.clock.move_to(two.change)
    after = await two.shown(f"drafts/{id}")
    assert (after["programme_version"], after["version"]) == (2, before["version"])
    failed = [(each["rule"], each["texts"]["en"]) for each in after["verdicts"] if not each["passed"]]
    assert failed == [("daycare_count", "The number of daycares is 2, but the programme takes from 3 to 5.")]
    answer = await two.send(id)
    assert (answer.status_code, [each["rule"] for each in answer.json()["refusals"]]) == (422, ["daycare_count"])
    assert (await two.send(id, even_if_refused=True)).status_code == 200
    assert await two.judged_by(id) == (2, "refused", ["daycare_count"])


async def test_what_was_sent_before_the_change_stays_judged_by_the_version_before(two: TwoVersions) -> None:
    id = await two.draft("nursery", "integrated")
    two.service.clock.move_to(two.change - timedelta(seconds=30))
    assert (await two.send(id)).status_code == 200
    two.service.clock.move_to(two.change + timedelta(days=3))
    assert await two.judged_by(id) == (1, "submitted", [])
    answer = await two.service.post(f"/api/v1/applications/{id}/acceptance", {}, "clara", if_match='"1"')
    assert answer.status_code == 200
    name, data = (await two.service.published())[-1]
    assert (name, data["programme_version"]) == ("ApplicationAccepted", 1)


async def test_the_screen_of_a_draft_says_which_version_it_is_held_against(two: TwoVersions) -> None:
    id = await two.draft("nursery", "integrated")
    browser = Browser(two.service)
    await browser.sign_in("anna")
    for number, moment in ((1, two.change - timedelta(seconds=30)), (2, two.change)):
        two.service.clock.move_to(moment)
        page = (await browser.open(f"/drafts/{id}?lang=en")).text
        assert f"By version {number} of the programme, in force from" in page
        assert ("takes from 3 to 5" in page) == (number == 2)


async def both(two: TwoVersions) -> tuple[str, str]:
    """An application of each version, assessed by two reviewers."""
    ids = []
    for version, daycares in ((1, 2), (2, 3)):
        two.service.clock.move_to(two.change + timedelta(seconds=30 if version == 2 else -30))
        ids.append(await another_application(two.office, daycares))
        for name in ("mads", "jonas"):
            answer = await two.assess(ids[-1], name, SHEETS[version])
            assert answer.status_code == 200, answer.text
    return ids[0], ids[1]


async def test_each_is_scored_by_the_criteria_of_its_version_and_ranked_by_its_share(two: TwoVersions) -> None:
    first, second = await both(two)
    found = await two.shown(f"rankings/{two.office.round['id']}", "david")
    assert [(each["application_id"], each["programme_version"], each["together"]) for each in found["places"]] == [
        (second, 2, {"points": 2, "highest": 2}),
        (first, 1, {"points": 42, "highest": 60}),
    ]
    browser = Browser(two.service)
    await browser.sign_in("david")
    page = (await browser.open(f"/rankings/{two.office.round['id']}?lang=en")).text
    assert [f"Version {number} of the programme" in page for number in (1, 2)] == [True, True]
    assert "The programme changed while the round was open" in page


async def test_the_criteria_of_another_version_are_refused(two: TwoVersions) -> None:
    id = await another_application(two.office)
    two.service.clock.move_to(two.change)
    answer = await two.assess(id, "mads", SHEETS[2])
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/criteria-do-not-fit")
    assert (await two.assess(id, "jonas", SHEETS[1])).status_code == 200


async def test_a_ranking_of_one_version_says_nothing_of_versions(two: TwoVersions) -> None:
    await another_application(two.office)
    browser = Browser(two.service)
    await browser.sign_in("david")
    page = (await browser.open(f"/rankings/{two.office.round['id']}?lang=en")).text
    assert "of the programme" not in page.split("<h1")[1]
