"""After a municipality has become part of another: what it can no longer do, and what goes on under the other."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from gathering_cases import OpenGathering
from merger_cases import HOLBAEK, NAESTVED, ODENSE, VORDINGBORG, application, begun, decide, filled, merge, sent, slug
from service_under_test import DAYCARES, PROGRAMMES, Browser, OpenIntake, ServiceUnderTest

from intake.letters.handlers import on as letters
from intake.programmes.loading import publish_programmes
from local.story import cast
from shared.contracts.intake.applications import ApplicationAccepted
from shared.contracts.intake.municipalities import MunicipalityMerged
from shared.office import office_date

MERGED = (409, "municipality-merged")
TABLE = "p-nummer;navn;type;ejerform;alder fra;alder til;kommunekode\n{number};Ny;vuggestue;kommunal;0;2;{code}\n"


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def signed_in(office: OpenIntake, name: str) -> Browser:
    browser = Browser(office.service)
    await browser.sign_in(name)
    return browser


# What is refused


async def test_nothing_begins_in_a_municipality_that_has_merged(office: OpenIntake) -> None:
    service = office.service
    await merge(service)
    new = cast.NURSERY | {"p_number": "1000000099"}
    table = TABLE.format(number="1000000098", code="0390")
    late = f"/api/v1/rounds/{office.round['id']}/late-entries"
    before = await service.stored()
    answers = [
        await service.post("/api/v1/applications", office.long_course(), "anna", language="en"),
        await service.post("/api/v1/applications", office.long_course(municipality=ODENSE), "anna"),
        await begun(office),
        await service.post("/api/v1/enquiries", {"question": "?"}, "anna"),
        *[await service.post("/api/v1/daycares", new, name) for name in ("anna", "clara")],
        await service.post("/api/v1/daycares", new | {"municipality": ODENSE}, "anna"),
        await service.post("/api/v1/daycare-table", {"table": table}, "anna"),
        await service.post(late, {"municipality": VORDINGBORG}, "david"),
    ]
    assert [slug(answer) for answer in answers] == [MERGED] * len(answers)
    document = answers[0].json()
    assert document["detail"].startswith("Vordingborg has been part of Odense since ")
    assert document["detail"].endswith(" Use Odense (0461).")
    assert document["parameters"]["into"] == ODENSE
    assert await service.stored() == before


async def test_the_one_that_it_is_part_of_goes_on(office: OpenIntake) -> None:
    await merge(office.service)
    wish = office.long_course(municipality=ODENSE)
    answer = await office.service.post("/api/v1/applications", wish, cast.LEADER)
    assert (answer.status_code, answer.json()["applied_as"]) == (201, None)


async def test_a_row_of_a_table_says_which_municipality_to_use(office: OpenIntake) -> None:
    await merge(office.service, days_ago=1)
    tables = [TABLE.format(number="1000000098", code=code) for code in ("390", "0461")]
    wrong, right = [
        (await office.service.post("/api/v1/daycare-table", {"table": table}, "clara")).json() for table in tables
    ]
    assert (wrong["stored"], right["stored"]) == (False, True)
    ((error,),) = (row["errors"] for row in wrong["rows"])
    assert (error["column"], "Odense (0461)" in error["texts"]["da"]) == ("kommunekode", True)


# Whose account still names it


async def test_what_somebody_had_they_still_have(office: OpenIntake) -> None:
    service = office.service
    draft = await filled(office)
    id = (await office.submitted("childminding", "nursery", round_id=await office.another_round()))["id"]
    await decide(office, id, "acceptance")
    agreement = (await service.post("/api/v1/agreements", {"application_id": id}, "clara")).json()
    asked = (await service.post("/api/v1/enquiries", {"question": "?"}, "anna")).json()["id"]
    token = (await service.post(f"/api/v1/drafts/{draft}/link", None, "anna")).json()["token"]
    await merge(service)
    for path in (f"drafts/{draft}", f"applications/{id}", f"agreements/{agreement['id']}", f"enquiries/{asked}"):
        assert (await service.get(f"/api/v1/{path}", "anna")).status_code == 200, path
    daycares = [each["id"] for each in (await service.get("/api/v1/daycares", "anna")).json()]
    assert {office.daycares["nursery"], office.daycares["private"]} <= {*daycares}
    assert (await service.get(f"/api/v1/daycares/{office.daycares['nursery']}", "anna")).status_code == 200
    assert (await service.post("/api/v1/draft-joinings", {"token": token}, "ida")).status_code == 200
    path = f"/api/v1/agreements/{agreement['id']}/signature"
    assert (await service.post(path, None, "anna", if_match='"2"')).status_code == 200
    assert (await sent(office, draft, 3, "ida")).status_code == 200
    shown = await application(office, draft)
    assert (shown["status"], shown["municipality"], shown["applied_as"]) == ("submitted", ODENSE, None)


async def test_others_see_no_more_than_before(office: OpenIntake) -> None:
    draft = await filled(office)
    id = (await office.submitted(round_id=await office.another_round()))["id"]
    await decide(office, id, "acceptance")
    agreement = (await office.service.post("/api/v1/agreements", {"application_id": id}, "clara")).json()
    await merge(office.service)
    for path in (f"drafts/{draft}", f"applications/{id}"):
        assert (await office.service.get(f"/api/v1/{path}", cast.LEADER)).status_code == 404
    assert (await office.service.get(f"/api/v1/agreements/{agreement['id']}", cast.LEADER)).status_code == 200
    assert (await office.service.get(f"/api/v1/agreements/{agreement['id']}", "ingrid")).status_code == 404
    assert (await office.service.get(f"/api/v1/daycares/{office.daycares['nursery']}", "ingrid")).status_code == 404
    assert slug(await sent(office, draft, 3, "ingrid")) == (404, "unknown-draft")


async def test_whoever_writes_for_it_from_elsewhere_sends_nothing(office: OpenIntake) -> None:
    """Ingrid's own draft is Holbæk's; that others merge makes her no part of them."""
    await merge(office.service, VORDINGBORG, ODENSE)
    wish = office.long_course(municipality=ODENSE)
    assert slug(await office.service.post("/api/v1/applications", wish, "ingrid")) == (403, "other-municipality")


async def test_a_refused_application_that_is_let_in_follows(office: OpenIntake) -> None:
    wish = office.long_course("nursery", "kindergarten")
    id = (await office.service.post("/api/v1/applications", wish, "anna")).json()["application_id"]
    assert (await merge(office.service, VORDINGBORG, NAESTVED))["applications"] == 0
    await merge(office.service, NAESTVED, ODENSE)
    assert (await application(office, id))["municipality"] == VORDINGBORG
    verdict = {"rule": "young_children", "daycare_id": office.daycares["kindergarten"]}
    await decide(office, id, "override", verdicts=[verdict], reason="Den eneste på øen.")
    shown = await application(office, id)
    assert (shown["status"], shown["municipality"], shown["applied_as"]) == ("submitted", ODENSE, VORDINGBORG)
    name, data = (await office.service.published())[-1]
    assert (name, data["municipality"]) == ("ApplicationSubmitted", ODENSE)


# Reviewers: karla is employed in Vordingborg, jonas in Odense


async def taken(office: OpenIntake, id: str, name: str) -> tuple[int, str]:
    return slug(await office.service.post(f"/api/v1/assessments/{id}/taking", None, name))


async def test_an_employee_of_either_is_partial_to_both(office: OpenIntake) -> None:
    moved = (await office.submitted())["id"]
    wish = office.long_course("private", "childminding", municipality=ODENSE)
    await merge(office.service)
    of_odense = (await office.service.post("/api/v1/applications", wish, cast.LEADER)).json()["id"]
    for id in (moved, of_odense):
        for name in ("karla", "jonas"):
            assert await taken(office, id, name) == (403, "own-municipality")
            assert slug(await office.service.get(f"/api/v1/assessments/{id}", name)) == (403, "own-municipality")
    for name in ("karla", "jonas"):
        assert (await office.service.post("/api/v1/assessments", {"count": 20}, name)).json() == []
    assert await taken(office, moved, "mads") == (200, "")


async def test_whoever_took_it_on_before_hands_in_no_more(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    assert await taken(office, id, "jonas") == (200, "")
    await merge(office.service)
    body: dict[str, Any] = {"scores": []}
    answer = await office.service.post(f"/api/v1/assessments/{id}/draft", body, "jonas", if_match='"1"')
    assert slug(answer) == (403, "own-municipality")


async def test_a_chain_makes_employees_of_all_of_them_partial(office: OpenIntake) -> None:
    first = (await office.submitted())["id"]
    second = (await office.submitted(round_id=await office.another_round()))["id"]
    await merge(office.service, VORDINGBORG, NAESTVED)
    assert await taken(office, first, "jonas") == (200, "")
    await merge(office.service, NAESTVED, ODENSE)
    for name in ("jonas", "karla"):
        assert await taken(office, second, name) == (403, "own-municipality")


async def test_reviewers_who_read_no_names_read_neither_the_old_nor_the_new(office: OpenIntake, tmp_path: Path) -> None:
    content = (PROGRAMMES / "long-course.yaml").read_text()
    redacted = content.replace("    intake: rounds\n", "    intake: rounds\n    redacted: true\n")
    (tmp_path / "long-course.yaml").write_text(redacted)
    await publish_programmes(office.service.database, tmp_path)
    id = (await office.submitted(motivation="Vordingborg Kommune og Næstved vil lære."))["id"]
    await merge(office.service, VORDINGBORG, NAESTVED)
    await taken(office, id, "mads")
    read = (await office.service.get(f"/api/v1/assessments/{id}", "mads")).json()
    assert read["application"]["motivation"] == "kommunen og kommunen vil lære."
    page = (await (await signed_in(office, "mads")).open(f"/assessments/{id}")).text
    assert [name for name in ("Vordingborg", "Næstved") if name in page] == []


# What else looks at the municipality


@pytest.mark.parametrize("signed", [False, True])
async def test_a_theme_day_takes_those_whose_application_has_moved(
    office: OpenIntake, tmp_path: Path, signed: bool
) -> None:
    service = office.service
    theme_day = await OpenGathering.open_to(service, tmp_path, "participants")
    id = (await office.submitted())["id"]
    await decide(office, id, "acceptance")
    if signed:
        agreement = (await service.post("/api/v1/agreements", {"application_id": id}, "clara")).json()["id"]
        for seen, name in ((1, "anna"), (2, "david")):
            path = f"/api/v1/agreements/{agreement}/signature"
            assert (await service.post(path, None, name, if_match=f'"{seen}"')).status_code == 200
    await merge(service)
    answers = [
        await theme_day.register(number, municipality=code)
        for number, code in enumerate((ODENSE, VORDINGBORG, HOLBAEK))
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 422]


async def test_a_draft_letter_is_written_anew_to_the_present_municipality(office: OpenIntake) -> None:
    service = office.service
    today = office_date(service.clock.now())
    id = (await office.submitted())["id"]
    await decide(office, id, "acceptance")
    facts = (await service.published())[-1][1]
    await service.happen(letters, ApplicationAccepted.model_validate(facts))
    await merge(service)
    await service.happen(letters, MunicipalityMerged(municipality=VORDINGBORG, into=ODENSE, on=today))
    listed = (await service.get("/api/v1/letters", "clara")).json()
    (old,) = (each["id"] for each in listed if each["status"] == "superseded")
    (new,) = (each["id"] for each in listed if each["status"] == "draft")
    texts = [(await service.get(f"/api/v1/letters/{each}", "clara")).json()["text"] for each in (old, new)]
    assert [("Vordingborg" in text, "Odense" in text) for text in texts] == [(True, False), (False, True)]
    await merge(service, HOLBAEK, ODENSE)
    await service.happen(letters, MunicipalityMerged(municipality=HOLBAEK, into=ODENSE, on=today))
    assert len((await service.get("/api/v1/letters", "clara")).json()) == 2


async def test_a_prepared_decision_is_looked_at_again(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    path = f"/api/v1/releases/{office.round['id']}"
    body = {"applications": [{"id": id, "version": 1}], "outcome": "accept", "reason": None}
    prepared = await office.service.post(f"{path}/preparations", body, "clara", if_match='"0"')
    assert prepared.status_code == 204, prepared.text
    await merge(office.service)
    released = await office.service.post(f"{path}/release", None, "clara", if_match='"1"')
    assert slug(released) == (409, "nothing-to-release")


async def test_an_application_is_found_under_both_names_and_the_present_code(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    await merge(office.service)
    for query, found in (
        ("municipality=0461", [id]),
        ("municipality=0390", []),
        ("q=vording", [id]),
        ("q=odense", [id]),
    ):
        listed = (await office.service.get(f"/api/v1/applications?{query}", "clara")).json()
        assert [each["id"] for each in listed] == found, query


def test_the_daycares_of_the_story_lie_where_these_tests_think() -> None:
    assert [DAYCARES[kind]["municipality"] for kind in ("nursery", "private")] == [VORDINGBORG, ODENSE]


# As pages


def wrong_fields(page: httpx.Response) -> list[str]:
    """The fields of the form that have an error beside them."""
    return [name for name in ("municipality", "into", "on") if f'id="{name}-error"' in page.text]


async def test_a_merger_is_noted_on_pages_once_it_has_been_seen_what_would_move(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    clara = await signed_in(office, "clara")
    assert 'href="/municipalities"' in (await clara.open("/daycares?lang=en")).text
    assert "No municipality has become part of another" in (await clara.open("/municipalities")).text
    page = await clara.open("/municipality-merger")
    empty = await clara.send(page, "/municipality-merger")
    assert empty.status_code == 422
    assert wrong_fields(empty) == ["municipality", "into", "on"]
    today = str(office_date(office.service.clock.now()))
    said = {"municipality": VORDINGBORG, "into": ODENSE, "on": today}
    for change, field in (({"into": VORDINGBORG}, "into"), ({"on": "2100-01-01"}, "on")):
        wrong = await clara.send(page, "/municipality-merger", **(said | change))
        assert (wrong.status_code, wrong_fields(wrong)) == (422, [field])
        assert f'value="{VORDINGBORG}" selected' in wrong.text
    shown = await clara.send(page, "/municipality-merger", **said, _taken="1")
    assert "Nothing is stored yet" in shown.text
    assert await office.service.rows("municipality_merger") == 0
    confirmed = await clara.send(shown, "/municipality-merger/confirmation")
    assert ["praksis_taken_1" in each.cookies for each in (shown, confirmed)] == [False, True]
    done = await clara.follow(confirmed)
    assert "Vordingborg (0390)" in done.text
    again = await clara.send(shown, "/municipality-merger/confirmation")
    assert (again.status_code, "Use Odense (0461)" in again.text) == (422, True)
    anna = await signed_in(office, "anna")
    for language, said_so in (
        ("en", "Applied as Vordingborg. Vordingborg became part of Odense on"),
        ("da", "Søgte som Vordingborg. Vordingborg blev en del af Odense"),
    ):
        assert said_so in (await anna.open(f"/applications/{id}?lang={language}")).text


async def test_whose_account_still_names_it_is_told_where_they_would_begin(office: OpenIntake) -> None:
    await merge(office.service)
    anna = await signed_in(office, "anna")
    page = await anna.open("/apply?lang=en")
    assert "Use Odense (0461)." in page.text
    assert 'action="/drafts"' not in page.text
    enquiries = await anna.open("/enquiries")
    refused = await anna.send(enquiries, "/enquiries", question="May <i>we</i>?")
    assert (refused.status_code, "Use Odense (0461)." in refused.text) == (422, True)
    assert "May &lt;i&gt;we&lt;/i&gt;?" in refused.text
    david = await signed_in(office, "david")
    path = f"/rounds/{office.round['id']}"
    late = await david.send(await david.open(f"{path}?lang=en"), f"{path}/late-entries", municipality=VORDINGBORG)
    assert (late.status_code, "Use Odense (0461)." in late.text) == (422, True)


async def test_the_list_takes_as_many_queries_with_fifty_mergers_as_with_one(intake_service: ServiceUnderTest) -> None:
    codes = [each["code"] for each in (await intake_service.get("/api/v1/municipalities", None)).json()]
    into, *others = codes
    clara = Browser(intake_service)
    await clara.sign_in("clara")
    counts = []
    for more in (others[:1], others[1:50]):
        for code in more:
            await merge(intake_service, code, into)
        for path in ("/municipalities", "/api/v1/municipalities", "/municipality-merger"):
            async with intake_service.statements() as statements:
                assert (await clara.open(path)).status_code == 200
            counts.append(len(statements))
    assert counts == [1, 1, 1] * 2
