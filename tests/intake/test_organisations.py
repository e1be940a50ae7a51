"""Daycares over HTTP: tables in and out, what has become of them, and who may do what."""

import re
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from service_under_test import Browser, OpenIntake, ServiceUnderTest, forms_of

from intake.organisations.files import MOST_ROWS, read_table

HEADINGS = "p-nummer;navn;type;ejerform;alder fra;alder til;kommunekode;cvr;adresse;postnr;by"
ROWS = (
    "1000000001;Åkanden;vuggestue;kommunal;0;2;390;10150817;Havnegade 1;4760;Vordingborg",
    "1000000002;Mælkebøtten;børnehave;privat;3;6;390;;;;",
)


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def signed_in(service: ServiceUnderTest, name: str) -> Browser:
    browser = Browser(service)
    await browser.sign_in(name)
    return browser


async def imported(service: ServiceUnderTest, *rows: str, name: str = "clara", preview: bool = False) -> httpx.Response:
    table = "\n".join([HEADINGS, *rows])
    return await service.post("/api/v1/daycare-table", {"table": table, "preview": preview}, name)


async def ended(
    office: OpenIntake, id: str, body: dict[str, Any], *, name: str = "clara", seen: int = 1
) -> httpx.Response:
    return await office.service.post(f"/api/v1/daycares/{id}/end", body, name, if_match=f'"{seen}"')


# Through the API


async def test_a_table_is_previewed_and_then_imported_as_a_whole(intake_service: ServiceUnderTest) -> None:
    seen = (await imported(intake_service, *ROWS, preview=True)).json()
    assert (seen["stored"], [row["effect"] for row in seen["rows"]]) == (False, ["new", "new"])
    assert await intake_service.rows("daycare") == 0
    done = (await imported(intake_service, *ROWS)).json()
    assert (done["stored"], await intake_service.rows("daycare")) == (True, 2)
    first = (await intake_service.get("/api/v1/daycares", "clara")).json()[1]
    assert {name: first[name] for name in ("p_number", "name", "kind", "municipality", "cvr", "address")} == {
        "p_number": "1000000001",
        "name": "Åkanden",
        "kind": "nursery",
        "municipality": "0390",
        "cvr": "10150817",
        "address": {"street": "Havnegade 1", "postal_code": "4760", "city": "Vordingborg"},
    }


async def test_one_wrong_row_keeps_all_of_them_out(intake_service: ServiceUnderTest) -> None:
    answer = (await imported(intake_service, ROWS[0], ROWS[1].replace("privat", "ukendt"))).json()
    assert (answer["stored"], await intake_service.rows("daycare")) == (False, 0)
    assert [(row["row"], row["effect"], [error["column"] for error in row["errors"]]) for row in answer["rows"]] == [
        (2, "new", []),
        (3, None, ["ejerform"]),
    ]
    assert answer["rows"][1]["errors"][0]["texts"]["da"] == "Skriv et af disse ord: kommunal, selvejende, privat."


async def test_what_is_imported_again_changes_only_what_differs(intake_service: ServiceUnderTest) -> None:
    await imported(intake_service, *ROWS)
    again = (await imported(intake_service, ROWS[0], ROWS[1].replace("Mælkebøtten", "Løvetanden"))).json()
    assert [row["effect"] for row in again["rows"]] == ["same", "changed"]
    listed = (await intake_service.get("/api/v1/daycares", "clara")).json()
    assert [(each["name"], each["version"]) for each in listed] == [("Løvetanden", 2), ("Åkanden", 1)]


async def test_a_table_without_the_optional_columns_erases_nothing(intake_service: ServiceUnderTest) -> None:
    await imported(intake_service, ROWS[0])
    table = HEADINGS.partition(";cvr")[0] + "\n" + ROWS[0].partition(";1015")[0].replace("Åkanden", "Åen")
    answer = (await intake_service.post("/api/v1/daycare-table", {"table": table, "preview": False}, "clara")).json()
    assert (answer["rows"][0]["effect"], answer["rows"][0]["changes"]) == (
        "changed",
        [{"column": "navn", "before": "Åkanden", "after": "Åen"}],
    )
    (daycare,) = (await intake_service.get("/api/v1/daycares", "clara")).json()
    assert (daycare["name"], daycare["cvr"], daycare["address"]) == (
        "Åen",
        "10150817",
        {"street": "Havnegade 1", "postal_code": "4760", "city": "Vordingborg"},
    )


async def test_no_table_is_a_problem_that_says_what_is_wrong(intake_service: ServiceUnderTest) -> None:
    answer = await intake_service.post("/api/v1/daycare-table", {"table": "a;b\n1;2"}, "clara")
    problem = answer.json()
    assert (answer.status_code, problem["type"].rsplit("/", 1)[1]) == (422, "not-a-table")
    assert "p-nummer" in problem["detail"]


async def test_a_daycare_ends_and_leads_to_those_that_follow(office: OpenIntake) -> None:
    gone, successor = office.daycares["nursery"], office.daycares["integrated"]
    body = {"how": "merged", "on": "2026-08-01", "successors": [successor]}
    answer = await ended(office, gone, body)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    shown = (await office.service.get(f"/api/v1/daycares/{gone}", "clara")).json()
    assert (shown["end"], shown["version"]) == (body, 2)
    refused = await office.service.post("/api/v1/applications", office.long_course(), "anna")
    assert (refused.status_code, refused.json()["daycares"]) == (409, [gone])
    assert refused.json()["type"].endswith("/daycare-ended")


@pytest.mark.parametrize(
    ("changes", "status", "slug"),
    [
        ({"successors": []}, 422, "successors-do-not-fit"),
        ({"successors": ["00000000-0000-7000-8000-000000000000"]}, 422, "unknown-daycare"),
        ({"how": "vanished"}, 422, "invalid-request"),
        ({"on": "soon"}, 422, "invalid-request"),
    ],
)
async def test_an_end_that_does_not_fit_changes_nothing(
    office: OpenIntake, changes: dict[str, Any], status: int, slug: str
) -> None:
    body = {"how": "merged", "on": "2026-08-01", "successors": [office.daycares["integrated"]]} | changes
    answer = await ended(office, office.daycares["nursery"], body)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (status, slug)
    assert await office.service.rows("successor") == 0


async def test_a_daycare_ends_once_and_not_on_an_old_version(office: OpenIntake) -> None:
    closed = {"how": "closed", "on": "2026-08-01"}
    assert (await ended(office, office.daycares["nursery"], closed)).status_code == 200
    assert (await ended(office, office.daycares["nursery"], closed)).status_code == 412
    assert (await ended(office, office.daycares["nursery"], closed, seen=2)).status_code == 409
    assert (await ended(office, office.daycares["integrated"], closed, name="anna")).status_code == 403


# As pages


async def test_a_file_is_looked_through_and_then_confirmed(intake_service: ServiceUnderTest) -> None:
    browser = await signed_in(intake_service, "clara")
    page = await browser.open("/daycare-table?lang=en")
    token = forms_of(page.text)["/daycare-table"]["_csrf"]
    content = "\r\n".join([HEADINGS, *ROWS]).encode()
    previewed = await browser.http.post(
        "/daycare-table?lang=en", data={"_csrf": token}, files={"file": ("../x.csv", content, "image/png")}
    )
    assert previewed.status_code == 200
    assert "Nothing is stored yet" in previewed.text
    assert await intake_service.rows("daycare") == 0
    confirmed = await browser.send(previewed, "/daycare-table/confirmation")
    assert (confirmed.status_code, await intake_service.rows("daycare")) == (200, 2)
    listed = await browser.open("/daycares")
    assert re.findall(r'<a href="/daycares/[0-9a-f-]{36}">(.*?)</a>', listed.text) == ["Mælkebøtten", "Åkanden"]


async def test_a_file_of_danish_excel_shows_what_it_changes_and_changes_that_alone(
    intake_service: ServiceUnderTest,
) -> None:
    await imported(intake_service, *ROWS)
    browser = await signed_in(intake_service, "clara")
    token = forms_of((await browser.open("/daycare-table")).text)["/daycare-table"]["_csrf"]
    headings = HEADINGS.partition(";adresse")[0]
    changed = ("1000000001;Ærtebjerg;vuggestue;kommunal;0;2;390;", "1000000002;Mælkebøtten;Børnehave;Privat;3;6;390;")
    content = "\r\n".join(["sep=;", headings, *changed, ""]).encode("cp1252")
    page = await browser.http.post("/daycare-table?lang=da", data={"_csrf": token}, files={"file": ("x.csv", content)})
    assert (page.status_code, "cvr: ”10150817” fjernes" in page.text) == (200, True)
    assert "navn: ”Åkanden” bliver til ”Ærtebjerg”" in page.text
    await browser.send(page, "/daycare-table/confirmation")
    listed = (await intake_service.get("/api/v1/daycares", "clara")).json()
    assert [(each["name"], each["cvr"], each["version"]) for each in listed] == [
        ("Mælkebøtten", None, 1),
        ("Ærtebjerg", None, 2),
    ]
    assert listed[1]["address"] == {"street": "Havnegade 1", "postal_code": "4760", "city": "Vordingborg"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_an_export_is_looked_through_and_changes_nothing(intake_service: ServiceUnderTest, kind: str) -> None:
    names = ("@hjem", "-Havblik", "+Plus", "=1+1", "'=1+1")
    for number, name in enumerate(names):
        body = {
            "p_number": f"10000000{number:02}",
            "name": name,
            "kind": "integrated",
            "ownership": "self_governing",
            "age_from": 0,
            "age_to": 6,
            "municipality": "0390",
        }
        assert (await intake_service.post("/api/v1/daycares", body, "clara")).status_code == 201
    browser = await signed_in(intake_service, "clara")
    token = forms_of((await browser.open("/daycare-table")).text)["/daycare-table"]["_csrf"]
    exported = (await browser.open(f"/daycare-table.{kind}")).content
    page = await browser.http.post("/daycare-table?lang=en", data={"_csrf": token}, files={"file": ("x", exported)})
    assert (page.status_code, "As it was: 5" in page.text) == (200, True)
    assert ("Nothing is changed" in page.text, "/daycare-table/confirmation" in forms_of(page.text)) == (True, False)
    after = (await browser.open(f"/daycare-table.{kind}")).content
    assert [row.cells for row in read_table(after)] == [row.cells for row in read_table(exported)]


async def test_the_largest_table_is_looked_through_and_stored(intake_service: ServiceUnderTest) -> None:
    facts = "vuggestue;kommunal;0;2;390;10150817;Havnegade 1;4760;Vordingborg"
    rows = [f"{number:010};Børnehuset Æblehaven {number};{facts}" for number in range(1, MOST_ROWS + 1)]
    browser = await signed_in(intake_service, "clara")
    page = await browser.open("/daycare-table?lang=en")
    token = forms_of(page.text)["/daycare-table"]["_csrf"]
    content = "\n".join([HEADINGS, *rows]).encode()
    previewed = await browser.http.post("/daycare-table", data={"_csrf": token}, files={"file": ("x.csv", content)})
    assert previewed.status_code == 200
    confirmed = await browser.send(previewed, "/daycare-table/confirmation")
    assert (confirmed.status_code, await intake_service.rows("daycare")) == (200, MOST_ROWS)


async def test_a_file_with_mistakes_shows_them_and_cannot_be_confirmed(intake_service: ServiceUnderTest) -> None:
    browser = await signed_in(intake_service, "clara")
    token = forms_of((await browser.open("/daycare-table")).text)["/daycare-table"]["_csrf"]
    content = "\n".join([HEADINGS, ROWS[0].replace("Åkanden", "<b>=1+1</b>"), ROWS[1].replace(";3;", ";9;")]).encode()
    page = await browser.http.post("/daycare-table?lang=en", data={"_csrf": token}, files={"file": ("x", content)})
    assert page.status_code == 422
    assert "1 row is wrong" in page.text
    assert "&lt;b&gt;" in page.text
    assert "/daycare-table/confirmation" not in forms_of(page.text)


@pytest.mark.parametrize(("content", "said"), [(b"", "The table is empty."), (b"\0", "neither CSV nor XLSX")])
async def test_what_is_no_table_comes_back_with_a_sentence(
    intake_service: ServiceUnderTest, content: bytes, said: str
) -> None:
    browser = await signed_in(intake_service, "clara")
    token = forms_of((await browser.open("/daycare-table")).text)["/daycare-table"]["_csrf"]
    page = await browser.http.post("/daycare-table?lang=en", data={"_csrf": token}, files={"file": ("x", content)})
    assert page.status_code == 422
    assert said in page.text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_the_export_holds_what_somebody_may_see(office: OpenIntake, kind: str) -> None:
    for name, count in (("clara", 5), ("anna", 4)):
        answer = await (await signed_in(office.service, name)).open(f"/daycare-table.{kind}")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="dagtilbud.{kind}"'
        assert len(read_table(answer.content)) == count


async def test_a_caseworker_ends_a_daycare_by_the_numbers_of_those_that_follow(office: OpenIntake) -> None:
    browser = await signed_in(office.service, "clara")
    path = f"/daycares/{office.daycares['nursery']}"
    page = await browser.open(f"{path}?lang=en")
    form = {"how": "moved", "on": "2026-08-01"}
    wrong = await browser.send(page, f"{path}/end", **form, successors="1234567890")
    assert (wrong.status_code, "1234567890" in wrong.text) == (422, True)
    successor = (await office.service.get(f"/api/v1/daycares/{office.daycares['integrated']}", "clara")).json()
    done = await browser.follow(await browser.send(page, f"{path}/end", **form, successors=successor["p_number"]))
    assert "No more from" in done.text
    assert successor["name"] in done.text
    follows = await browser.open(f"/daycares/{successor['id']}")
    assert f'href="{path}"' in follows.text


async def test_an_applicant_sees_no_form_to_end_a_daycare(office: OpenIntake) -> None:
    path = f"/daycares/{office.daycares['nursery']}"
    page = await (await signed_in(office.service, "anna")).open(path)
    assert (page.status_code, f"{path}/end" in forms_of(page.text)) == (200, False)


THREE = (
    "1000000003;Øen 100 %;integreret;selvejende;0;6;461;29189803;;;",
    "1000000004;Aaglimt;dagpleje;kommunal;0;2;390;;;;",
    "2000000005;Zebraen;vuggestue;privat;0;2;461;;;;",
)


@pytest.mark.parametrize(
    ("sought", "expected"),
    [
        ({}, ["Zebraen", "Øen 100 %", "Aaglimt"]),
        ({"q": "øEN"}, ["Øen 100 %"]),
        ({"q": "%"}, ["Øen 100 %"]),
        ({"q": "_"}, []),
        ({"q": "100000000"}, ["Øen 100 %", "Aaglimt"]),
        ({"q": "29189803"}, ["Øen 100 %"]),
        ({"q": "9189803"}, []),
        ({"kind": "childminding"}, ["Aaglimt"]),
        ({"ownership": "private"}, ["Zebraen"]),
        ({"municipality": "0461"}, ["Zebraen", "Øen 100 %"]),
        ({"municipality": "0461", "kind": "nursery", "q": "z"}, ["Zebraen"]),
        ({"page": 2}, []),
    ],
    ids=str,
)
async def test_daycares_are_found_and_stand_in_danish_order(
    intake_service: ServiceUnderTest, sought: dict[str, Any], expected: list[str]
) -> None:
    await imported(intake_service, *THREE)
    answer = await intake_service.get(f"/api/v1/daycares?{urlencode(sought)}", "clara")
    assert [each["name"] for each in answer.json()] == expected
    page = await (await signed_in(intake_service, "clara")).open(f"/daycares?{urlencode(sought)}")
    assert re.findall(r'<a href="/daycares/[0-9a-f-]{36}">(.*?)</a>', page.text) == expected


async def test_nobody_finds_the_daycares_of_another_municipality(intake_service: ServiceUnderTest) -> None:
    await imported(intake_service, *THREE)
    for asked, expected in (("", ["Aaglimt"]), ("?municipality=0461", []), ("?q=1000000003", [])):
        answer = await intake_service.get(f"/api/v1/daycares{asked}", "anna")
        assert [each["name"] for each in answer.json()] == expected


async def test_daycares_come_fifty_to_a_page(intake_service: ServiceUnderTest) -> None:
    await imported(intake_service, *(ROWS[0].replace("1000000001", f"20000000{number:02}") for number in range(51)))
    first = await intake_service.get("/api/v1/daycares?q=kand", "clara")
    assert (len(first.json()), first.headers["X-Total-Count"]) == (50, "51")
    assert first.headers["Link"] == '</api/v1/daycares?q=kand&page=2>; rel="next"'
    second = await intake_service.get("/api/v1/daycares?q=kand&page=2", "clara")
    assert ([each["p_number"] for each in second.json()], "Link" in second.headers) == (["2000000050"], False)
    page = await (await signed_in(intake_service, "clara")).open("/daycares?q=kand&page=2&lang=en")
    assert ("51 daycares" in page.text, "Page 2 of 2" in page.text) == (True, True)


@pytest.mark.parametrize("wrong", ["page=0", "page=x", "kind=school", "municipality=Odense", "colour=red"])
async def test_what_cannot_be_looked_for_is_refused(intake_service: ServiceUnderTest, wrong: str) -> None:
    assert (await intake_service.get(f"/api/v1/daycares?{wrong}", "clara")).status_code == 422
    page = await (await signed_in(intake_service, "clara")).open(f"/daycares?{wrong}")
    assert (page.status_code, "status-error" in page.text or "alert-error" in page.text) == (422, True)


async def test_the_list_takes_as_many_queries_with_fifty_daycares_as_with_one(
    intake_service: ServiceUnderTest,
) -> None:
    browser = await signed_in(intake_service, "clara")
    counts = []
    for rows in (ROWS[:1], tuple(ROWS[0].replace("1000000001", f"20000000{number:02}") for number in range(50))):
        await imported(intake_service, *rows)
        async with intake_service.statements() as sent:
            assert (await browser.open("/daycares")).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]
