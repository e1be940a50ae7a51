"""Reviewing, releasing and letting in, in a real browser: for everybody, and without JavaScript."""

from typing import Any

import pytest
from at_the_screen import check_everywhere, press, press_folded, sign_in
from playwright.sync_api import Browser, BrowserContext, Page
from whole_system import PlayedStory

from local.story import cast

SCORES = {"need": 3, "vulnerable-families": 2, "motivation": 2, "leadership": 1}


def looked_at(context: BrowserContext, url: str, name: str) -> Page:
    page = context.new_page()
    sign_in(page, url, name)
    return page


def applied(played: PlayedStory, *, youngest: int = 0) -> tuple[str, str]:
    """A round of today with one application; one whose daycares take only older children is refused."""
    stage = played.whole.story().stage
    david, anna = stage.person("david"), stage.person("anna")
    days = {"opens_on": str(stage.today), "deadline": str(stage.today)}
    round_id = david.post("intake", "rounds", {"programme": "long-course"} | days).json()["id"]
    daycares = [each for each in anna.get("intake", "daycares") if each["municipality"] == cast.VORDINGBORG]
    first = next(each["id"] for each in daycares if each["age_from"] == youngest)
    second = next(each["id"] for each in daycares if each["age_from"] == 0 and each["id"] != first)
    answer = anna.post("intake", "applications", cast.long_course(round_id, [first, second])).json()
    stage.leave()
    return round_id, str(answer.get("id") or answer["application_id"])


def assessed(played: PlayedStory, id: str, name: str, **changes: int) -> None:
    """One reviewer has handed in."""
    stage = played.whole.story().stage
    reviewer = stage.person(name)
    reviewer.post("intake", f"assessments/{id}/taking")
    scores: list[dict[str, Any]] = [{"criterion": key, "points": value} for key, value in (SCORES | changes).items()]
    answer = reviewer.post("intake", f"assessments/{id}/scores", {"scores": scores}, version=1)
    assert answer.status_code == 200, answer.text
    stage.leave()


def test_a_reviewer_assesses_with_the_keyboard_alone_and_without_javascript(
    played: PlayedStory, browser: Browser, context: BrowserContext
) -> None:
    url = played.whole.system.urls["intake"]
    _, id = applied(played)
    address = f"{url}/assessments/{id}"
    without = browser.new_context(java_script_enabled=False)
    page, onlooker = looked_at(without, url, "mads"), looked_at(context, url, "mads")
    check_everywhere(onlooker, address)
    page.goto(f"{address}?lang=en")
    press(page, "button", "Take it on")
    page.get_by_role("heading", name="Your scores").wait_for()
    check_everywhere(onlooker, address)
    for place in range(4):
        page.locator("fieldset").nth(place).get_by_role("radio").nth(1).press("Space")
    page.get_by_label("Remark on: Motivation to take part").fill("Shown by the leaders themselves.")
    press(page, "button", "Save and go on later")
    page.get_by_text("Nobody but you sees it until you hand it in.").wait_for()
    press(page, "button", "Hand in")
    page.get_by_role("button", name="Hand in the change").wait_for()
    without.close()
    assessed(played, id, "jonas", need=3)
    page = looked_at(context, url, "david")
    page.goto(f"{address}?lang=en")
    assert "They disagree" in page.inner_text("main")
    assert "Shown by the leaders themselves." in page.inner_text("main")
    for path in (f"assessments/{id}", "assessments"):
        check_everywhere(page, f"{url}/{path}")


def test_a_round_is_prepared_and_released_without_javascript(
    played: PlayedStory, browser: Browser, context: BrowserContext
) -> None:
    url = played.whole.system.urls["intake"]
    round_id, _ = applied(played)
    address = f"{url}/releases/{round_id}"
    without = browser.new_context(java_script_enabled=False)
    page, onlooker = looked_at(without, url, "clara"), looked_at(context, url, "clara")
    page.goto(f"{address}?lang=en")
    page.locator("input[name=applications]").press("Space")
    page.get_by_label("No", exact=True).press("Space")
    page.get_by_label("Reason").fill("The need is not shown.")
    press(page, "button", "Prepare")
    page.locator("summary", has_text="Release 1 decision").wait_for()
    check_everywhere(onlooker, address)
    press_folded(page, "Release 1 decision")
    page.get_by_text("1 decision, Clara Juhl").wait_for()
    check_everywhere(onlooker, address)
    without.close()


@pytest.mark.parametrize("name", ["clara", "david"])
def test_a_refused_application_is_let_in_without_javascript(
    played: PlayedStory, browser: Browser, context: BrowserContext, name: str
) -> None:
    url = played.whole.system.urls["intake"]
    _, id = applied(played, youngest=3)
    without = browser.new_context(java_script_enabled=False)
    page, onlooker = looked_at(without, url, name), looked_at(context, url, name)
    page.goto(f"{url}/applications/{id}?lang=en")
    press(page, "link", "Let the application in all the same")
    check_everywhere(onlooker, f"{url}/applications/{id}/override")
    page.locator("input[name=verdicts]").press("Space")
    page.get_by_label("Reason").fill("The only daycare on the island.")
    press(page, "button", "Let the application in")
    page.locator("main .badge-info", has_text="Submitted").wait_for()
    assert "The only daycare on the island." in page.inner_text("main")
    check_everywhere(onlooker, f"{url}/applications/{id}")
    without.close()
