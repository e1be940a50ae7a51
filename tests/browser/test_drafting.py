"""An application is written in a real browser: live where there is JavaScript, and whole without it."""

from datetime import timedelta

from at_the_screen import check_everywhere, press, press_folded, sign_in
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from whole_system import PlayedStory

from shared.office import office_date


def begin(page: Page, url: str, name: str) -> str:
    """Somebody's new draft of the short course; returns its address."""
    sign_in(page, url, name)
    page.goto(f"{url}/apply?lang=en")
    page.locator("main form:has(input[value=short-course]) button").press("Enter")
    page.wait_for_url("**/drafts/*")
    return page.url


def test_what_is_typed_is_kept_and_judged_at_once(played: PlayedStory, context: BrowserContext) -> None:
    page = context.new_page()
    address = begin(page, played.whole.system.urls["intake"], "bo")
    standing = page.locator("#standing")
    page.get_by_label("a single daycare", exact=True).check()
    expect(standing).to_contain_text("The programme can be applied for by a single daycare.")
    page.get_by_label("Hours", exact=True).fill("21")
    expect(standing).to_contain_text("The number of hours is 21, but the programme gives at most 20.")
    page.get_by_label("Hours", exact=True).fill("20")
    expect(standing).to_contain_text("The number of hours is 20; the programme gives at most 20.")
    page.locator("main input[name=daycares]").first.check()
    share = page.get_by_label("Families in vulnerable positions")
    share.fill("4")
    expect(page.get_by_role("link", name="On what data the daycares were chosen")).to_be_visible()
    expect(standing.locator("li", has_text="On what data")).to_contain_text("Done")
    page.keyboard.type("2")  # the field is still the one that is written in
    page.get_by_label("E-mail").fill("bo@")
    expect(standing).to_contain_text("This must be an e-mail address")
    page.get_by_label("E-mail").fill("bo@example.org")
    expect(standing.locator("li", has_text="Contact")).to_contain_text("Done")
    page.goto(address)
    assert page.get_by_label("Families in vulnerable positions").input_value() == "42"
    assert page.get_by_label("E-mail").input_value() == "bo@example.org"
    check_everywhere(page, address)


def test_the_answer_to_what_was_typed_before_does_not_say_that_what_was_typed_since_is_saved(
    played: PlayedStory, context: BrowserContext
) -> None:
    page = context.new_page()
    address = begin(page, played.whole.system.urls["intake"], "bo")
    saved, held = page.locator("#saved"), list[Route]()
    page.get_by_label("a single daycare", exact=True).check()
    expect(page.locator("#saved[data-whole=true]")).to_contain_text("Saved")
    page.route(address, lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    page.get_by_label("Hours", exact=True).fill("20")
    page.get_by_label("Hours", exact=True).blur()
    while not held:
        page.wait_for_timeout(20)
    page.get_by_label("Motivation").fill("Written while the first was on its way.")
    with page.expect_response(address):
        held.pop(0).continue_()
    page.wait_for_timeout(300)
    assert saved.get_attribute("data-whole") == "false"
    expect(saved).to_contain_text("Saving")
    while not held:
        page.wait_for_timeout(20)
    held.pop(0).continue_()
    page.unroute(address)
    expect(page.locator("#saved[data-whole=true]")).to_contain_text("Saved")
    page.goto(address)
    assert page.get_by_label("Motivation").input_value() == "Written while the first was on its way."


def test_an_application_is_written_and_sent_with_the_keyboard_alone_and_without_javascript(
    played: PlayedStory, browser: Browser, context: BrowserContext
) -> None:
    url = played.whole.system.urls["intake"]
    without = browser.new_context(java_script_enabled=False)
    page, onlooker = without.new_page(), context.new_page()
    address = begin(page, url, "bo")
    page.get_by_label("a single daycare", exact=True).press("Space")
    page.locator("main input[name=daycares]").first.press("Space")
    page.get_by_label("Hours", exact=True).fill("99")
    press(page, "button", "Save")
    page.get_by_text("The number of hours is 99, but").first.wait_for()
    page.get_by_label("Families in vulnerable positions").fill("42")
    press_folded(page, "Send the application")
    page.get_by_role("heading", name="The form has errors").wait_for()
    page.get_by_label("Motivation").fill("We want to.")
    page.get_by_label("E-mail").fill("bo@example.org")
    press_folded(page, "Send the application")
    page.get_by_text("Not sent: rules are not met").wait_for()
    sign_in(onlooker, url, "bo")
    check_everywhere(onlooker, address)
    page.get_by_label("Hours", exact=True).fill("20")
    press_folded(page, "Send the application")
    page.wait_for_url("**/applications/*")
    page.locator("main .badge-info", has_text="Submitted").wait_for()
    assert "42 percent" in page.inner_text("main")
    check_everywhere(onlooker, page.url)
    without.close()


def test_whether_to_be_reminded_is_kept_at_once_and_offered_where_there_is_a_deadline(
    played: PlayedStory, context: BrowserContext
) -> None:
    url = played.whole.system.urls["intake"]
    page = context.new_page()
    sign_in(page, url, "david")
    today = office_date(played.whole.clock.now())
    page.goto(f"{url}/rounds/new?lang=en")
    page.select_option("#programme", "long-course")
    page.fill("#opens_on", str(today))
    page.fill("#deadline", str(today + timedelta(days=21)))
    page.locator("main form button").press("Enter")
    page.wait_for_url("**/rounds/*-*")
    sign_in(page, url, "bo")
    page.goto(f"{url}/apply?lang=en")
    page.locator("main form:has(input[name=round_id]) button").first.press("Enter")
    page.wait_for_url("**/drafts/*")
    address = page.url
    page.get_by_label("E-mail").fill("bo@example.org")
    reminder = page.get_by_label("Remind me of the deadline")
    expect(reminder).to_be_checked()
    reminder.press("Space")
    expect(page.locator("#saved[data-whole=true]")).to_contain_text("Saved")
    page.goto(address)
    expect(page.get_by_label("Remind me of the deadline")).not_to_be_checked()
    check_everywhere(page, address)
