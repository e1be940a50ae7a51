"""Finding applications among many: filters, words, pages, and who may find what."""

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from service_under_test import Browser, OpenIntake, ServiceUnderTest
from sqlalchemy import text

from local.story import cast


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


@pytest.fixture
async def ids(office: OpenIntake) -> dict[str, str]:
    """Anna's long course in Vordingborg, Bo's short one in Odense, and one of Bo's that was refused."""
    long = await office.submitted(contact={"name": "Åse Þór", "email": "ase@example.org"})
    short = await office.service.post("/api/v1/applications", office.short_course(), cast.LEADER)
    refused = await office.service.post("/api/v1/applications", office.short_course(hours=21), cast.LEADER)
    return {"long": long["id"], "short": short.json()["id"], "refused": refused.json()["application_id"]}


async def found(office: OpenIntake, name: str = "clara", **sought: Any) -> list[str]:
    answer = await office.service.get(f"/api/v1/applications?{urlencode(sought)}", name)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Total-Count"] == str(len(answer.json()))
    return [each["id"] for each in answer.json()]


@pytest.mark.parametrize(
    ("sought", "expected"),
    [
        ({}, ["refused", "short", "long"]),
        ({"status": "submitted"}, ["short", "long"]),
        ({"status": "withdrawn"}, []),
        ({"programme": "long-course"}, ["long"]),
        ({"municipality": "0461"}, ["refused", "short"]),
        ({"municipality": "0461", "status": "refused"}, ["refused"]),
        ({"q": "ODENSE"}, ["refused", "short"]),
        ({"q": "havblik"}, ["long"]),
        ({"q": "HAVBLIK"}, ["long"]),
        ({"q": "æblehaven"}, ["refused", "short"]),
        ({"q": "ÆBLEHAVEN"}, ["refused", "short"]),
        ({"q": "åse þ"}, ["long"]),
        ({"q": "længerevarende"}, ["long"]),
        ({"q": "advisory"}, ["refused", "short", "long"]),
        ({"q": "%"}, []),
        ({"q": "_"}, []),
        ({"q": "' or 1=1 --"}, []),
        ({"q": "   "}, ["refused", "short", "long"]),
        ({"page": 2}, []),
    ],
    ids=str,
)
async def test_what_fits_is_found(
    office: OpenIntake, ids: dict[str, str], sought: dict[str, Any], expected: list[str]
) -> None:
    answer = await office.service.get(f"/api/v1/applications?{urlencode(sought)}", "clara")
    assert [each["id"] for each in answer.json()] == [ids[name] for name in expected]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Åse Þórsdóttir", "A\u030aSE ÞÓRS"),
        ("Đặng Thị Hoa", "đặng"),
        ("Ђорђе Ћирић", "ЂОРЂЕ"),
        ("Ελένη Παπά", "ελένη"),
        ("أحمد بن علي", "بن علي"),
        ("ᐃᓄᒃ ᐊᓪᓚᖅ", "ᐊᓪᓚ"),
        ("太田 花子", "花子"),
        ("김민준", "민준"),
        ("अनिता शर्मा", "शर्मा"),
        ("สมชาย", "ชาย"),
        ("N'Golo \\%_", "\\%_"),
    ],
)
async def test_a_name_is_found_in_its_own_script(office: OpenIntake, name: str, typed: str) -> None:
    await office.service.post("/api/v1/applications", office.short_course(), cast.LEADER)
    by_contact = (await office.submitted(contact={"name": name, "email": "ase@example.org"}))["id"]
    assert await found(office, q=typed) == [by_contact]
    daycare = cast.NURSERY | {"p_number": "3000000001", "name": name}
    known = await office.service.post("/api/v1/daycares", daycare, "anna")
    by_daycare = await office.service.post(
        "/api/v1/applications", office.short_course(municipality="0390", daycares=[known.json()["id"]]), "anna"
    )
    assert by_daycare.status_code == 201
    assert await found(office, q=typed) == [by_daycare.json()["id"], by_contact]


async def test_an_applicant_finds_nothing_of_others(office: OpenIntake, ids: dict[str, str]) -> None:
    assert await found(office, "anna", q="odense") == []
    assert await found(office, "anna") == [ids["long"]]
    assert await found(office, cast.LEADER, status="refused") == [ids["refused"]]


async def test_a_round_is_found_by_its_id(office: OpenIntake, ids: dict[str, str]) -> None:
    assert await found(office, round_id=office.round["id"]) == [ids["long"]]


@pytest.mark.parametrize(
    "sought", [{"status": "lost"}, {"page": 0}, {"page": "x"}, {"municipality": "46"}, {"nothing": 1}, {"q": "a" * 101}]
)
async def test_what_cannot_be_looked_for_is_refused(office: OpenIntake, sought: dict[str, Any]) -> None:
    answer = await office.service.get(f"/api/v1/applications?{urlencode(sought)}", "clara")
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (422, "invalid-request")


async def many(office: OpenIntake, id: str, count: int) -> None:
    """Copies of an application, each a second older than the one before."""
    async with office.service.database.work() as work:
        copies = text(
            """
            insert into intake.application
            select (jsonb_populate_record(original, jsonb_build_object(
                'id', gen_random_uuid(), 'submitted_at', original.submitted_at - number * interval '1 second'))).*
            from intake.application as original, generate_series(1, :count) as number where original.id = :id
            """
        )
        await work.session.execute(copies, {"id": id, "count": count})
        await work.commit()


async def test_each_page_leads_to_the_next_and_none_is_shown_twice(office: OpenIntake, ids: dict[str, str]) -> None:
    await many(office, ids["long"], 118)
    seen: list[str] = []
    address = "/api/v1/applications?programme=long-course"
    sizes = []
    while address:
        answer = await office.service.get(address, "clara")
        assert answer.headers["X-Total-Count"] == "119"
        sizes.append(len(answer.json()))
        seen += [each["id"] for each in answer.json()]
        address = answer.headers.get("Link", "").partition("<")[2].partition(">")[0]
    assert (sizes, len(set(seen))) == ([50, 50, 19], 119)


async def test_the_page_is_narrowed_by_its_form(office: OpenIntake, ids: dict[str, str]) -> None:
    await many(office, ids["long"], 60)
    clara = Browser(office.service)
    await clara.sign_in("clara")

    async def links(address: str) -> httpx.Response:
        answer = await clara.open(address)
        assert answer.status_code == 200
        return answer

    first = await links("/applications?q=vording&lang=en")
    assert ("61 applications" in first.text, "Page 1 of 2" in first.text) == (True, True)
    assert 'href="/applications?q=vording&amp;page=2"' in first.text
    second = await links("/applications?q=vording&page=2&lang=en")
    assert (second.text.count("<tr>"), "Page 2 of 2" in second.text) == (1 + 11, True)
    nothing = await links("/applications?q=<script>&lang=en")
    assert ("Nothing fits" in nothing.text, "&lt;script&gt;" in nothing.text) == (True, True)
    wrong = await clara.open("/applications?page=x&status=lost&lang=en")
    assert (wrong.status_code, "status-error" in wrong.text) == (422, True)


async def test_a_page_takes_as_many_queries_with_fifty_applications_as_with_one(
    office: OpenIntake, ids: dict[str, str]
) -> None:
    clara = Browser(office.service)
    await clara.sign_in("clara")
    counts = []
    for number in (1, 49):
        await many(office, ids["long"], number)
        async with office.service.statements() as sent:
            await clara.open("/applications?q=vording")
        counts.append(len(sent))
    assert counts[0] == counts[1]
