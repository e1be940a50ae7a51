"""Applications that are still being written: alone or together, kept while they are wrong, sent once."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from draft_cases import Writing, choice
from intake_cases import NOON, VORDINGBORG, daycare, real_programme
from service_under_test import DAYCARES, Browser, OpenIntake, ServiceUnderTest, forms_of
from sqlalchemy import text

from intake.applications.model import Selection, Wish
from intake.drafts.decisions import change, join, progress, send, standing
from intake.drafts.model import Draft, Step
from intake.programmes.rules import ApplicantKind
from local.story import cast
from shared.errors import Refused
from shared.web.guesses import WRONG

FIRST, SECOND = daycare(1), daycare(2)
FULL = Wish(
    applicant_kind=ApplicantKind.ADMINISTRATION,
    daycares=(FIRST.id, SECOND.id),
    motivation="We want to.",
    contact_name="Anna Holm",
    contact_email="anna@example.org",
)
DRAFT = Draft(UUID(int=1), "long-course", None, "anna", VORDINGBORG, FULL, NOON, "anna")
LONG, SHORT = real_programme("long-course"), real_programme("short-course")
OFFERED = {FIRST.id: FIRST, SECOND.id: SECOND}


def missing(content: Wish) -> list[str]:
    return [each.step.value for each in progress(content, SHORT) if each.needed and not each.done]


def test_an_empty_draft_lacks_every_step_in_the_order_of_the_form() -> None:
    assert missing(Wish()) == ["applicant_kind", "daycares", "hours", "motivation", "contact_name"]


def test_hours_are_asked_for_only_where_there_is_a_limit_to_them() -> None:
    assert Step.HOURS not in [each.step for each in progress(FULL, LONG)]
    assert missing(FULL) == ["hours"]
    assert missing(replace(FULL, hours=1)) == []


@pytest.mark.parametrize("lacking", [replace(FULL, contact_name=None), replace(FULL, contact_email=None)])
def test_a_contact_has_a_name_and_an_address(lacking: Wish) -> None:
    assert missing(replace(lacking, hours=1)) == ["contact_name"]


def test_the_data_of_the_daycares_is_whole_when_each_is_described_and_never_needed() -> None:
    first, second = Selection(FIRST.id, vulnerable_share=1), Selection(SECOND.id, inspections="Calm")
    for given, done in (((), False), ((first,), False), ((first, second), True)):
        last = progress(replace(FULL, selection=given), LONG)[-1]
        assert (last.step, last.done, last.needed) == (Step.SELECTION, done, False)


def test_the_rules_say_nothing_of_what_is_not_filled_in() -> None:
    def rules(content: Wish, of: Any = SHORT) -> set[str]:
        return {each.rule for each in standing(replace(DRAFT, content=content), OFFERED, of, None, NOON)}

    assert rules(Wish()) == set()
    assert rules(Wish(hours=1)) == {"hour_cap"}
    assert rules(Wish(applicant_kind=ApplicantKind.DAYCARE)) == {"applicant"}
    assert {"municipality", "daycare_count"} < rules(Wish(daycares=(FIRST.id,)), LONG)


def test_the_rules_say_of_a_full_draft_what_they_will_say_of_the_application() -> None:
    assert all(each.passed for each in standing(DRAFT, OFFERED, LONG, None, NOON))
    alone = replace(DRAFT, content=replace(FULL, daycares=(FIRST.id,)))
    assert [each.rule for each in standing(alone, OFFERED, LONG, None, NOON) if not each.passed] == ["daycare_count"]


@pytest.mark.parametrize(
    ("wrong", "step", "silent"),
    [
        ("applicant_kind", Step.APPLICANT, {"applicant"}),
        ("hours", Step.HOURS, {"hour_cap"}),
        ("motivation", Step.MOTIVATION, set()),
        ("contact_name", Step.CONTACT, set()),
        ("contact_email", Step.CONTACT, set()),
        ("selection", Step.SELECTION, set()),
    ],
)
def test_a_field_that_is_wrong_is_to_be_corrected_and_no_rule_speaks_of_what_stood_there_before(
    wrong: str, step: Step, silent: set[str]
) -> None:
    held = replace(FULL, hours=7, selection=(Selection(FIRST.id), Selection(SECOND.id)))
    steps = progress(held, SHORT, {wrong})
    assert [each.step for each in steps if each.wrong] == [step]
    assert [each.step for each in steps if not each.done] == [step]
    draft = replace(DRAFT, content=held)
    before = {each.rule for each in standing(draft, OFFERED, SHORT, None, NOON)}
    assert before - {each.rule for each in standing(draft, OFFERED, SHORT, None, NOON, wrong={wrong})} == silent


def test_while_the_daycares_are_wrong_no_rule_speaks_of_those_before() -> None:
    told = standing(DRAFT, OFFERED, LONG, None, NOON, wrong={"daycares"})
    assert [each.rule for each in told if each.daycare_id is not None or each.rule == "daycare_count"] == []


def test_the_same_content_changes_nothing() -> None:
    assert change(DRAFT, FULL, "bo", NOON) is DRAFT
    changed = change(DRAFT, Wish(), "bo", NOON + timedelta(hours=1))
    assert (changed.content, changed.changed_by, changed.changed_at) == (Wish(), "bo", NOON + timedelta(hours=1))


def test_only_the_own_municipality_joins_and_joining_again_changes_nothing() -> None:
    joined = join(DRAFT, "bo", {VORDINGBORG})
    assert joined.writers == ("bo",)
    assert join(joined, "bo", {"0370", VORDINGBORG}) is joined
    assert join(DRAFT, "anna", {VORDINGBORG}) is DRAFT
    for other in ({"0461"}, set[str]()):
        with pytest.raises(Refused) as refused:
            join(DRAFT, "bo", other)
        assert refused.value.slug == "draft-of-another-municipality"


def test_what_has_been_sent_is_neither_changed_nor_sent_nor_joined() -> None:
    sent = send(DRAFT, LONG, NOON)
    assert sent.sent_at == NOON
    attempts: list[Callable[[], Draft]] = [
        lambda: send(sent, LONG, NOON),
        lambda: change(sent, Wish(), "anna", NOON),
        lambda: join(sent, "bo", {VORDINGBORG}),
    ]
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.slug == "draft-sent"


def test_what_is_not_complete_is_not_sent() -> None:
    with pytest.raises(Refused) as refused:
        send(replace(DRAFT, content=replace(FULL, motivation=None)), LONG, NOON)
    assert (refused.value.slug, refused.value.parameters) == ("draft-incomplete", {"steps": ["motivation"]})


# Over HTTP


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


@pytest.fixture
async def anna(office: OpenIntake) -> Writing:
    writing = Writing(office)
    assert (await writing.begin()).status_code == 201
    return writing


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1]


async def test_a_draft_becomes_an_application_of_the_same_id(anna: Writing) -> None:
    daycare = anna.office.daycares["nursery"]
    chosen = {daycare: {"vulnerable_share": 40, "trigger": "order"}}
    changed = await anna.put(1, **anna.content(), themes=["parents"], selection=chosen)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    sent = await anna.act("submission", 2)
    assert (sent.status_code, sent.json()) == (200, {"application_id": anna.id})
    application = (await anna.service.get(f"/api/v1/applications/{anna.id}", "anna")).json()
    assert (application["status"], application["themes"], application["motivation"]) == (
        "submitted",
        ["parents"],
        "Vi vil gerne.",
    )
    assert application["contact"] == {"name": "Anna Holm", "email": "anna@example.org", "language": "da"}
    assert [each["vulnerable_share"] for each in application["selection"]] == [40]
    assert (await anna.service.get("/api/v1/drafts", "anna")).json() == []


async def test_nobody_is_told_of_a_draft(anna: Writing) -> None:
    before = await anna.service.published()
    await anna.put(1, **anna.content())
    assert await anna.service.published() == before


async def test_of_two_who_send_at_once_one_does(anna: Writing) -> None:
    await anna.put(1, **anna.content())
    answers = await asyncio.gather(anna.act("submission", 2), anna.act("submission", 2))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert slug(await anna.act("submission", 3)) == (409, "draft-sent")
    names = [name for name, _ in await anna.service.published()]
    assert names.count("ApplicationSubmitted") == 1


async def test_of_two_who_write_at_once_one_has_to_look_again(anna: Writing) -> None:
    answers = await asyncio.gather(anna.put(1, motivation="One"), anna.put(1, motivation="Two"))
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_what_is_missing_is_named(anna: Writing) -> None:
    answer = await anna.act("submission", 1)
    assert slug(answer) == (422, "draft-incomplete")
    steps = (await anna.service.get(f"/api/v1/drafts/{anna.id}", "anna")).json()["steps"]
    assert [each["step"] for each in steps if each["needed"] and not each["done"]] == [
        "applicant_kind",
        "daycares",
        "motivation",
        "contact_name",
    ]


async def test_what_would_be_refused_stays_a_draft_unless_it_is_sent_even_so(anna: Writing) -> None:
    await anna.put(1, **anna.content("kindergarten", "nursery"))
    answer = await anna.act("submission", 2)
    assert slug(answer) == (422, "draft-against-rules")
    assert [each["rule"] for each in answer.json()["refusals"]] == ["young_children"]
    assert await anna.service.rows("application") == 0
    assert (await anna.act("submission", 2, {"even_if_refused": True})).status_code == 200
    application = (await anna.service.get(f"/api/v1/applications/{anna.id}", "anna")).json()
    assert application["status"] == "refused"


async def test_a_daycare_of_another_application_of_the_round_is_told_while_it_is_written(anna: Writing) -> None:
    await anna.office.submitted()
    daycare = anna.office.daycares["nursery"]
    shown = (await anna.put(1, **anna.content("nursery", "childminding"))).json()
    failed = [(each["rule"], each["daycare_id"]) for each in shown["verdicts"] if not each["passed"]]
    assert failed == [("one_application", daycare)]
    assert "takes part in another application" in next(
        each["texts"]["en"] for each in shown["verdicts"] if not each["passed"]
    )
    answer = await anna.act("submission", 2)
    assert slug(answer) == (422, "draft-against-rules")
    assert [(each["rule"], each["daycare_id"]) for each in answer.json()["refusals"]] == failed
    assert await anna.service.rows("application") == 1


async def test_of_two_drafts_at_once_with_one_daycare_in_common_one_is_sent_and_none_refused(anna: Writing) -> None:
    drafts = [anna, *(Writing(anna.office) for _ in range(3))]
    for draft in drafts:
        if draft is not anna:
            await draft.begin()
        assert (await draft.put(1, **anna.content())).status_code == 200
    answers = await asyncio.gather(*(draft.act("submission", 2) for draft in drafts))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    listed = (await anna.service.get("/api/v1/applications", "anna")).json()
    assert [each["status"] for each in listed] == ["submitted"]


async def test_a_draft_of_what_is_offered_no_more_is_read_and_thrown_away(anna: Writing, screen: Browser) -> None:
    await anna.put(1, **anna.content())
    async with anna.service.database.work() as work:
        await work.session.execute(text("update intake.programme set valid_until = valid_from"))
        await work.commit()
    shown = (await anna.service.get(f"/api/v1/drafts/{anna.id}", "anna")).json()
    assert (shown["is_offered"], shown["verdicts"], shown["content"]["motivation"]) == (False, [], "Vi vil gerne.")
    assert slug(await anna.act("submission", 2)) == (422, "programme-not-offered")
    page = await screen.open(f"/drafts/{anna.id}?lang=en")
    assert (page.status_code, "Vi vil gerne." in page.text) == (200, True)
    assert "The programme is not offered any more" in page.text
    assert "Send the application" not in page.text
    await screen.send(page, f"/drafts/{anna.id}/removal")
    assert await anna.service.rows("draft") == 0


async def test_whoever_tries_many_codes_or_links_to_drafts_has_to_wait(anna: Writing, screen: Browser) -> None:
    await anna.put(1, **anna.content())
    anna.service.clock.move_to(anna.service.clock.now() + timedelta(days=40))
    for _ in range(WRONG.most // 3):
        wrong = await anna.act("submission", 2, {"late_code": "AAAA-BBBB"})
        joined = await anna.service.post("/api/v1/draft-joinings", {"token": "no-token"}, "anna")
        page = await screen.open("/shared-draft?token=no-token")
        assert (wrong.status_code, joined.status_code, page.status_code) == (422, 404, 404)
    wrong = await anna.act("submission", 2, {"late_code": "AAAA-BBBB"})
    joined = await anna.service.post("/api/v1/draft-joinings", {"token": "no-token"}, "anna")
    page = await screen.open("/shared-draft?token=no-token")
    assert (slug(wrong), slug(joined), page.status_code) == (
        (429, "too-many-requests"),
        (429, "too-many-requests"),
        429,
    )
    assert slug(await anna.act("submission", 2)) == (422, "draft-against-rules")


async def test_after_the_deadline_a_code_lets_a_draft_in(anna: Writing) -> None:
    round_id = anna.office.round["id"]
    await anna.put(1, **anna.content())
    anna.service.clock.move_to(anna.service.clock.now() + timedelta(days=40))
    assert slug(await anna.act("submission", 2)) == (422, "draft-against-rules")
    given = await anna.service.post(f"/api/v1/rounds/{round_id}/late-entries", {"municipality": "0390"}, "david")
    wrong = await anna.act("submission", 2, {"late_code": "AAAA-BBBB"})
    assert slug(wrong) == (422, "unknown-late-code")
    assert (await anna.act("submission", 2, {"late_code": given.json()["code"]})).status_code == 200


async def test_a_draft_is_written_together_by_link(anna: Writing) -> None:
    ida = Writing(anna.office, "ida")
    ida.id = anna.id
    assert (await ida.put(1, motivation="Mine")).status_code == 404
    token = (await anna.act("link", 1)).json()["token"]
    joined = await anna.service.post("/api/v1/draft-joinings", {"token": token}, "ida")
    assert joined.status_code == 200
    assert (await ida.put(1, **ida.content())).status_code == 200
    assert (await ida.act("submission", 2)).status_code == 200
    for name in ("anna", "ida"):
        assert (await anna.service.get(f"/api/v1/applications/{anna.id}", name)).status_code == 200
        assert [each["id"] for each in (await anna.service.get("/api/v1/applications", name)).json()] == [anna.id]
    withdrawn = await anna.service.post(f"/api/v1/applications/{anna.id}/withdrawal", None, "anna", if_match='"1"')
    assert withdrawn.status_code == 200


async def test_a_link_leads_nowhere_once_there_is_a_newer_one_or_the_draft_was_sent(anna: Writing) -> None:
    old = (await anna.act("link", 1)).json()["token"]
    new = (await anna.act("link", 1)).json()["token"]
    assert slug(await anna.service.post("/api/v1/draft-joinings", {"token": old}, "ida")) == (404, "unknown-draft")
    await anna.put(1, **anna.content())
    await anna.act("submission", 2)
    assert slug(await anna.service.post("/api/v1/draft-joinings", {"token": new}, "ida")) == (409, "draft-sent")
    assert slug(await anna.act("link", 3)) == (409, "draft-sent")


async def test_another_municipality_does_not_join(anna: Writing) -> None:
    token = (await anna.act("link", 1)).json()["token"]
    answer = await anna.service.post("/api/v1/draft-joinings", {"token": token}, cast.LEADER)
    assert slug(answer) == (403, "draft-of-another-municipality")
    assert await anna.service.rows("draft_writer") == 0


async def test_others_see_nothing_of_a_draft(anna: Writing) -> None:
    for name in (cast.LEADER, "ida"):
        assert (await anna.service.get(f"/api/v1/drafts/{anna.id}", name)).status_code == 404
        assert (await anna.service.get("/api/v1/drafts", name)).json() == []
        for deed in ("submission", "link", "removal"):
            other = Writing(anna.office, name)
            other.id = anna.id
            assert (await other.act(deed, 1)).status_code == 404


async def test_a_draft_is_thrown_away(anna: Writing) -> None:
    token = (await anna.act("link", 1)).json()["token"]
    await anna.service.post("/api/v1/draft-joinings", {"token": token}, "ida")
    assert (await anna.act("removal", 1)).status_code == 204
    assert (await anna.service.rows("draft"), await anna.service.rows("draft_writer")) == (0, 0)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"programme": "nothing"}, (422, "programme-not-offered")),
        ({"round_id": None}, (422, "round-missing")),
        ({"programme": "short-course"}, (422, "round-of-another-programme")),
        ({"programme": "learning-day", "round_id": None}, (422, "programme-without-applications")),
        ({"round_id": "00000000-0000-7000-8000-000000000000"}, (422, "unknown-round")),
    ],
)
async def test_what_cannot_be_applied_for_is_not_begun(
    office: OpenIntake, wish: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert slug(await Writing(office).begin(**wish)) == expected
    assert await office.service.rows("draft") == 0


@pytest.mark.parametrize(
    "content",
    [
        {"hours": 0},
        {"hours": 10_001},
        {"contact_email": "anna"},
        {"motivation": "a" * 10_001},
        {"daycares": ["x"]},
        {"themes": ["cooking"]},
        {"selection": {"x": {}}},
        {"nothing": 1},
    ],
)
async def test_content_that_cannot_be_is_refused(anna: Writing, content: dict[str, Any]) -> None:
    assert slug(await anna.put(1, **content)) == (422, "invalid-request")


@pytest.mark.parametrize(
    "text", ["a" * 10_000, "Қазақстан 東京 عمر Þór 👩‍👧", "<script>alert(1)</script>", "{{ 7*7 }}"]
)
async def test_a_motivation_in_any_script_comes_back_as_it_was(anna: Writing, text: str) -> None:
    assert (await anna.put(1, motivation=text)).json()["content"]["motivation"] == text
    browser = Browser(anna.service)
    await browser.sign_in("anna")
    page = await browser.open(f"/drafts/{anna.id}")
    assert ("<script>alert" in page.text, "{{ 7*7 }}" in page.text) == (False, text == "{{ 7*7 }}")


# As pages


@pytest.fixture
async def screen(anna: Writing) -> Browser:
    browser = Browser(anna.service)
    await browser.sign_in("anna")
    return browser


def filled(anna: Writing, *kinds: str, **changes: Any) -> dict[str, Any]:
    return anna.content(*kinds) | changes


async def sent_form(screen: Browser, anna: Writing, form: dict[str, Any], deed: str = "") -> httpx.Response:
    """Fill in the form as it stands, and press the button that saves it, or the one that sends it."""
    page = await screen.open(f"/drafts/{anna.id}")
    hidden = forms_of(page.text)[f"/drafts/{anna.id}"]
    return await screen.http.post(f"/drafts/{anna.id}{deed}", data=hidden | form)


async def test_a_form_keeps_what_is_right_and_shows_what_is_wrong(anna: Writing, screen: Browser) -> None:
    answer = await sent_form(screen, anna, filled(anna, contact_email="anna@", hours="many"))
    assert (answer.status_code, "contact_email-error" in answer.text, 'value="anna@"' in answer.text) == (
        422,
        True,
        True,
    )
    kept = (await anna.service.get(f"/api/v1/drafts/{anna.id}", "anna")).json()["content"]
    assert (kept["motivation"], kept["contact_email"], kept["hours"]) == ("Vi vil gerne.", None, None)


async def test_selection_data_is_filled_in_beside_each_daycare(anna: Writing, screen: Browser) -> None:
    daycare = anna.office.daycares["nursery"]
    share, why = f"selection.{daycare}.vulnerable_share", f"selection.{daycare}.trigger"
    saved = await sent_form(screen, anna, filled(anna) | {share: "41", why: "order"})
    assert saved.status_code == 303
    wrong = await sent_form(screen, anna, filled(anna) | {share: "101", why: "order"})
    assert (wrong.status_code, f"{share}-error" in wrong.text) == (422, True)
    kept = (await anna.service.get(f"/api/v1/drafts/{anna.id}", "anna")).json()["content"]["selection"]
    assert [(each["vulnerable_share"], each["trigger"]) for each in kept] == [(41, "order")]


async def test_numbers_are_filled_in_as_danes_write_them(anna: Writing, screen: Browser) -> None:
    first, second = anna.office.daycares["nursery"], anna.office.daycares["integrated"]
    half, whole = (f"selection.{daycare}.vulnerable_share" for daycare in (first, second))
    await screen.open(f"/drafts/{anna.id}?lang=da")
    form = filled(anna, daycares=[first, second], hours="7,5 timer") | {half: "12,5", whole: "23 %"}
    assert (await sent_form(screen, anna, form)).status_code == 303
    kept = (await anna.service.get(f"/api/v1/drafts/{anna.id}", "anna")).json()["content"]
    assert (kept["hours"], [each["vulnerable_share"] for each in kept["selection"]]) == (7.5, [12.5, 23])
    shown = (await screen.open(f"/drafts/{anna.id}")).text
    assert all(f'value="{typed}"' in shown for typed in ("12,5", "23"))
    assert 'value="12.5"' in (await screen.open(f"/drafts/{anna.id}?lang=en")).text
    wrong = await sent_form(screen, anna, form | {half: "hver ottende"})
    assert (wrong.status_code, 'value="hver ottende"' in wrong.text) == (422, True)


async def test_what_is_not_whole_is_kept_and_shown_in_the_application(anna: Writing, screen: Browser) -> None:
    chosen = {anna.office.daycares["nursery"]: {"vulnerable_share": 12.5}}
    await anna.put(1, **anna.content(), selection=chosen)
    assert (await anna.act("submission", 2)).status_code == 200
    application = (await anna.service.get(f"/api/v1/applications/{anna.id}", "anna")).json()
    assert [each["vulnerable_share"] for each in application["selection"]] == [12.5]
    assert "12,5 procent" in (await screen.open(f"/applications/{anna.id}?lang=da")).text


@pytest.mark.parametrize("wrong", ["12.5", "12,5", True, -0.5, 100.5, 1e400])
async def test_json_has_numbers_as_json_writes_them(anna: Writing, wrong: object) -> None:
    chosen = {anna.office.daycares["nursery"]: {"vulnerable_share": wrong}}
    if wrong == 1e400:
        chosen = {anna.office.daycares["nursery"]: {"vulnerable_share": 10**400}}
    assert (await anna.put(1, **anna.content(), selection=chosen)).status_code == 422


async def test_an_application_is_sent_from_the_form_with_what_was_typed_last(anna: Writing, screen: Browser) -> None:
    answer = await sent_form(screen, anna, filled(anna), "/submission")
    shown = await screen.follow(answer)
    assert (shown.status_code, "Vi vil gerne." in shown.text) == (200, True)
    assert "Ansøgningen er sendt" in shown.text
    assert "En kvittering er på vej på e-mail." in shown.text
    assert "Ansøgningen er sendt" not in (await screen.open(f"/applications/{anna.id}")).text
    again = await screen.open(f"/drafts/{anna.id}")
    assert (again.status_code, again.headers["Location"]) == (303, f"/applications/{anna.id}")


async def test_the_form_says_what_is_missing(anna: Writing, screen: Browser) -> None:
    answer = await sent_form(screen, anna, filled(anna, motivation=""), "/submission")
    assert (answer.status_code, "motivation-error" in answer.text, "daycares-error" in answer.text) == (
        422,
        True,
        False,
    )


async def test_the_form_says_what_would_be_refused_and_sends_it_all_the_same(anna: Writing, screen: Browser) -> None:
    form = filled(anna, "kindergarten", "nursery")
    answer = await sent_form(screen, anna, form, "/submission")
    assert (answer.status_code, 'name="_anyway"' in answer.text) == (422, True)
    assert await anna.service.rows("application") == 0
    assert (await sent_form(screen, anna, form | {"anyway": "true"}, "/submission")).status_code == 303
    assert await anna.service.rows("application") == 1


async def test_what_a_used_code_does_not_send_is_kept_and_told_to_nobody(anna: Writing, screen: Browser) -> None:
    anna.service.clock.move_to(anna.service.clock.now() + timedelta(days=40))
    path = f"/api/v1/rounds/{anna.office.round['id']}/late-entries"
    code = (await anna.service.post(path, {"municipality": "0390"}, "david")).json()["code"]
    others = [DAYCARES["nursery"] | {"p_number": number} for number in ("1000000001", "1000000002")]
    known = [(await anna.service.post("/api/v1/daycares", each, "anna")).json()["id"] for each in others]
    await anna.office.submitted(late_code=code, daycares=known)
    told = len(await anna.service.published())
    answer = await sent_form(screen, anna, filled(anna, late_code=code), "/submission")
    assert (answer.status_code, "late_code-error" in answer.text) == (422, True)
    assert (await anna.content_now())["motivation"] == "Vi vil gerne."
    assert await anna.service.rows("application") == 1
    assert (await anna.service.published())[told:] == []


async def test_whoever_was_overtaken_keeps_what_they_typed_and_chooses(anna: Writing, screen: Browser) -> None:
    page = await screen.open(f"/drafts/{anna.id}?lang=en")
    token = (await anna.act("link", 1)).json()["token"]
    await anna.service.post("/api/v1/draft-joinings", {"token": token}, "ida")
    ida = Writing(anna.office, "ida")
    ida.id = anna.id
    await ida.put(1, motivation="Idas")
    answer = await screen.send(page, f"/drafts/{anna.id}", motivation="Annas")
    assert (answer.status_code, "Annas" in answer.text, "Idas" in answer.text) == (409, True, True)
    assert (await anna.content_now())["motivation"] == "Idas"
    again = await screen.send(answer, f"/drafts/{anna.id}", motivation="Annas")
    assert (again.status_code, (await anna.content_now())["motivation"]) == (409, "Idas")
    over = await screen.send(again, f"/drafts/{anna.id}", motivation="Annas", settled=choice(again, "settled"))
    assert (over.status_code, (await anna.content_now())["motivation"]) == (303, "Annas")


async def test_own_changes_do_not_overtake_oneself(anna: Writing, screen: Browser) -> None:
    page = await screen.open(f"/drafts/{anna.id}")
    for typed in ("One", "Two"):
        assert (await screen.send(page, f"/drafts/{anna.id}", motivation=typed)).status_code == 303


async def test_a_link_is_shown_once_and_followed(anna: Writing, screen: Browser) -> None:
    page = await screen.open(f"/drafts/{anna.id}")
    shown = await screen.send(page, f"/drafts/{anna.id}/link")
    link = shown.text.split('<code class="praksis-link">')[1].split("</code>")[0]
    path = httpx.URL(link).raw_path.decode()
    ida, bo = Browser(anna.service), Browser(anna.service)
    await ida.sign_in("ida")
    await bo.sign_in(cast.LEADER)
    assert "/shared-draft" not in (await bo.open(path)).text.split("<main")[1]
    form = await ida.open(path)
    joined = await ida.send(form, "/shared-draft")
    assert (joined.status_code, joined.headers["Location"]) == (303, f"/drafts/{anna.id}")
    assert (await ida.open(path)).headers["Location"] == f"/drafts/{anna.id}"


async def test_what_is_open_is_begun_from_the_page(office: OpenIntake) -> None:
    browser = Browser(office.service)
    await browser.sign_in("anna")
    page = await browser.open("/apply?lang=en")
    begun = await browser.send(page, "/drafts", programme="long-course", round_id=office.round["id"])
    assert (await browser.follow(begun)).status_code == 200
    assert f'href="{begun.headers["Location"]}"' in (await browser.open("/apply")).text


async def test_the_form_takes_as_many_queries_with_fifty_daycares_as_with_one(anna: Writing, screen: Browser) -> None:
    counts = []
    for number in (1, 49):
        for each in range(number):
            p_number = f"3{number:04}{each:05}"
            body = cast.NURSERY | {"p_number": p_number, "name": f"Dagtilbud {p_number}"}
            assert (await anna.service.post("/api/v1/daycares", body, "hanne")).status_code == 201
        await anna.put(1 if number == 1 else 2, daycares=[])
        async with anna.service.statements() as sent:
            assert (await screen.open(f"/drafts/{anna.id}")).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


@pytest.fixture
async def shorter(anna: Writing, screen: Browser) -> str:
    """The address of a draft of the programme that gives hours, which holds seven of them."""
    assert (await anna.begin(programme="short-course", round_id=None)).status_code == 201
    await anna.put(1, **anna.content() | {"hours": 7})
    return f"/drafts/{anna.id}"


@pytest.mark.parametrize("wrong", ["0", "-3", "tolv", "12,5 %"])
async def test_wrong_hours_are_named_in_the_panel_and_stand_to_be_corrected(
    screen: Browser, shorter: str, wrong: str
) -> None:
    page = await screen.open(f"{shorter}?lang=da")
    form = forms_of(page.text)[shorter] | {"hours": wrong, "motivation": "Vi vil gerne."}
    live = await screen.http.post(shorter, data=form, headers={"HX-Request": "true"})
    panel = live.text.partition('<div id="standing">')[2].partition("</aside>")[0]
    told = {name: said for said, name in re.findall(r'>([^<>]+)</span> <a href="#(\w+)"', panel)}
    assert (told["hours"], told["motivation"]) == ("Skal rettes", "Udfyldt")
    assert '<li data-wrong="hours"><a href="#hours">Timer</a>: <span>' in panel
    assert "Antallet af timer er 7" not in panel


async def test_a_wrong_share_is_named_by_its_daycare(anna: Writing, screen: Browser, shorter: str) -> None:
    page = await screen.open(f"{shorter}?lang=en")
    name = f"selection.{anna.office.daycares['nursery']}.vulnerable_share"
    form = forms_of(page.text)[shorter] | {name: "many"}
    answer = await screen.http.post(shorter, data=form)
    assert f'href="#{name}">' in answer.text.partition("<h1>")[0]
    assert f'<li data-wrong="{name}"><a href="#{name}">' in answer.text


@pytest.mark.parametrize("part", ["trigger", "inspections", "vulnerable_share", "other"])
async def test_what_is_said_of_no_daycare_is_wrong_and_breaks_nothing(
    anna: Writing, screen: Browser, shorter: str, part: str
) -> None:
    page = await screen.open(f"{shorter}?lang=en")
    for name in (f"selection.x.{part}", f"selection.{part}", f"selection.{anna.id}.{part}"):
        form = forms_of(page.text)[shorter] | {name: "Of none", f"_seen.{name}": "1"}
        for deed in ("", "/submission"):
            assert (await screen.http.post(f"{shorter}{deed}", data=form)).status_code < 500
    version = (await anna.service.get(f"/api/v1{shorter}", "anna")).headers["ETag"].strip('"')
    assert (await anna.act("removal", int(version))).is_success
    assert (await screen.http.post(shorter, data=form)).status_code == 404
    assert (await screen.http.post(shorter, data=form | {f"selection.x.{part}": "Of none"})).status_code == 404


async def test_who_writes_on_in_what_was_thrown_away_is_told_and_keeps_the_text(anna: Writing, screen: Browser) -> None:
    address = f"/drafts/{anna.id}"
    page = await screen.open(f"{address}?lang=en")
    assert (await anna.act("removal", 1)).is_success
    for deed in ("", "/submission"):
        form = forms_of(page.text)[address] | {"motivation": "Typed since"}
        answer = await screen.http.post(f"{address}{deed}", data=form)
        assert (answer.status_code, '<p class="praksis-prose">Typed since</p>' in answer.text) == (404, True)
        assert "somebody who writes with you has thrown the draft away" in answer.text


async def test_drafts_of_one_programme_are_told_apart_by_their_daycares(anna: Writing, screen: Browser) -> None:
    await anna.put(1, **anna.content("nursery"))
    first = anna.id
    await anna.begin()
    page = await screen.open("/apply?lang=en")
    rows = [row for row in page.text.split("<tr>") if "/drafts/" in row]
    name = (await anna.service.get(f"/api/v1/daycares/{anna.office.daycares['nursery']}", "anna")).json()["name"]
    told = {row.split("/drafts/")[1][:36]: (name in row, "None chosen yet" in row) for row in rows}
    assert told == {first: (True, False), anna.id: (False, True)}
