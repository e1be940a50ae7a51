"""Who was at a gathering, what is sent before and after it, and what is forgotten of it."""

import asyncio
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from gathering_cases import COHORT, OpenGathering, letters, party, posted, proofs, work
from intake_cases import NOON
from pdf_cases import PDF
from service_under_test import Browser, ServiceUnderTest, everybody_but, forms_of, publish_real_programmes
from sqlalchemy import text

from intake.gatherings.model import CohortStatus
from intake.materials.decisions import attach, is_to_be_sent
from intake.materials.files import LARGEST
from intake.materials.model import File, Material, MaterialKind
from intake.registrations.attendance_decisions import record_attendance, record_follow_ups
from intake.registrations.model import Registration, RegistrationStatus, roll_version
from intake.retention import OWN
from intake.rounds.model import Zone
from intake.settings import IntakeSettings
from shared.contracts.intake.materials import MaterialDue
from shared.contracts.intake.registrations import AttendanceRecorded
from shared.decision import Decision, Timer
from shared.errors import Refused

HELD_AT = COHORT.starts_at
MATERIAL = Material(
    UUID(int=70), COHORT.id, MaterialKind.BEFORE, 14, "Bring this.", None, datetime(2026, 11, 17, 7, tzinfo=UTC)
)


def there(each: Registration, *people: bool) -> Registration:
    attended = tuple(replace(one, attended=was) for one, was in zip(each.attendees, people, strict=True))
    return replace(each, attendees=attended)


# Decisions


def test_who_was_there_is_noted_from_the_first_moment_on_and_told_as_numbers() -> None:
    roll = (party(1, 2), party(2), party(3, status=RegistrationStatus.WAITING))
    present = [roll[0].attendees[1].id]
    told = AttendanceRecorded(cohort_id=COHORT.id, programme="learning-day", present=1, absent=2, on=COHORT.starts_on)
    expected = (there(roll[0], False, True), there(roll[1], False))
    assert record_attendance(COHORT, roll, present, HELD_AT) == Decision(expected, (told,))
    with pytest.raises(Refused, match="gathering-not-begun"):
        record_attendance(COHORT, roll, present, HELD_AT - timedelta(seconds=1))


def test_a_mistake_is_put_right_by_doing_it_again() -> None:
    wrong = there(party(1, 2), True, True)
    assert record_attendance(COHORT, [wrong], [], HELD_AT).state == (there(party(1, 2), False, False),)


def test_only_who_had_a_place_can_have_been_there() -> None:
    waiting = party(3, status=RegistrationStatus.WAITING)
    with pytest.raises(Refused, match="unknown-attendee"):
        record_attendance(COHORT, [waiting], [waiting.attendees[0].id], HELD_AT)
    with pytest.raises(Refused, match="gathering-settled"):
        record_attendance(replace(COHORT, status=CohortStatus.CANCELLED), (), (), HELD_AT)


def test_the_day_on_which_a_plan_came_in_stays() -> None:
    came, stayed_away = there(party(1), True), there(party(2), False)
    (noted,) = record_follow_ups([came, stayed_away], [came.id], NOON).state
    assert noted.follow_up_on == NOON.date()
    assert record_follow_ups([noted], [came.id], NOON + timedelta(days=3)).state == (noted,)
    assert record_follow_ups([noted], [], NOON).state == (came,)
    with pytest.raises(Refused, match="unknown-attendee"):
        record_follow_ups([stayed_away], [stayed_away.id], NOON)


def test_the_version_of_a_roll_rises_with_every_change() -> None:
    assert roll_version([party(1), replace(party(2), version=3)]) == 4


@pytest.mark.parametrize(
    ("kind", "days", "zone", "due_at"),
    [
        (MaterialKind.BEFORE, 14, Zone.COPENHAGEN, datetime(2026, 11, 17, 7, tzinfo=UTC)),
        (MaterialKind.BEFORE, 0, Zone.COPENHAGEN, datetime(2026, 12, 1, 7, tzinfo=UTC)),
        (MaterialKind.AFTER, 21, Zone.COPENHAGEN, datetime(2026, 12, 22, 7, tzinfo=UTC)),
        (MaterialKind.AFTER, 21, Zone.NUUK, datetime(2026, 12, 22, 10, tzinfo=UTC)),
    ],
)
def test_what_is_sent_is_sent_in_the_morning_of_its_day(
    kind: MaterialKind, days: int, zone: Zone, due_at: datetime
) -> None:
    decision = attach(replace(COHORT, zone=zone), None, MATERIAL.id, kind, days, "Bring this.", None)
    expected = Material(MATERIAL.id, COHORT.id, kind, days, "Bring this.", None, due_at)
    due = MaterialDue(material_id=MATERIAL.id, cohort_id=COHORT.id)
    assert decision == Decision(expected, (), (Timer(f"material/{MATERIAL.id}/due", due_at, due),))


def test_what_is_written_anew_takes_the_place_of_what_was_there_until_it_has_been_sent() -> None:
    anew = attach(
        COHORT, MATERIAL, UUID(int=71), MaterialKind.BEFORE, 7, "Bring that.", File("a.pdf", "application/pdf")
    ).state
    assert (anew.id, anew.version, anew.text, anew.days) == (MATERIAL.id, 1, "Bring that.", 7)
    with pytest.raises(Refused, match="material-sent"):
        attach(COHORT, replace(MATERIAL, sent_at=NOON), UUID(int=71), MaterialKind.BEFORE, 7, "Bring that.", None)
    with pytest.raises(Refused, match="gathering-settled"):
        attach(replace(COHORT, status=CohortStatus.CANCELLED), None, UUID(int=71), MaterialKind.BEFORE, 7, "x", None)


@pytest.mark.parametrize(
    ("changes", "seconds", "is_noted", "expected"),
    [
        ({}, -1, False, False),
        ({}, 0, False, True),
        ({"sent_at": NOON}, 0, False, False),
        ({"kind": MaterialKind.AFTER}, 0, False, False),
        ({"kind": MaterialKind.AFTER}, 0, True, True),
        ({"kind": MaterialKind.AFTER}, -1, True, False),
    ],
)
def test_when_it_is_time_to_send(changes: dict[str, Any], seconds: int, is_noted: bool, expected: bool) -> None:
    now = MATERIAL.due_at + timedelta(seconds=seconds)
    assert is_to_be_sent(replace(MATERIAL, **changes), COHORT, is_noted=is_noted, now=now) is expected
    off = replace(COHORT, status=CohortStatus.CANCELLED)
    assert not is_to_be_sent(replace(MATERIAL, **changes), off, is_noted=is_noted, now=now)


# Over HTTP


@pytest.fixture
async def gathering(intake_service: ServiceUnderTest) -> OpenGathering:
    await publish_real_programmes(intake_service.database)
    return await OpenGathering.another(intake_service, places=4)


async def roll(gathering: OpenGathering) -> tuple[str, list[str]]:
    """The ETag of the roll, and the ids of all people on it."""
    answer = await gathering.service.get(f"{gathering.path}/registrations", "lone")
    return answer.headers["ETag"], [person["id"] for each in answer.json() for person in each["attendees"]]


async def noted(gathering: OpenGathering, present: Sequence[str], etag: str, name: str = "lone") -> Any:
    return await gathering.service.post(f"{gathering.path}/attendance", {"present": present}, name, if_match=etag)


async def write(gathering: OpenGathering, kind: str, seen: int = 0, name: str = "lone", **body: Any) -> Any:
    said = {"days": 7, "text": "First.\n\nSecond."} | body
    return await gathering.service.post(f"{gathering.path}/materials/{kind}", said, name, if_match=f'"{seen}"')


def begin(gathering: OpenGathering, days: int = 0) -> None:
    """Go to the afternoon of the first day, or of one so many days later."""
    start = datetime.fromisoformat(f"{gathering.cohort['starts_on']}T14:00:00+00:00")
    gathering.service.clock.move_to(start + timedelta(days=days))


async def test_from_the_template_before_to_the_plan_after(gathering: OpenGathering) -> None:
    seen: set[str] = set()
    file = {"name": "Skabelon æøå.pdf", "content": b64encode(PDF).decode()}
    assert (await write(gathering, "before", file=file)).status_code == 200
    assert (await write(gathering, "after", days=14)).status_code == 200
    for number in (1, 2):
        await gathering.register(number)
    await gathering.register(3, 3)
    await work(gathering, seen)
    assert await letters(gathering, "Before") == []
    begin(gathering, -7)
    await work(gathering, seen)
    assert await letters(gathering, "Before") == ["1", "2"]
    await gathering.cancel(1)
    await work(gathering, seen)
    assert await letters(gathering, "Before") == ["1", "2", "3"]
    link = next(link for to, subject, link in await posted(gathering.service) if subject.startswith("Before"))
    download = await gathering.service.get(link, None)
    assert (download.content, download.headers["Content-Type"]) == (PDF, "application/pdf")
    assert download.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Skabelon%20%C3%A6%C3%B8%C3%A5.pdf"
    begin(gathering)
    etag, people = await roll(gathering)
    answer = await noted(gathering, people[1:], etag)
    assert [[one["attended"] for one in each["attendees"]] for each in answer.json()] == [[False], [True] * 3]
    await work(gathering, seen)
    assert (await gathering.service.get(gathering.path, None)).json()["status"] == "held"
    assert await letters(gathering, "After") == []
    begin(gathering, 14)
    await work(gathering, seen)
    assert await letters(gathering, "After") == ["3"]
    party_id = answer.json()[1]["id"]
    plans = await gathering.service.post(
        f"{gathering.path}/follow-ups", {"received": [party_id]}, "lone", if_match=answer.headers["ETag"]
    )
    assert [each["follow_up_on"] is not None for each in plans.json()] == [False, True]
    await work(gathering, seen)
    assert (await letters(gathering, "Before"), await letters(gathering, "After")) == (["1", "2", "3"], ["3"])
    told = [data for name, data in await gathering.service.published() if name == "AttendanceRecorded"]
    assert [(each["present"], each["absent"]) for each in told] == [(3, 1)]


async def test_what_comes_after_waits_until_it_is_known_who_was_there(gathering: OpenGathering) -> None:
    seen: set[str] = set()
    await write(gathering, "after", days=1)
    await gathering.register(1)
    begin(gathering, 5)
    await work(gathering, seen)
    assert await letters(gathering, "After") == []
    etag, people = await roll(gathering)
    await noted(gathering, people, etag)
    for _ in range(2):
        await work(gathering, seen)
    assert await letters(gathering, "After") == ["1"]


async def test_nothing_is_sent_for_what_was_called_off(gathering: OpenGathering) -> None:
    seen: set[str] = set()
    await write(gathering, "before")
    await gathering.register(1)
    await gathering.service.post(f"{gathering.path}/cancellation", None, "lone", if_match='"1"')
    begin(gathering)
    await work(gathering, seen)
    assert (await letters(gathering, "Before"), await letters(gathering, "Called")) == ([], ["1"])


async def test_of_two_who_note_at_once_one_counts(gathering: OpenGathering) -> None:
    await gathering.register(1)
    early = await noted(gathering, [], (await roll(gathering))[0])
    assert (early.status_code, early.json()["type"]) == (409, "/problems/gathering-not-begun")
    begin(gathering)
    etag, people = await roll(gathering)
    answers = await asyncio.gather(noted(gathering, people, etag), noted(gathering, [], etag))
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_of_two_texts_at_once_one_counts(gathering: OpenGathering) -> None:
    answers = await asyncio.gather(write(gathering, "before"), write(gathering, "before"))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert (await write(gathering, "before", seen=1, text="New")).json()["version"] == 2
    assert await gathering.service.rows("timer") == 1


async def test_nobody_else_notes_or_writes(gathering: OpenGathering) -> None:
    for name in everybody_but("secretary", "administrator"):
        answers = [await noted(gathering, [], '"0"', name), await write(gathering, "before", name=name)]
        assert [answer.status_code for answer in answers] == [403, 403]


@pytest.mark.parametrize(
    "body",
    [
        {"days": -1},
        {"days": 366},
        {"text": ""},
        {"text": "a" * 5001},
        {"file": {"name": "a.html", "content": "YQ=="}},
        {"file": {"name": "../a.pdf", "content": "YQ=="}},
        {"file": {"name": "a.pdf", "content": ""}},
        {"file": {"name": "a.pdf", "content": "not base64"}},
        {"file": {"name": "a.pdf", "content": b64encode(PDF.ljust(LARGEST + 1)).decode()}},
        {"file": {"name": "a.pdf", "content": b64encode(b"<html><script>alert(1)</script>").decode()}},
        {"file": {"name": "a.docx", "content": b64encode(PDF).decode()}},
    ],
)
async def test_what_cannot_be_sent_is_refused(gathering: OpenGathering, body: dict[str, Any]) -> None:
    assert (await write(gathering, "before", **body)).status_code == 422
    assert await gathering.service.rows("material") == 0


async def test_a_file_may_have_as_many_bytes_as_are_said(gathering: OpenGathering) -> None:
    file = {"name": "a.PDF", "content": b64encode(PDF.ljust(LARGEST)).decode()}
    assert (await write(gathering, "before", file=file)).status_code == 200


# Forgetting


async def kept(service: ServiceUnderTest) -> str:
    """All that is kept of people, in one text."""
    async with service.database.work() as unit:
        tables = ("registration", "attendee", "interest", "registration_link", "interest_link")
        return str([(await unit.session.execute(text(f"select * from intake.{each}"))).all() for each in tables])


async def forgotten(service: ServiceUnderTest, *, dry_run: bool = False) -> list[int]:
    """How many needs, names at gatherings and names on lists the nightly command deletes."""
    settings = IntakeSettings(database_url=service.database.dsn)
    names = ("needs of attendees", "names of attendees", "names on interest lists")
    return [await OWN[name](service.database, settings, dry_run) for name in names]


async def test_needs_go_after_two_weeks_and_names_after_a_year(gathering: OpenGathering) -> None:
    service = gathering.service
    await gathering.register(1, 2, attendee={"needs": "No nuts"})
    begin(gathering, 14)
    assert await forgotten(service) == [0, 0, 0]
    begin(gathering, 15)
    assert (await forgotten(service, dry_run=True), "No nuts" in await kept(service)) == ([2, 0, 0], True)
    assert (await forgotten(service), "No nuts" in await kept(service)) == ([2, 0, 0], False)
    begin(gathering, 366)
    before = await kept(service)
    assert ("Leader 1" in before, "Person 1.0" in before) == (True, True)
    begin(gathering, 367)
    assert await forgotten(service) == [0, 2, 0]
    after = await kept(service)
    assert [word for word in ("Leader", "Person", "example.org") if word in after] == []
    assert len((await roll(gathering))[1]) == 2
    assert await forgotten(service) == [0, 0, 0]


async def test_who_waits_too_long_is_taken_off_the_list_and_forgotten(intake_service: ServiceUnderTest) -> None:
    await publish_real_programmes(intake_service.database)
    body = {"programme": "learning-day", "name": "Leader 1", "email": "l@example.org", "audience": "leaders"}
    await intake_service.post("/api/v1/interests", body, None)
    (token,) = await proofs(intake_service)
    await intake_service.post(f"/api/v1/interests/{token}/confirmation", None, None)
    intake_service.clock.move_to(intake_service.clock.now() + timedelta(days=729))
    assert await forgotten(intake_service) == [0, 0, 0]
    intake_service.clock.move_to(intake_service.clock.now() + timedelta(days=4))
    assert await forgotten(intake_service) == [0, 0, 1]
    assert "Leader" not in await kept(intake_service)
    assert (await intake_service.get("/api/v1/interests", "lone")).json() == []


# As pages


async def materials(gathering: OpenGathering) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await gathering.service.get(f"{gathering.path}/materials", "lone")).json()
    return found


async def test_a_text_that_is_emptied_is_not_sent(gathering: OpenGathering) -> None:
    lone, path = Browser(gathering.service), f"/gatherings/{gathering.id}/materials"
    await lone.sign_in("lone")
    assert (await write(gathering, "before")).status_code == 200
    page = await lone.open(f"{path}?lang=en")
    emptied = {"kind": "before", "before.days": "7", "before.text": ""}
    stale = await lone.send(page, path, **emptied | {"before.version": "0"})
    assert (stale.status_code, len(await materials(gathering))) == (412, 1)
    assert (await lone.send(page, path, **emptied)).status_code == 303
    assert await materials(gathering) == []
    nothing = await lone.send(await lone.open(f"{path}?lang=en"), path, **emptied)
    assert (nothing.status_code, "before.text-error" in nothing.text) == (422, True)


async def test_a_secretary_writes_notes_and_prints_on_pages(gathering: OpenGathering) -> None:
    await gathering.register(1, name="Åse <b>", attendees=[{"name": "Ib <b>", "audience": "leaders"}])
    lone, path = Browser(gathering.service), f"/gatherings/{gathering.id}"
    await lone.sign_in("lone")
    page = await lone.open(f"{path}/materials?lang=en")
    wrong = await lone.send(
        page, f"{path}/materials", kind="before", **{"before.days": "x", "before.text": "Bring this."}
    )
    assert (wrong.status_code, "before.days-error" in wrong.text, "Bring this." in wrong.text) == (422, True, True)
    said = {"kind": "before", "before.version": "0", "before.days": "7", "before.text": "Bring this."}
    said |= {"after.version": "0", "after.days": "2", "after.text": "What <b>now</b>?"}
    fields = {"_csrf": page.text.partition('name="_csrf" value="')[2].partition('"')[0], **said}
    for name, content in (
        ("a.exe", b"x"),
        ("a.pdf", PDF.ljust(LARGEST + 1)),
        ("a.pdf", b"MZ"),
        ("a.docx", PDF),
    ):
        answer = await lone.http.post(f"{path}/materials", data=fields, files={"before.file": (name, content)})
        assert (answer.status_code, "before.file-error" in answer.text) == (422, True)
        assert "What &lt;b&gt;now&lt;/b&gt;?" in answer.text
    answer = await lone.http.post(f"{path}/materials", data=fields, files={"before.file": ("../a.pdf", PDF)})
    assert (answer.status_code, answer.text.count("Not saved yet")) == (200, 1)
    assert "What &lt;b&gt;now&lt;/b&gt;?" in answer.text
    assert [(each["kind"], each["text"]) for each in await materials(gathering)] == [("before", "Bring this.")]
    after = await lone.http.post(f"{path}/materials", data=fields | {"kind": "after", "before.version": "1"})
    both = (await lone.follow(after)).text
    assert ("a.pdf" in both, "Bring this." in both, "What &lt;b&gt;now&lt;/b&gt;?" in both) == (True, True, True)
    before = (await lone.open(f"{path}/attendance?lang=en")).text
    assert (before.index("Print the list") < before.index("Ib &lt;b&gt;"), 'name="present"' in before) == (True, False)
    begin(gathering)
    sheet = await lone.open(f"{path}/attendance?lang=en")
    assert "Ib &lt;b&gt;" in sheet.text
    person = sheet.text.partition('id="present-')[2][:36]
    done = await lone.follow(await lone.send(sheet, f"{path}/attendance", present=person))
    assert f'value="{person}" checked' in done.text
    party_id = done.text.partition('id="received-')[2][:36]
    plans = await lone.follow(await lone.send(done, f"{path}/attendance", present=person, received=party_id))
    assert f'value="{party_id}" checked' in plans.text
    assert f'value="{person}" checked' in plans.text
    stale = await lone.send(sheet, f"{path}/attendance", present=person)
    assert stale.status_code == 412


async def test_the_pages_take_as_many_queries_for_fifty_as_for_one(gathering: OpenGathering) -> None:
    lone = Browser(gathering.service)
    await lone.sign_in("lone")
    other = await OpenGathering.another(gathering.service, places=60)
    await gathering.register(1)
    for number in range(50):
        await other.register(100 + number)
    counts = []
    for each in (gathering, other):
        taken = []
        for path in ("attendance", "materials"):
            async with gathering.service.statements() as sent:
                assert (await lone.open(f"/gatherings/{each.id}/{path}")).status_code == 200
            taken.append(len(sent))
        counts.append(taken)
    assert counts[0] == counts[1]


async def test_the_list_of_the_biggest_gathering_is_read(gathering: OpenGathering) -> None:
    await gathering.register(1)
    lone, path = Browser(gathering.service), f"/gatherings/{gathering.id}/attendance"
    begin(gathering)
    await lone.sign_in("lone")
    form = forms_of((await lone.open(path)).text)["/sign-out"]
    people = [str(UUID(int=number)) for number in range(5_000)]
    sent = {**form, "version": "0", "plans": "true", "present": people, "received": people, "_boxes": "present"}
    answer = await lone.http.post(path, data=sent)
    assert (answer.status_code, "for mange felter" in answer.text) == (412, False)
