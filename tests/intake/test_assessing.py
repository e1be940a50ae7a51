"""Reviewers assess an application, each by themselves: who may, what is kept, and who sees what of it when."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from assessment_cases import assessment, criterion, scores
from intake_cases import NOON, case, daycares, programme
from pdf_cases import PDF
from service_under_test import PROGRAMMES, Browser, OpenIntake, ServiceUnderTest, everybody_but, forms_of

from intake.applications.decisions import submit
from intake.applications.model import Application, ApplicationStatus
from intake.assessments.decisions import declare_conflict, hand_in, may_see_others, save_draft, take
from intake.assessments.model import Assessment, Conflict, Panel, Reviewer, Sheet
from intake.programmes.loading import publish_programmes
from local.story import cast
from shared.contracts.intake.applications import ApplicationAssessed
from shared.decision import Decision
from shared.errors import Refused
from shared.office import office_date

CRITERIA = (criterion("need", weight=3), criterion("motivation", weight=2))
PROGRAMME = replace(programme(), criteria=CRITERIA)
SUBMITTED = submit(case(*daycares(2)), PROGRAMME, None, NOON).state
MADS = Reviewer("mads")
NOBODY = Panel()
GOOD, FAIR = scores(need=3, motivation=2), scores(need=2, motivation=2)
ID = UUID(int=7)


def slug_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.slug


def taken(application: Application = SUBMITTED, panel: Panel = NOBODY, reviewer: Reviewer = MADS) -> Assessment:
    return take(application, PROGRAMME, panel, reviewer, ID, NOON).state


def test_an_application_is_taken_on() -> None:
    assert taken() == Assessment(ID, SUBMITTED.case.id, "mads", NOON)


@pytest.mark.parametrize(
    ("application", "panel", "reviewer", "slug"),
    [
        (replace(SUBMITTED, status=ApplicationStatus.ACCEPTED), Panel(), MADS, "assessment-over"),
        (replace(SUBMITTED, status=ApplicationStatus.WAITLISTED), Panel(), MADS, "assessment-over"),
        (SUBMITTED, Panel(), Reviewer("mads", frozenset({"0370", "0390"})), "own-municipality"),
        (SUBMITTED, Panel(), Reviewer(SUBMITTED.case.applicant), "own-application"),
        (SUBMITTED, Panel((assessment("mads"),)), MADS, "assessment-taken"),
        (
            SUBMITTED,
            Panel((replace(assessment("mads"), conflict=Conflict("A cousin.", NOON)),)),
            MADS,
            "conflict-declared",
        ),
        (
            SUBMITTED,
            Panel((assessment("a", GOOD), assessment("bb", GOOD))),
            Reviewer("clara", sees_all=True),
            "assessment-too-late",
        ),
    ],
)
def test_not_everybody_may_take_on_everything(
    application: Application, panel: Panel, reviewer: Reviewer, slug: str
) -> None:
    with pytest.raises(Refused) as refused:
        taken(application, panel, reviewer)
    assert slug_of(refused) == slug


def test_whoever_sees_nothing_of_the_others_may_be_the_third() -> None:
    assert taken(panel=Panel((assessment("a", GOOD), assessment("bb", GOOD)))).reviewer == "mads"
    assert taken(panel=Panel((assessment("a", GOOD),)), reviewer=Reviewer("clara", sees_all=True)).reviewer == "clara"


def test_a_draft_may_be_half() -> None:
    half = scores(motivation=1, need=None)
    kept = save_draft(SUBMITTED, PROGRAMME, taken(), half).state
    assert kept.draft == scores(need=None, motivation=1)
    assert not kept.is_in


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        (scores(need=4, motivation=1), "points-off-the-scale"),
        (scores(need=-1, motivation=1), "points-off-the-scale"),
        (scores(charm=1), "criteria-do-not-fit"),
        ((*GOOD, *scores(need=1)), "criteria-do-not-fit"),
        (scores(need=1), "scores-missing"),
        (scores(need=1, motivation=None), "scores-missing"),
        ((), "scores-missing"),
    ],
)
def test_a_sheet_gives_every_criterion_one_score_of_its_scale(given: Any, slug: str) -> None:
    with pytest.raises(Refused) as refused:
        hand_in(SUBMITTED, PROGRAMME, Panel((taken(),)), taken(), Sheet(given, NOON))
    assert slug_of(refused) == slug


def test_the_first_sheet_tells_nobody_and_the_second_everybody() -> None:
    own = taken()
    first = hand_in(SUBMITTED, PROGRAMME, Panel((own,)), own, Sheet(GOOD, NOON))
    assert (first.state.is_in, first.events) == (True, ())
    panel = Panel((assessment("a", FAIR), own))
    second = hand_in(SUBMITTED, PROGRAMME, panel, own, Sheet(GOOD, NOON))
    assert second == Decision(
        replace(own, sheets=(Sheet(GOOD, NOON),)),
        (
            ApplicationAssessed(
                application_id=SUBMITTED.case.id,
                programme="a-course",
                programme_version=3,
                round_id=None,
                municipality="0390",
                reviewers=2,
                points=13 + 10,
                highest=30,
                on=office_date(NOON),
            ),
        ),
    )


def test_a_change_keeps_what_was_handed_in_and_is_told_again() -> None:
    own = assessment("mads", FAIR)
    panel = Panel((assessment("a", FAIR), own))
    with pytest.raises(Refused) as refused:
        hand_in(SUBMITTED, PROGRAMME, panel, own, Sheet(GOOD, NOON))
    assert slug_of(refused) == "change-without-reason"
    changed = hand_in(SUBMITTED, PROGRAMME, panel, own, Sheet(GOOD, NOON, "I had overlooked the appendix."))
    assert [sheet.scores for sheet in changed.state.sheets] == [FAIR, GOOD]
    assert [event.points for event in changed.events if isinstance(event, ApplicationAssessed)] == [23]
    with pytest.raises(Refused) as refused:
        save_draft(SUBMITTED, PROGRAMME, own, GOOD)
    assert slug_of(refused) == "assessment-handed-in"


@pytest.mark.parametrize("status", [each for each in ApplicationStatus if each is not ApplicationStatus.SUBMITTED])
def test_nothing_is_assessed_once_it_is_decided_on(status: ApplicationStatus) -> None:
    application, own = replace(SUBMITTED, status=status), taken()
    deeds: tuple[Callable[[], Decision[Assessment]], ...] = (
        lambda: save_draft(application, PROGRAMME, own, GOOD),
        lambda: hand_in(application, PROGRAMME, Panel((own,)), own, Sheet(GOOD, NOON, "Later.")),
    )
    for deed in deeds:
        with pytest.raises(Refused) as refused:
            deed()
        assert slug_of(refused) == "assessment-over"


def test_who_has_stepped_back_counts_no_more_and_not_twice() -> None:
    own = assessment("mads", GOOD)
    gone = declare_conflict(own, Conflict("A cousin.", NOON)).state
    assert (gone.is_in, gone.sheets) == (False, own.sheets)
    assert Panel((assessment("a", GOOD), gone)).counting == (assessment("a", GOOD),)
    with pytest.raises(Refused) as refused:
        declare_conflict(gone, Conflict("Again.", NOON))
    assert slug_of(refused) == "conflict-declared"


@pytest.mark.parametrize(
    ("own", "sees_all", "seen"),
    [
        ((), False, False),
        ((), True, True),
        ((assessment("mads"),), True, False),
        ((assessment("mads", GOOD),), False, True),
    ],
)
def test_others_are_seen_once_ones_own_are_in(own: tuple[Assessment, ...], sees_all: bool, seen: bool) -> None:
    panel = Panel((assessment("a", GOOD), *own))
    assert may_see_others(panel, Reviewer("mads", sees_all=sees_all)) is seen


# Over HTTP

SHEET = {"need": 3, "vulnerable-families": 2, "motivation": 2, "leadership": 1}
"""21 of 30 points: 3 · 3 + 3 · 2 + 2 · 2 + 2 · 1 = 21."""


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def another(office: OpenIntake) -> str:
    """One more application, in a round of its own."""
    return str((await office.submitted(round_id=await office.another_round()))["id"])


def as_json(points: dict[str, int | None], remark: str | None = None) -> list[dict[str, Any]]:
    return [{"criterion": name, "points": given, "remark": remark} for name, given in points.items()]


async def do(
    office: OpenIntake, id: str, deed: str, name: str, body: Any = None, *, seen: int | None = None
) -> httpx.Response:
    if_match = None if seen is None else f'"{seen}"'
    return await office.service.post(f"/api/v1/assessments/{id}/{deed}", body, name, if_match=if_match)


async def assessed(office: OpenIntake, id: str, name: str, points: dict[str, int] | None = None) -> None:
    """One reviewer takes an application on and hands in."""
    assert (await do(office, id, "taking", name)).status_code == 200
    answer = await do(office, id, "scores", name, {"scores": as_json({**(points or SHEET)})}, seen=1)
    assert answer.status_code == 200, answer.text


async def seen_by(office: OpenIntake, id: str, name: str) -> dict[str, Any]:
    answer = await office.service.get(f"/api/v1/assessments/{id}", name)
    assert answer.status_code == 200, answer.text
    seen: dict[str, Any] = answer.json()
    return seen


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1]


async def test_two_reviewers_assess_and_everybody_is_told(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    await assessed(office, id, "mads")
    assert "ApplicationAssessed" not in [name for name, _ in await office.service.published()]
    await assessed(office, id, "jonas", SHEET | {"need": 0})
    name, data = (await office.service.published())[-1]
    assert (name, data["reviewers"], data["points"], data["highest"]) == ("ApplicationAssessed", 2, 21 + 12, 60)
    assert set(data) == {
        *("application_id", "programme", "programme_version", "round_id", "municipality"),
        *("reviewers", "points", "highest", "on"),
    }
    result = (await seen_by(office, id, "clara"))["result"]
    assert (result["points"], result["spread"], result["disagree"]) == (33, 9, True)
    assert [each["disagree"] for each in result["criteria"]] == [True, False, False, False]


async def test_of_two_who_hand_in_at_once_one_is_the_second(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    for name in ("mads", "jonas"):
        await do(office, id, "taking", name)
    body = {"scores": as_json({**SHEET})}
    answers = await asyncio.gather(*(do(office, id, "scores", name, body, seen=1) for name in ("mads", "jonas")))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [name for name, _ in await office.service.published()].count("ApplicationAssessed") == 1


async def test_nobody_sees_the_others_before_their_own_are_in(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    await assessed(office, id, "mads")
    for name in ("jonas", "clara"):
        await do(office, id, "taking", name)
        before = await seen_by(office, id, name)
        assert (before["panel"], before["result"]) == (None, None)
    await do(office, id, "scores", "jonas", {"scores": as_json({**SHEET})}, seen=1)
    still = await seen_by(office, id, "clara")
    assert (still["panel"], still["result"]) == (None, None)
    after = await seen_by(office, id, "jonas")
    assert [(each["reviewer"], each["points"]) for each in after["panel"]] == [("Mads Ravn", 21), ("Jonas Vang", 21)]


async def test_the_page_hides_the_others_too(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    await assessed(office, id, "mads")
    await assessed(office, id, "jonas")
    reads = Browser(office.service)
    await reads.sign_in("karla")
    assert (await reads.open(f"/assessments/{id}")).status_code == 403
    david = Browser(office.service)
    await david.sign_in("david")
    assert "Mads Ravn" in (await david.open(f"/assessments/{id}")).text


async def test_a_draft_is_for_the_eyes_of_its_reviewer_alone(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    await do(office, id, "taking", "mads")
    draft = {"scores": as_json({"need": 2}, "Well shown.")}
    assert (await do(office, id, "draft", "mads", draft, seen=1)).status_code == 200
    assert (await seen_by(office, id, "mads"))["own"]["draft"] == as_json({"need": 2}, "Well shown.")
    other = await office.service.get(f"/api/v1/assessments/{id}", "david")
    assert "Well shown." not in other.text
    assert [(each["reviewer"], each["is_in"], each["sheets"]) for each in other.json()["panel"]] == [
        ("Mads Ravn", False, [])
    ]
    stale = await do(office, id, "draft", "mads", draft, seen=1)
    assert problem(stale) == (412, "stale-version")


async def test_the_content_is_read_once_it_has_been_taken_on(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    before = await seen_by(office, id, "mads")
    assert (before["application"], before["may_take"], before["municipality"]) == (None, True, "Vordingborg")
    await do(office, id, "taking", "mads")
    after = await seen_by(office, id, "mads")
    assert (after["application"]["motivation"], after["may_take"]) == (cast.MOTIVATION, False)


@pytest.mark.parametrize("deed", ["taking", "conflict", "draft", "scores"])
async def test_whoever_is_employed_there_neither_sees_nor_assesses(office: OpenIntake, deed: str) -> None:
    id = (await office.submitted())["id"]
    assert problem(await office.service.get(f"/api/v1/assessments/{id}", "karla")) == (403, "own-municipality")
    body = {"reason": "x"} if deed == "conflict" else {"scores": as_json({**SHEET})} if deed != "taking" else None
    answer = await do(office, id, deed, "karla", body, seen=1 if deed in ("draft", "scores") else None)
    assert problem(answer) == (403, "own-municipality")
    assert (await office.service.get("/api/v1/assessments", "karla")).json() == []
    assert await office.service.rows("assessment") == 0


async def test_whoever_steps_back_sees_no_more(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    await assessed(office, id, "mads")
    await assessed(office, id, "jonas")
    assert (await do(office, id, "conflict", "mads", {"reason": "My sister works there."})).status_code == 200
    body = {"scores": as_json({**SHEET}), "reason": "Again."}
    assert problem(await do(office, id, "scores", "mads", body, seen=3)) == (403, "conflict-declared")
    assert problem(await office.service.get(f"/api/v1/assessments/{id}", "mads")) == (403, "conflict-declared")
    for_staff = await seen_by(office, id, "clara")
    assert (for_staff["result"], for_staff["panel"][0]["conflict"]) == (None, "My sister works there.")
    assert "My sister" not in str(await seen_by(office, id, "jonas"))


async def test_a_conflict_is_declared_before_anything_is_read(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    assert (await do(office, id, "conflict", "mads", {"reason": "My sister works there."})).status_code == 200
    assert problem(await do(office, id, "taking", "mads")) == (403, "conflict-declared")


async def test_scores_end_with_the_decision(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    await assessed(office, id, "mads")
    accepted = await office.service.post(f"/api/v1/applications/{id}/acceptance", None, "clara", if_match='"1"')
    assert accepted.status_code == 200
    body = {"scores": as_json({**SHEET}), "reason": "Again."}
    assert problem(await do(office, id, "scores", "mads", body, seen=2)) == (409, "assessment-over")
    assert problem(await do(office, id, "taking", "jonas")) == (409, "assessment-over")


async def test_the_next_ones_are_dealt_evenly_and_never_twice(office: OpenIntake) -> None:
    ids = {await another(office) for _ in range(4)}
    both = await asyncio.gather(
        *(office.service.post("/api/v1/assessments", {"count": 3}, name) for name in ("mads", "jonas"))
    )
    dealt = [each["application_id"] for answer in both for each in answer.json()]
    assert (len(dealt), set(dealt)) == (6, ids)
    rest = (await office.service.post("/api/v1/assessments", {"count": 20}, "clara")).json()
    assert {each["application_id"] for each in rest} == {id for id in ids if dealt.count(id) == 1}
    assert (await office.service.post("/api/v1/assessments", {"count": 20}, "karla")).json() == []


@pytest.mark.parametrize("count", [0, 21, -1, "3", 1.5, None])
async def test_a_strange_number_is_dealt_nothing(office: OpenIntake, count: Any) -> None:
    assert (await office.service.post("/api/v1/assessments", {"count": count}, "mads")).status_code == 422


@pytest.mark.parametrize(
    "scores",
    [
        as_json({**SHEET, "need": 101}),
        [{"criterion": "need", "points": "2"}],
        [{"criterion": "need", "points": 2.0}],
        [{"criterion": "need", "points": True}],
        [{"criterion": "need", "points": 2, "remark": "a" * 2001}],
        [{"criterion": "need", "points": 2, "remark": "a\x00"}],
        [{"criterion": "need", "points": 2, "why": "x"}],
        [{"points": 2}],
        "need",
    ],
)
async def test_what_is_no_score_is_refused(office: OpenIntake, scores: Any) -> None:
    id = (await office.submitted())["id"]
    await do(office, id, "taking", "mads")
    assert (await do(office, id, "draft", "mads", {"scores": scores}, seen=1)).status_code == 422
    assert (await seen_by(office, id, "mads"))["own"]["version"] == 1


async def test_names_and_remarks_come_back_in_every_script(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    await do(office, id, "taking", "mads")
    remark = "Ånd & <b>鶴</b> عربي 👩‍🏫"
    await do(office, id, "draft", "mads", {"scores": as_json({"need": 1}, remark)}, seen=1)
    assert (await seen_by(office, id, "mads"))["own"]["draft"][0]["remark"] == remark
    browser = Browser(office.service)
    await browser.sign_in("mads")
    page = (await browser.open(f"/assessments/{id}")).text
    assert "&lt;b&gt;鶴&lt;/b&gt;" in page


async def test_scores_are_for_nobody_else(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    await assessed(office, id, "mads")
    for name in everybody_but("reviewer", "caseworker", "coordinator", "administrator"):
        for path in ("/assessments", f"/assessments/{id}"):
            assert (await office.service.get(path, name)).status_code == 403
            assert (await office.service.get(f"/api/v1{path}", name)).status_code == 403


async def test_nobody_else_assesses(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    for name in everybody_but("reviewer", "caseworker"):
        for deed in ("taking", "conflict"):
            assert (await do(office, id, deed, name, {"reason": "x"})).status_code == 403


async def test_an_application_without_criteria_is_not_assessed(office: OpenIntake) -> None:
    answer = await office.service.post("/api/v1/applications", office.short_course(), cast.LEADER)
    id = answer.json()["id"]
    assert problem(await do(office, id, "taking", "mads")) == (404, "unknown-application")
    assert (await office.service.get("/api/v1/assessments", "mads")).json() == []


# Without names


async def without_names(office: OpenIntake, folder: Path) -> None:
    """Let reviewers of the long course read no names from now on."""
    content = (PROGRAMMES / "long-course.yaml").read_text()
    (folder / "long-course.yaml").write_text(
        content.replace("    intake: rounds\n", "    intake: rounds\n    redacted: true\n")
    )
    await publish_programmes(office.service.database, folder)


async def test_reviewers_read_no_names_where_the_programme_says_so(office: OpenIntake, tmp_path: Path) -> None:
    motivation = "Anna Holm fra VORDINGBORG kommune skriver om Havbliks og Børnehuset Skovbrynets børn."
    id = (await office.submitted(motivation=motivation))["id"]
    await without_names(office, tmp_path)
    await do(office, id, "taking", "mads")
    await do(office, id, "taking", "clara")
    read = await seen_by(office, id, "mads")
    said = "ansøgeren fra kommunen skriver om Dagtilbud A's og Dagtilbud B's børn."
    assert (read["municipality"], read["application"]["municipality"]) == (None, None)
    assert read["application"]["motivation"] == said
    assert [each["name"] for each in read["application"]["daycares"]] == ["Dagtilbud A", "Dagtilbud B"]
    browser = Browser(office.service)
    await browser.sign_in("mads")
    for path in ("/assessments", f"/assessments/{id}"):
        page = (await browser.open(path)).text
        assert [name for name in ("Vordingborg", "VORDINGBORG", "Havblik", "Skovbrynet", "Anna") if name in page] == []
    assert (await seen_by(office, id, "clara"))["application"]["motivation"] == motivation


async def test_before_taking_it_on_a_reviewer_reads_no_municipality_either(office: OpenIntake, tmp_path: Path) -> None:
    id = (await office.submitted())["id"]
    await without_names(office, tmp_path)
    answer = await office.service.get(f"/api/v1/assessments/{id}", "mads")
    assert "Vordingborg" not in answer.text
    assert "Vordingborg" not in (await office.service.get("/api/v1/assessments", "mads")).text


async def test_no_address_names_to_a_reviewer_what_is_read_without_names(office: OpenIntake, tmp_path: Path) -> None:
    """Whatever may be asked for, before the application is taken on, while it is read, and after it was judged."""
    contact = {"name": "Xerxes Qvist", "email": "xerxes@example.org"}
    id = (await office.submitted(contact=contact, motivation="Xerxes i Vordingborg"))["id"]
    await without_names(office, tmp_path)
    hidden = (
        "Xerxes",
        "xerxes",
        "Vordingborg",
        "0390",
        *(str(each["name"]) for each in (cast.NURSERY, cast.INTEGRATED)),
    )
    told = []
    for deed in (None, "taking"):
        if deed is not None:
            await do(office, id, deed, "mads")
        for path in office.service.readable():
            for each in (id, office.round["id"], *office.daycares.values()) if "{id}" in path else [""]:
                asked = f"{path.replace('{id}', each)}?round_id={office.round['id']}&municipality=0390"
                found = await words_of(office, asked, "mads")
                if any(word in found for word in hidden):
                    public = await words_of(office, asked, None)
                    told += [(asked, word) for word in hidden if word in found and word not in public]
    assert told == []


async def words_of(office: OpenIntake, asked: str, name: str | None) -> str:
    return (await office.service.get(asked, name)).text.replace("municipality=0390", "")


# With files


async def with_a_file(office: OpenIntake) -> tuple[str, str]:
    """An application with a file, and the file."""
    wish = {"programme": "long-course", "round_id": office.round["id"]}
    id = str((await office.service.post("/api/v1/drafts", wish, "anna")).json()["id"])
    path = f"/api/v1/drafts/{id}"
    added = await office.service.post(f"{path}/attachments?name=tilsyn.pdf", None, "anna", content=PDF)
    content = {
        "applicant_kind": "administration",
        "daycares": office.long_course()["daycares"],
        "motivation": "Vi vil.",
        "contact_name": "Anna",
        "contact_email": "anna@example.org",
    }
    await office.service.put(path, content, "anna", if_match='"1"')
    assert (await office.service.post(f"{path}/submission", None, "anna", if_match='"2"')).status_code == 200
    return id, str(added.json()["id"])


async def test_a_reviewer_reads_the_files_once_the_application_is_taken_on(office: OpenIntake) -> None:
    id, file = await with_a_file(office)
    path = f"/assessments/{id}/attachments/{file}"
    mads = await signed_in(office, "mads")
    for address in (path, f"/api/v1{path}"):
        assert (await office.service.get(address, "mads")).status_code == 404
    await do(office, id, "taking", "mads")
    for address in (path, f"/api/v1{path}"):
        assert (await office.service.get(address, "mads")).content == PDF
    seen = await seen_by(office, id, "mads")
    assert ([each["name"] for each in seen["attachments"]], seen["unread"]) == (["tilsyn.pdf"], 0)
    assert f'href="{path}"' in (await mads.open(f"/assessments/{id}")).text
    assert (await office.service.get(f"/api/v1{path}", "karla")).status_code == 403
    await do(office, id, "conflict", "mads", {"reason": "A cousin."})
    assert (await office.service.get(f"/api/v1{path}", "mads")).status_code == 403


async def test_files_are_not_read_where_names_are_taken_out(office: OpenIntake, tmp_path: Path) -> None:
    id, file = await with_a_file(office)
    await without_names(office, tmp_path)
    await do(office, id, "taking", "mads")
    seen = await seen_by(office, id, "mads")
    assert (seen["attachments"], seen["unread"]) == ([], 1)
    path = f"/assessments/{id}/attachments/{file}"
    for address in (path, f"/api/v1{path}"):
        assert (await office.service.get(address, "mads")).status_code == 404
        assert (await office.service.get(address, "clara")).content == PDF
    page = await (await signed_in(office, "mads")).open(f"/assessments/{id}?lang=en")
    assert "Files go with the application." in page.text
    assert file not in page.text


async def test_a_file_of_another_application_is_not_read_here(office: OpenIntake) -> None:
    _, file = await with_a_file(office)
    other = await another(office)
    await do(office, other, "taking", "mads")
    answer = await office.service.get(f"/api/v1/assessments/{other}/attachments/{file}", "mads")
    assert problem(answer) == (404, "unknown-attachment")


# As pages


async def signed_in(office: OpenIntake, name: str) -> Browser:
    browser = Browser(office.service)
    await browser.sign_in(name)
    return browser


FORM = {"points_need": "3", "points_vulnerable_families": "2", "points_motivation": "2", "points_leadership": "1"}


async def test_a_reviewer_takes_saves_hands_in_and_changes_on_pages(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    mads = await signed_in(office, "mads")
    desk = await mads.open("/assessments?lang=en")
    empty = await mads.send(desk, "/assessments")
    assert (empty.status_code, "count-error" in empty.text) == (422, True)
    desk = await mads.follow(await mads.send(desk, "/assessments", count="1"))
    assert f'href="/assessments/{id}"' in desk.text
    path = f"/assessments/{id}"
    page = await mads.open(path)
    assert "2 – To some degree" in page.text
    kept = forms_of(page.text)[f"{path}/scores"]
    draft = await mads.http.post(f"{path}/draft", data=kept | {"points_need": "2", "remark_need": "Well shown."})
    page = await mads.follow(draft)
    assert "Nobody but you sees it" in page.text
    assert "Well shown.</textarea>" in page.text
    half = await mads.send(page, f"{path}/scores", points_need="2")
    assert (half.status_code, half.text.count("Choose a score.")) == (422, 6)
    assert "points_need-error" not in half.text
    page = await mads.follow(await mads.send(page, f"{path}/scores", **FORM))
    assert "Hand in the change" in page.text
    without = await mads.send(page, f"{path}/scores", **FORM)
    assert (without.status_code, "reason-error" in without.text) == (422, True)
    await mads.follow(await mads.send(page, f"{path}/scores", **FORM, reason="A slip."))
    jonas = await signed_in(office, "jonas")
    await jonas.send(await jonas.open(path), f"{path}/taking")
    page = await jonas.follow(await jonas.send(await jonas.open(path), f"{path}/scores", **FORM | {"points_need": "0"}))
    page = await jonas.open(f"{path}?lang=en")
    assert "Their totals lie 9 points apart." in page.text
    assert "Changed because: A slip." in page.text
    assert "Mean: 16.5 of 30 weighted points." in page.text


async def test_a_score_that_no_form_offers_is_refused(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    mads = await signed_in(office, "mads")
    path = f"/assessments/{id}"
    await mads.send(await mads.open(path), f"{path}/taking")
    answer = await mads.send(await mads.open(path), f"{path}/scores", **FORM | {"points_need": "4"})
    assert (answer.status_code, "points_need-error" in answer.text) == (422, True)


async def test_a_reviewer_steps_back_on_the_page(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    mads = await signed_in(office, "mads")
    path = f"/assessments/{id}"
    page = await mads.open(f"{path}?lang=en")
    empty = await mads.send(page, f"{path}/conflict")
    assert (empty.status_code, "conflict-error" in empty.text) == (422, True)
    desk = await mads.follow(await mads.send(page, f"{path}/conflict", conflict="My sister works there."))
    assert "Conflict of interest" in desk.text
    assert f'href="/assessments/{id}"' not in desk.text


async def test_a_caseworker_who_assesses_sees_no_result_in_the_list(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    await do(office, id, "taking", "clara")
    await assessed(office, id, "mads")
    await assessed(office, id, "jonas")
    clara, david = await signed_in(office, "clara"), await signed_in(office, "david")
    assert "21" in (await david.open("/assessments?lang=en")).text
    assert "They agree" not in (await clara.open("/assessments?lang=en")).text
    assert "Mads" not in (await clara.open(f"/assessments/{id}")).text


async def test_the_start_page_of_a_reviewer_says_what_lacks_a_reviewer(office: OpenIntake) -> None:
    await office.submitted()
    mads = await signed_in(office, "mads")
    assert "Applications that lack a reviewer" in (await mads.open("/?lang=en")).text


@pytest.mark.parametrize("name", ["mads", "clara", "david"])
async def test_the_desk_takes_as_many_queries_with_fifty_applications_as_with_one(
    office: OpenIntake, name: str
) -> None:
    browser = await signed_in(office, name)
    counts = []
    for number in (1, 49):
        for _ in range(number):
            await do(office, await another(office), "taking", "mads")
        async with office.service.statements() as sent:
            assert (await browser.open("/assessments")).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 9
