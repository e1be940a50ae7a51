"""A draft that is written on several pages at once: every field keeps what was typed last, and none is written over."""

import html
from dataclasses import replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from draft_cases import Writing, choice
from hypothesis import given
from hypothesis import strategies as st
from intake_cases import NOON, VORDINGBORG, daycare
from service_under_test import Browser, OpenIntake, ServiceUnderTest, forms_of
from sqlalchemy import text

from intake.applications.model import Selection, Trigger, Wish
from intake.drafts.decisions import change, hear
from intake.drafts.merging import Said, changed, mark_of, marks_of, merge, parts_of, unseen, with_parts
from intake.drafts.model import Draft
from intake.programmes.rules import ApplicantKind
from shared.contracts.vocabulary import Skill
from shared.formats import format_moment

FIRST, SECOND = daycare(1).id, daycare(2).id
BASE = Wish(motivation="We want to.", contact_name="Anna Holm")
DRAFT = Draft(FIRST, "long-course", None, "anna", VORDINGBORG, BASE, NOON, "anna")

texts = st.one_of(st.none(), st.text(min_size=1, max_size=3))
contents = st.builds(
    Wish,
    applicant_kind=st.one_of(st.none(), st.sampled_from(ApplicantKind)),
    daycares=st.sampled_from([(), (FIRST,), (FIRST, SECOND)]),
    themes=st.sampled_from([(), (Skill.PARENTS,)]),
    hours=st.one_of(st.none(), st.sampled_from([Decimal(1), Decimal("7.5")])),
    motivation=texts,
    contact_name=texts,
    contact_email=texts,
    reminders=st.booleans(),
    enquiry_id=st.sampled_from([None, FIRST]),
    selection=st.sampled_from([(), (Selection(FIRST, 1, Trigger.ORDER, "Calm"), Selection(SECOND, inspections="x"))]),
)


def said(base: Wish, mine: Wish, page: str | None = "a") -> Said:
    """What a page says that was shown with `base` and holds `mine`, of every field that either has."""
    names = {**parts_of(base), **parts_of(mine)}
    seen = {name: mark_of(parts_of(base).get(name)) for name in names}
    return Said({name: parts_of(mine).get(name) for name in names}, seen, page)


@given(contents)
def test_a_content_is_its_parts(content: Wish) -> None:
    assert with_parts(Wish(), parts_of(content)) == content


@given(contents, contents, contents)
def test_no_field_that_was_changed_elsewhere_is_written_over(base: Wish, theirs: Wish, mine: Wish) -> None:
    merged = merge(theirs, {}, said(base, mine))
    before, here, there, after = (parts_of(each) for each in (base, mine, theirs, merged.content))
    for name in {*before, *here, *there, *after}:
        was, own, other = before.get(name), here.get(name), there.get(name)
        assert after.get(name) == (own if other == was else other)
        assert (name in merged.conflicts) == (own != was and other not in (was, own))
        assert (name in merged.news) == (own == was and other != was and name in {*before, *here})


@given(contents, contents, contents)
def test_a_page_goes_on_from_what_it_has_saved_though_it_never_heard_of_it(
    base: Wish, first: Wish, second: Wish
) -> None:
    draft, _ = hear(replace(DRAFT, content=base), said(base, first), "anna", NOON)
    shown = {**parts_of(base), **parts_of(first), **parts_of(second)}
    again = Said(
        {name: parts_of(second).get(name) for name in shown},
        {name: mark_of(parts_of(base).get(name)) for name in shown},
        "a",
    )
    last, merged = hear(draft, again, "anna", NOON)
    assert (merged.conflicts, merged.news, last.content) == ((), (), second)


def test_another_page_of_the_same_writer_is_another_page() -> None:
    draft, _ = hear(DRAFT, said(BASE, replace(BASE, motivation="New"), "new"), "anna", NOON)
    heard, merged = hear(draft, said(BASE, replace(BASE, motivation="Old"), "old"), "anna", NOON)
    assert (heard, merged.conflicts) == (draft, ("motivation",))
    other = replace(BASE, contact_name="Anna H.")
    heard, merged = hear(draft, said(BASE, other, "old"), "anna", NOON)
    assert (heard.content, merged.conflicts, merged.news) == (
        replace(other, motivation="New"),
        (),
        ("motivation",),
    )


def test_a_choice_holds_for_the_text_that_was_seen_and_for_no_later_one() -> None:
    theirs, mine = replace(BASE, motivation="Theirs"), replace(BASE, motivation="Mine")
    chosen = replace(said(BASE, mine), settled={"motivation": mark_of("Theirs")})
    assert merge(theirs, {}, chosen).content.motivation == "Mine"
    later = merge(replace(BASE, motivation="Later"), {}, chosen)
    assert (later.content.motivation, later.conflicts) == ("Later", ("motivation",))


def test_of_a_field_of_which_nothing_was_seen_only_emptiness_is_written_over() -> None:
    assert merge(Wish(), {}, Said({"motivation": "Mine"})).content.motivation == "Mine"
    assert merge(BASE, {}, Said({"motivation": "Mine"})).conflicts == ("motivation",)


def test_the_order_in_which_daycares_were_chosen_is_no_change() -> None:
    base = replace(BASE, daycares=(FIRST, SECOND))
    merged = merge(base, {}, said(BASE, replace(BASE, daycares=(SECOND, FIRST))))
    assert (merged.content, merged.conflicts) == (base, ())


def test_a_field_that_others_than_pages_have_written_belongs_to_no_page() -> None:
    mine, _ = hear(DRAFT, said(BASE, replace(BASE, motivation="Mine")), "anna", NOON)
    assert mine.pages == {"motivation": "a"}
    assert change(mine, BASE, "ida", NOON).pages == {}
    assert changed(BASE, mine.content) == {"motivation"}


@given(contents, contents)
def test_what_was_neither_shown_nor_written_by_a_page_is_unseen(shown: Wish, stands: Wish) -> None:
    knowing = Said({}, marks_of(shown), "a")
    assert set(unseen(stands, {}, knowing)) == changed(shown, stands)
    assert unseen(stands, dict.fromkeys(changed(shown, stands), "a"), knowing) == ()


# Over HTTP


@pytest.fixture
async def anna(intake_service: ServiceUnderTest) -> Writing:
    writing = Writing(await OpenIntake.of(intake_service))
    assert (await writing.begin()).status_code == 201
    return writing


@pytest.fixture
async def screen(anna: Writing) -> Browser:
    browser = Browser(anna.service)
    await browser.sign_in("anna")
    return browser


async def autosave(screen: Browser, page: httpx.Response, draft: str, **changes: Any) -> httpx.Response:
    """What a page sends by itself while somebody writes in it; the page stays as it is."""
    fields = forms_of(page.text)[draft] | changes
    return await screen.http.post(draft, data=fields, headers={"HX-Request": "true"})


async def test_two_pages_of_one_writer_change_two_fields_and_both_stay(anna: Writing, screen: Browser) -> None:
    draft = f"/drafts/{anna.id}"
    older, newer = await screen.open(draft), await screen.open(draft)
    await screen.send(newer, draft, motivation="Newer", contact_name="Anna Holm")
    answer = await screen.send(older, draft, contact_email="anna@example.org", contact_name="Anna Holm")
    assert answer.status_code == 303
    kept = await anna.content_now()
    assert (kept["motivation"], kept["contact_email"]) == ("Newer", "anna@example.org")


@pytest.mark.parametrize("deed", ["", "/submission"])
async def test_an_older_page_of_the_same_writer_writes_over_nothing(anna: Writing, screen: Browser, deed: str) -> None:
    draft = f"/drafts/{anna.id}"
    await anna.put(1, **anna.content())
    older, newer = await screen.open(draft), await screen.open(draft)
    both = {name: value for name, value in anna.content().items() if name != "motivation"}
    assert (await screen.send(newer, draft, motivation="Newer", **both)).status_code == 303
    answer = await screen.http.post(f"{draft}{deed}", data=forms_of(older.text)[draft] | both | {"motivation": "Older"})
    assert (answer.status_code, "Newer" in answer.text, "Older" in answer.text) == (409, True, True)
    assert (await anna.content_now())["motivation"] == "Newer"
    assert await anna.service.rows("application") == 0
    given_up = await screen.send(answer, draft, motivation="Older", given_up=choice(answer, "given_up"), **both)
    assert (given_up.status_code, (await anna.content_now())["motivation"]) == (303, "Newer")


async def test_an_older_page_sends_what_was_written_on_the_newer(anna: Writing, screen: Browser) -> None:
    draft = f"/drafts/{anna.id}"
    await anna.put(1, **anna.content())
    older, newer = await screen.open(draft), await screen.open(draft)
    assert (await screen.send(newer, draft, **anna.content() | {"motivation": "Newer"})).status_code == 303
    sent = await screen.http.post(f"{draft}/submission", data=forms_of(older.text)[draft] | anna.content())
    assert sent.status_code == 303
    application = (await anna.service.get(f"/api/v1/applications/{anna.id}", "anna")).json()
    assert application["motivation"] == "Newer"


async def test_a_page_that_stays_learns_of_news_and_never_takes_them_back(anna: Writing, screen: Browser) -> None:
    draft = f"/drafts/{anna.id}"
    page, other = await screen.open(f"{draft}?lang=en"), await screen.open(draft)
    await screen.send(other, draft, motivation="Elsewhere", contact_name="Anna Holm")
    for name in ("Anna A.", "Anna B."):
        answer = await autosave(screen, page, draft, contact_name=name)
        assert (answer.status_code, "Changed elsewhere meanwhile" in answer.text) == (200, True)
        page = answer
        kept = await anna.content_now()
        assert (kept["motivation"], kept["contact_name"]) == ("Elsewhere", name)


async def test_autosaves_that_cross_each_other_are_no_conflict(anna: Writing, screen: Browser) -> None:
    draft = f"/drafts/{anna.id}"
    page = await screen.open(draft)
    for typed in ("O", "On", "One"):
        answer = await autosave(screen, page, draft, motivation=typed, contact_name="Anna Holm")
        assert (answer.status_code, (await anna.content_now())["motivation"]) == (200, typed)


async def test_the_data_of_a_daycare_stays_though_the_page_did_not_show_it(anna: Writing, screen: Browser) -> None:
    draft, nursery = f"/drafts/{anna.id}", anna.office.daycares["nursery"]
    chosen = {nursery: {"inspections": "Calm", "vulnerable_share": 41}}
    await anna.put(1, **anna.content() | {"daycares": []}, selection=chosen)
    page = await screen.open(draft)
    answer = await screen.send(page, draft, **anna.content() | {"daycares": [nursery]})
    assert answer.status_code == 303
    assert [each["inspections"] for each in (await anna.content_now())["selection"]] == ["Calm"]
    assert "Calm" in (await screen.open(draft)).text


async def test_what_only_autosave_has_changed_is_thrown_away(anna: Writing, screen: Browser) -> None:
    draft = f"/drafts/{anna.id}"
    page = await screen.open(draft)
    await autosave(screen, page, draft, motivation="Mine")
    await autosave(screen, page, draft, motivation="Mine, too")
    assert (await screen.send(page, f"{draft}/removal")).status_code == 303
    assert await anna.service.rows("draft") == 0


async def test_what_somebody_else_has_changed_is_thrown_away_only_when_it_was_seen(
    anna: Writing, screen: Browser
) -> None:
    draft = f"/drafts/{anna.id}"
    page = await screen.open(f"{draft}?lang=en")
    await anna.put(1, motivation="Elsewhere")
    answer = await screen.send(page, f"{draft}/removal")
    assert (answer.status_code, "Not thrown away" in answer.text, "Elsewhere" in answer.text) == (409, True, True)
    assert (await screen.send(answer, f"{draft}/removal")).status_code == 303
    assert await anna.service.rows("draft") == 0


@pytest.mark.parametrize("wrong", ["[]", "nonsense", '{"motivation": 1}'])
async def test_a_removal_that_no_page_of_ours_asks_for_is_turned_away(
    anna: Writing, screen: Browser, wrong: str
) -> None:
    page = await screen.open(f"/drafts/{anna.id}")
    assert (await screen.send(page, f"/drafts/{anna.id}/removal", seen=wrong)).status_code == 422
    assert await anna.service.rows("draft") == 1


@pytest.mark.parametrize("deed", ["", "/submission"])
async def test_who_writes_on_after_it_was_sent_is_told_and_keeps_the_text(
    anna: Writing, screen: Browser, deed: str
) -> None:
    draft = f"/drafts/{anna.id}"
    page = await screen.open(f"{draft}?lang=en")
    await anna.put(1, **anna.content())
    await anna.act("submission", 2)
    form = forms_of(page.text)[draft] | {"motivation": "Too late"}
    answer = await screen.http.post(f"{draft}{deed}", data=form)
    assert answer.status_code == 409
    assert "The application was sent while you were writing" in answer.text
    assert "Too late" in answer.text
    assert f'href="/applications/{anna.id}"' in answer.text
    live = await autosave(screen, page, draft, motivation="Too late")
    assert (live.status_code, 'id="standing"' in live.text) == (409, True)


async def test_when_it_was_sent_is_said_by_the_clock_of_the_round(anna: Writing, screen: Browser) -> None:
    draft = f"/drafts/{anna.id}"
    page = await screen.open(f"{draft}?lang=en")
    await anna.put(1, **anna.content())
    await anna.act("submission", 2)
    async with anna.service.database.work() as work:
        await work.session.execute(text("update intake.round set zone = 'America/Nuuk'"))
        sent_at = await work.session.scalar(text("select sent_at from intake.draft"))
        await work.commit()
    answer = await screen.http.post(draft, data=forms_of(page.text)[draft] | {"motivation": "Too late"})
    there = format_moment(sent_at, "en", ZoneInfo("America/Nuuk"))
    assert f"It was sent {there} by somebody" in answer.text


@pytest.mark.parametrize("deed", ["", "/submission"])
async def test_of_a_form_that_came_after_it_was_sent_only_what_was_changed_is_shown(
    anna: Writing, screen: Browser, deed: str
) -> None:
    draft = f"/drafts/{anna.id}"
    kept = anna.content() | {
        "motivation": "Kept words",
        "contact_name": "Anna Kept",
        "contact_email": "kept@example.org",
    }
    await anna.put(1, **kept)
    page = await screen.open(f"{draft}?lang=en")
    await anna.act("submission", 2)
    form = forms_of(page.text)[draft] | {"motivation": "Typed since", "contact_name": "Anna Kept"}
    answer = await screen.http.post(f"{draft}{deed}", data=form | {"contact_email": "kept@example.org"})
    told = html.unescape(answer.text.partition("<main")[2].partition("</main>")[0])
    assert (answer.status_code, told.count("Typed since")) == (409, 1)
    assert [each for each in ("Text(", "parameters", "Anna Kept", "kept@", "It was not stored") if each in told] == []


async def test_a_field_that_a_page_did_not_show_is_not_emptied_by_it(anna: Writing, screen: Browser) -> None:
    await anna.put(1, **anna.content() | {"hours": 7})
    page = await screen.open(f"/drafts/{anna.id}")
    assert "seen.hours" not in page.text
    await screen.send(page, f"/drafts/{anna.id}", **anna.content() | {"motivation": "New"})
    kept = await anna.content_now()
    assert (kept["hours"], kept["motivation"]) == (7, "New")


async def test_what_cannot_be_sent_is_kept_as_it_was_typed(anna: Writing, screen: Browser) -> None:
    page = await screen.open(f"/drafts/{anna.id}")
    async with anna.service.database.work() as work:
        await work.session.execute(text("update intake.programme set valid_until = valid_from"))
        await work.commit()
    form = forms_of(page.text)[f"/drafts/{anna.id}"] | anna.content()
    answer = await screen.http.post(f"/drafts/{anna.id}/submission", data=form)
    assert (answer.status_code, "Vi vil gerne." in answer.text) == (422, True)
    assert (await anna.content_now())["motivation"] == "Vi vil gerne."
