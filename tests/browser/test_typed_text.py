"""What people have typed is never lost, in a real browser: whatever becomes of the session, the server and the network.

It takes a server that a browser can reach; intake's pages alone will do.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from at_the_screen import check_everywhere, press_folded, sign_in, violations
from pdf_cases import PDF
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Route, expect
from served_intake import ServedIntake, served_intake

from local.postgres import PrivatePostgres
from local.provision import service_url
from local.state import CHECKOUT
from shared.settings import KernelSettings

NAME = "test_typed_text"
SESSION = "praksis_session"
_IS_UNCOVERED = """() => {
  const bar = document.getElementById("saved"), focus = document.activeElement;
  return bar.contains(focus) || focus.getBoundingClientRect().top < bar.getBoundingClientRect().top - 8;
}"""


@pytest.fixture(scope="module")
def served(
    postgres: PrivatePostgres, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedIntake]:
    folder = tmp_path_factory.mktemp(NAME)
    kernel = KernelSettings(
        environment="development",
        session_secret="not a secret, since this is a test",
        static=CHECKOUT / "shared" / "frontend" / "node_modules",
        clock_file=folder / "clock",
    )
    postgres.create_database(NAME, template)
    url = service_url(postgres.admin_url(NAME), "intake", postgres.secrets.get("role-intake"))
    with served_intake(kernel, url, folder) as served:
        yield served
    postgres.drop_database(NAME)


@pytest.fixture
def page(served: ServedIntake, context: BrowserContext) -> Page:
    page = context.new_page()
    sign_in(page, served.url, "anna")
    return page


@pytest.fixture
def draft(served: ServedIntake, page: Page) -> str:
    """Anna's new draft, which her page shows."""
    draft = served.draft()
    page.goto(f"{served.url}/drafts/{draft}")
    return draft


def saved(page: Page) -> None:
    """Wait until the page says that the server has all."""
    expect(page.locator("#saved[data-whole=true]")).to_contain_text("Saved")


def type_motivation(page: Page, text: str) -> None:
    page.get_by_label("Motivation").fill(text)


def end_session(context: BrowserContext) -> None:
    context.clear_cookies(name=SESSION)


# A draft that saves itself


def test_signing_in_anew_in_another_tab_loses_nothing(served: ServedIntake, page: Page, draft: str) -> None:
    sign_in(page.context.new_page(), served.url, "anna")
    type_motivation(page, "Typed after that")
    saved(page)
    assert served.content(draft)["motivation"] == "Typed after that"


def test_a_draft_goes_on_where_it_was_after_the_session_has_ended(served: ServedIntake, page: Page, draft: str) -> None:
    end_session(page.context)
    type_motivation(page, "Typed too late")
    expect(page.locator("#saved")).to_contain_text("Not saved – you are not signed in any more.")
    assert violations(page) == []
    assert served.content(draft)["motivation"] is None
    page.get_by_role("link", name="Sign in and go on").click()
    page.check("input[value=anna]")
    page.click("main button")
    page.wait_for_url(f"**/drafts/{draft}")
    expect(page.get_by_label("Motivation")).to_have_value("Typed too late")
    saved(page)
    assert served.content(draft)["motivation"] == "Typed too late"


def test_the_way_to_sign_in_stays_under_the_pointer_while_saving_is_tried_again(page: Page, draft: str) -> None:
    end_session(page.context)
    type_motivation(page, "Typed too late")
    link = page.get_by_role("link", name="Sign in and go on")
    link.hover()
    with page.expect_response(f"**/drafts/{draft}"):
        page.mouse.down()
    page.wait_for_timeout(200)  # so that the page has answered to that
    expect(link).to_be_focused()
    page.mouse.up()
    expect(page.locator("input[value=anna]")).to_be_visible()


def test_a_draft_is_saved_by_itself_once_the_person_has_signed_in_elsewhere(
    served: ServedIntake, page: Page, draft: str
) -> None:
    end_session(page.context)
    type_motivation(page, "Typed too late")
    expect(page.locator("#saved")).to_contain_text("Not saved")
    sign_in(page.context.new_page(), served.url, "anna")
    saved(page)
    assert served.content(draft)["motivation"] == "Typed too late"


def test_what_is_typed_without_a_connection_is_saved_when_it_is_back(
    served: ServedIntake, page: Page, draft: str
) -> None:
    page.context.set_offline(True)
    type_motivation(page, "Typed offline")
    expect(page.locator("#saved")).to_contain_text("Not saved – there is no connection.")
    page.context.set_offline(False)
    saved(page)
    assert served.content(draft)["motivation"] == "Typed offline"


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_server_that_does_not_take_it_is_asked_again(
    served: ServedIntake, page: Page, draft: str, status: int
) -> None:
    page.route("**/drafts/*", lambda route: _refuse(route, status))
    type_motivation(page, "Typed meanwhile")
    expect(page.locator("#saved")).to_contain_text("Not saved – trying again.")
    expect(page.locator("#standing")).to_contain_text("How far it has come")
    page.unroute("**/drafts/*")
    saved(page)
    assert served.content(draft)["motivation"] == "Typed meanwhile"


def _refuse(route: Route, status: int) -> None:
    if route.request.method == "POST":
        route.fulfill(status=status, body="<p>Later</p>", content_type="text/html")
    else:
        route.continue_()


@pytest.mark.parametrize("status", [404, 413])
def test_what_the_server_never_takes_is_told_of_and_stays(page: Page, draft: str, status: int) -> None:
    page.route("**/drafts/*", lambda route: _refuse(route, status))
    type_motivation(page, "Typed in vain")
    expect(page.locator("#saved")).to_contain_text("Not saved")
    page.reload()
    expect(page.get_by_label("Motivation")).to_have_value("Typed in vain")


def test_a_reload_brings_back_what_was_not_saved_and_saves_it(served: ServedIntake, page: Page, draft: str) -> None:
    page.route("**/drafts/*", lambda route: _refuse(route, 503))
    type_motivation(page, "Typed before the reload")
    page.get_by_label("an administration", exact=True).check()
    expect(page.locator("#saved")).to_contain_text("Not saved")
    page.unroute("**/drafts/*")
    page.reload()
    expect(page.get_by_label("Motivation")).to_have_value("Typed before the reload")
    saved(page)
    content = served.content(draft)
    assert (content["motivation"], content["applicant_kind"]) == ("Typed before the reload", "administration")


def test_an_answer_that_is_lost_makes_no_conflict_with_oneself(served: ServedIntake, page: Page, draft: str) -> None:
    page.route("**/drafts/*", _lose_the_answer)
    type_motivation(page, "One")
    expect(page.locator("#saved")).to_contain_text("Not saved")
    assert served.content(draft)["motivation"] == "One"
    page.unroute("**/drafts/*")
    type_motivation(page, "One and two")
    saved(page)
    assert served.content(draft)["motivation"] == "One and two"


def _lose_the_answer(route: Route) -> None:
    if route.request.method == "POST":
        route.fetch()
        route.abort()
    else:
        route.continue_()


def test_leaving_is_warned_of_only_while_something_is_not_saved(page: Page, draft: str) -> None:
    warned: list[str] = []

    def leave(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    type_motivation(page, "Saved")
    saved(page)
    page.reload()
    assert warned == []
    page.route("**/drafts/*", lambda route: _refuse(route, 503))
    type_motivation(page, "Not saved")
    expect(page.locator("#saved")).to_contain_text("Not saved")
    page.reload()
    assert warned == ["beforeunload"]


def test_what_was_just_typed_is_there_after_another_form_of_the_page(
    served: ServedIntake, page: Page, draft: str
) -> None:
    warned: list[str] = []

    def leave(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.set_input_files("#file", {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": PDF})
    type_motivation(page, "Just before the file")
    page.get_by_role("button", name="Attach", exact=True).click()
    expect(page.locator("#attachments ~ .praksis-file")).to_contain_text("plan.pdf")
    expect(page.get_by_label("Motivation")).to_have_value("Just before the file")
    saved(page)
    assert (served.content(draft)["motivation"], warned) == ("Just before the file", [])


# Two pages of one draft


def test_two_tabs_of_one_writer_change_two_fields(served: ServedIntake, page: Page, draft: str) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    type_motivation(page, "From the first tab")
    saved(page)
    other.get_by_label("E-mail").fill("anna@example.org")
    expect(other.locator("#standing")).to_contain_text("Changed elsewhere meanwhile")
    other.get_by_label("an administration", exact=True).check()
    expect(other.locator("#standing")).to_contain_text("Motivation")
    content = served.content(draft)
    assert (content["motivation"], content["contact_email"]) == ("From the first tab", "anna@example.org")
    other.get_by_role("link", name="Show the application as it is now").click()
    expect(other.get_by_label("Motivation")).to_have_value("From the first tab")


@pytest.mark.parametrize(("button", "kept"), [("Keep my text", "Older"), ("Use the saved text", "Newer")])
def test_two_tabs_of_one_writer_change_one_field(
    served: ServedIntake, page: Page, draft: str, button: str, kept: str
) -> None:
    newer = page.context.new_page()
    newer.goto(page.url)
    type_motivation(newer, "Newer")
    saved(newer)
    type_motivation(page, "Older")
    standing = page.locator("#standing")
    expect(standing).to_contain_text("The same was changed here and elsewhere")
    expect(standing.locator("blockquote")).to_have_text(["Newer", "Older"])
    assert served.content(draft)["motivation"] == "Newer"
    assert violations(page) == []
    press_folded(page, "Send the application")
    expect(page.get_by_label("Motivation")).to_have_value("Older")
    expect(page.locator("#standing blockquote")).to_have_text(["Newer", "Older"])
    page.get_by_role("button", name=button).click()
    page.wait_for_url(f"**/drafts/{draft}")
    expect(page.get_by_label("Motivation")).to_have_value(kept)
    assert served.content(draft)["motivation"] == kept


def test_a_reload_in_a_conflict_keeps_both_texts(served: ServedIntake, page: Page, draft: str) -> None:
    page.route("**/drafts/*", lambda route: _refuse(route, 503))
    type_motivation(page, "Mine")
    expect(page.locator("#saved")).to_contain_text("Not saved")
    other = page.context.browser.new_context().new_page()  # type: ignore[union-attr]
    sign_in(other, served.url, "anna")
    other.goto(f"{served.url}/drafts/{draft}")
    type_motivation(other, "Of the other device")
    saved(other)
    other.context.close()
    page.unroute("**/drafts/*")
    page.reload()
    expect(page.locator("#standing blockquote")).to_have_text(["Of the other device", "Mine"])
    expect(page.get_by_label("Motivation")).to_have_value("Mine")
    assert served.content(draft)["motivation"] == "Of the other device"


def test_who_writes_on_after_a_colleague_has_sent_it_is_told_at_once(
    served: ServedIntake, page: Page, draft: str
) -> None:
    daycares = page.locator("main input[name=daycares]").evaluate_all("all => all.map(each => each.value)")
    body = {
        "applicant_kind": "administration",
        "daycares": daycares[:2],
        "motivation": "We want to.",
        "contact_name": "Anna Holm",
        "contact_email": "anna@example.org",
    }
    served.call("PUT", f"/drafts/{draft}", "anna", body, **{"If-Match": '"1"'})
    served.call("POST", f"/drafts/{draft}/submission", "anna", {"even_if_refused": True}, **{"If-Match": '"2"'})
    type_motivation(page, "Too late")
    standing = page.locator("#standing")
    expect(standing).to_contain_text("The application was sent while you were writing")
    expect(page.locator("#saved")).to_contain_text("Not saved")
    expect(page.get_by_label("Motivation")).to_have_value("Too late")
    offered_no_more(page)
    assert violations(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main")).to_contain_text("What you had typed")
    expect(page.locator("main")).to_contain_text("Too late")
    assert violations(page) == []
    page.get_by_role("link", name="See the application").click()
    page.wait_for_url(f"**/applications/{draft}")


def offered_no_more(page: Page) -> None:
    for name in ("Send the application", "Attach", "Make a link for others"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(page.get_by_text("Throw the application away")).not_to_be_visible()


def test_who_writes_on_after_it_was_thrown_away_is_told_at_once(served: ServedIntake, page: Page, draft: str) -> None:
    served.call("POST", f"/drafts/{draft}/removal", "anna", **{"If-Match": '"1"'})
    type_motivation(page, "Typed since")
    expect(page.locator("#saved")).to_contain_text("somebody who writes with you has thrown it away")
    expect(page.get_by_label("Motivation")).to_have_value("Typed since")
    offered_no_more(page)
    assert violations(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main")).to_contain_text("has thrown the draft away")
    expect(page.locator("main")).to_contain_text("Typed since")
    assert violations(page) == []


@pytest.mark.parametrize(("width", "height"), [(320, 568), (320, 256)])
def test_on_a_narrow_screen_what_is_not_saved_is_said_where_one_writes(
    page: Page, context: BrowserContext, draft: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    end_session(context)
    type_motivation(page, "Typed on a phone")
    told = page.locator("#saved")
    expect(told).to_contain_text("Not saved – you are not signed in any more")
    expect(told).to_be_in_viewport(ratio=1)
    for _ in range(12):
        page.keyboard.press("Tab")
        page.wait_for_function(_IS_UNCOVERED)
    assert violations(page) == []


def test_the_mark_of_a_field_does_not_push_it_under_what_is_not_saved(page: Page, draft: str) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    page.get_by_label("E-mail").fill("anna@")
    expect(page.locator("#contact_email-error")).to_be_visible()
    page.wait_for_function(_IS_UNCOVERED, timeout=3_000)


def test_a_field_that_is_wrong_is_marked_at_once_and_no_longer_when_it_is_right(page: Page, draft: str) -> None:
    field = page.get_by_label("E-mail")
    field.fill("anna@")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#contact_email-error")).to_have_text(
        "Error: This must be an e-mail address, as in anna@example.org."
    )
    expect(field).to_have_accessible_description(re.compile("This must be an e-mail address"))
    page.locator("#standing").get_by_role("link", name="E-mail", exact=True).click()
    expect(field).to_be_focused()
    assert violations(page) == []
    field.fill("anna@example.org")
    expect(page.locator("#contact_email-error")).to_have_count(0)
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_what_was_just_typed_is_thrown_away(served: ServedIntake, page: Page, draft: str) -> None:
    type_motivation(page, "To be thrown away")
    saved(page)
    page.locator("summary", has_text="Throw the application away").click()
    page.get_by_role("button", name="Throw it away").click()
    page.wait_for_url("**/apply")


# Another form


def ask(page: Page, served: ServedIntake, text: str) -> None:
    page.goto(f"{served.url}/enquiries")
    page.locator("#question").fill(text)


def sign_in_here(page: Page, name: str) -> None:
    page.check(f"input[value={name}]")
    page.click("main button")


def test_a_form_whose_session_has_ended_is_shown_again_after_signing_in(served: ServedIntake, page: Page) -> None:
    ask(page, served, "Where do we begin?")
    end_session(page.context)
    page.locator("main form button").click()
    expect(page.locator("main")).to_contain_text("You are not signed in any more")
    assert violations(page) == []
    sign_in_here(page, "anna")
    page.wait_for_url("**/enquiries")
    expect(page.locator("#question")).to_have_value("Where do we begin?")
    expect(page.get_by_role("status")).to_contain_text("What you typed is here again")
    assert violations(page) == []
    assert "Where do we begin?" not in [each["question"] for each in served.call("GET", "/enquiries", "anna")]
    page.locator("main form button").last.click()
    page.wait_for_url("**/enquiries/*")
    page.goto(f"{served.url}/enquiries")
    expect(page.locator("#question")).to_have_value("")


def test_a_form_whose_session_has_ended_is_shown_again_without_javascript(
    served: ServedIntake, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, served.url, "anna")
    ask(page, served, 'Is "this" kept,\nline by line?')
    end_session(context)
    page.locator("main form button").click()
    sign_in_here(page, "anna")
    page.get_by_role("button", name="Show what you typed").click()
    expect(page.locator("#question")).to_have_value('Is "this" kept,\nline by line?')
    expect(page.locator("main")).to_contain_text("What you have typed has not been sent yet.")
    page.locator("main form button").last.click()
    page.wait_for_url("**/enquiries/*")
    expect(page.locator("main")).to_contain_text('Is "this" kept,')
    context.close()


def test_a_form_of_an_earlier_session_is_shown_again_without_javascript(served: ServedIntake, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, served.url, "anna")
    ask(page, served, "Typed in the session before")
    sign_in(context.new_page(), served.url, "anna")
    page.locator("main form button").click()
    expect(page.locator("h1")).to_have_text("The form has expired")
    page.get_by_role("button", name="Show what you typed").click()
    expect(page.locator("#question")).to_have_value("Typed in the session before")
    page.locator("main form button").last.click()
    page.wait_for_url("**/enquiries/*")
    context.close()


@pytest.mark.parametrize("has_script", [True, False])
def test_nobody_else_who_signs_in_sees_what_was_typed(served: ServedIntake, browser: Browser, has_script: bool) -> None:
    context = browser.new_context(java_script_enabled=has_script)
    page = context.new_page()
    sign_in(page, served.url, "anna")
    ask(page, served, "Between us")
    end_session(context)
    page.locator("main form button").click()
    sign_in_here(page, "bo")
    page.wait_for_url("**/enquiries")
    expect(page.locator("#question")).to_have_value("")
    assert "Between us" not in page.content()
    sign_in(page, served.url, "anna")
    page.goto(f"{served.url}/enquiries")
    expect(page.locator("#question")).to_have_value("")
    context.close()


def test_signing_out_forgets_what_was_typed(served: ServedIntake, page: Page) -> None:
    ask(page, served, "Forget me")
    page.goto(f"{served.url}/enquiries")
    expect(page.locator("#question")).to_have_value("Forget me")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def sign_out_here(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()


def sign_out_everywhere(page: Page) -> None:
    page.goto(f"{page.url.partition('//')[0]}//{page.url.split('/')[2]}/sessions")
    page.locator("main form button").first.click()


@pytest.mark.parametrize("sign_out", [sign_out_here, sign_out_everywhere])
def test_signing_out_forgets_what_was_typed_in_every_tab(
    served: ServedIntake, page: Page, sign_out: Callable[[Page], None]
) -> None:
    sign_in(page, served.url, "bo")
    ask(page, served, "Forget me")
    elsewhere, other = page.context.new_page(), page.context.new_page()
    ask(elsewhere, served, "Me too")
    elsewhere.goto("about:blank")
    other.goto(f"{served.url}/apply")
    sign_out(other)
    other.wait_for_url("**/signed-out*")
    page.wait_for_url("**/signed-out?elsewhere=true")
    expect(page.locator("main")).to_contain_text("Somebody signed out on another page")
    assert page.evaluate("sessionStorage.length") == 0
    assert "signed_out" not in str(page.context.cookies())
    sign_in(other, served.url, "bo")
    for each in (page, elsewhere):
        each.goto(f"{served.url}/enquiries")
        expect(each.locator("#question")).to_have_value("")


def test_a_draft_is_left_when_somebody_signs_out_on_another_page(served: ServedIntake, page: Page) -> None:
    sign_in(page, served.url, "bo")
    page.goto(f"{served.url}/apply?lang=en")
    page.locator("main form:has(input[value=short-course]) button").click()
    page.wait_for_url("**/drafts/*")
    page.context.set_offline(True)
    page.get_by_label("Motivation").fill("Never sent")
    page.context.set_offline(False)
    other = page.context.new_page()
    other.goto(f"{served.url}/apply?lang=en")
    sign_out_here(other)
    page.wait_for_url("**/signed-out?elsewhere=true")


def _take_without_leading_on(route: Route) -> None:
    if route.request.method == "POST":
        assert route.fetch(max_redirects=0).status == 303
        route.fulfill(body="Sent", content_type="text/html")
    else:
        route.continue_()


def test_two_tabs_that_send_at_once_both_forget_what_was_taken(served: ServedIntake, page: Page) -> None:
    other = page.context.new_page()
    for each, text in ((page, "From the one"), (other, "From the other")):
        ask(each, served, text)
        each.route("**/enquiries", _take_without_leading_on)
        each.locator("main form button").click()
        expect(each.locator("body")).to_have_text("Sent")
        each.unroute("**/enquiries")
    for each in (page, other):
        each.goto(f"{served.url}/enquiries")
        expect(each.locator("#question")).to_have_value("")
    assert "praksis_taken" not in str(page.context.cookies())


def test_what_is_kept_holds_nothing_hidden_and_can_be_removed(served: ServedIntake, page: Page) -> None:
    ask(page, served, "Perhaps not")
    kept = page.evaluate("JSON.stringify({...sessionStorage})")
    assert ("Perhaps not" in kept, "_csrf" in kept) == (True, False)
    page.reload()
    page.get_by_role("button", name="Remove what I typed").click()
    expect(page.locator("#question")).to_have_value("")
    page.reload()
    expect(page.locator("#question")).to_have_value("")


def test_a_form_that_met_no_server_is_shown_again(served: ServedIntake, page: Page) -> None:
    ask(page, served, "Is anybody there?")
    page.route("**/enquiries", lambda route: _refuse(route, 503))
    page.locator("main form button").click()
    page.unroute("**/enquiries")
    page.goto(f"{served.url}/enquiries")
    expect(page.locator("#question")).to_have_value("Is anybody there?")


def test_a_page_that_answers_a_sending_does_not_say_that_it_was_not_sent(served: ServedIntake, page: Page) -> None:
    def answer_without(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("Is it so?", ""))

    ask(page, served, "Is it so?")
    page.locator("#email").fill("no address")
    page.route("**/enquiries", answer_without)
    page.locator("main form button").click()
    expect(page.locator("#email-error")).to_be_visible()
    expect(page.locator("#question")).to_have_value("Is it so?")
    expect(page.get_by_text("What you typed is here again")).to_have_count(0)
    page.unroute("**/enquiries")
    page.goto(f"{served.url}/enquiries")
    expect(page.get_by_text("What you typed is here again")).to_be_visible()
    expect(page.get_by_text("Choose files again.")).to_have_count(0)


def test_the_pages_that_show_it_again_are_good_on_every_screen(served: ServedIntake, page: Page, draft: str) -> None:
    check_everywhere(page, f"{served.url}/drafts/{draft}")
