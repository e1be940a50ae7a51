"""Where the corps' capacity ends, in a real browser: the ranking of a round, and what a yes would cost."""

from datetime import timedelta

from at_the_screen import check_everywhere, press, sign_in
from playwright.sync_api import Browser, BrowserContext
from whole_system import PlayedStory

from local.story import cast


def test_a_ranking_with_the_end_of_capacity_is_for_everybody_and_ticked_without_javascript(
    played: PlayedStory, browser: Browser, context: BrowserContext
) -> None:
    url = played.whole.system.urls["intake"]
    round_id, application_id = application_beyond_capacity(played)
    looked_at = context.new_page()
    sign_in(looked_at, url, "david")
    for path in (f"/rankings/{round_id}", f"/applications/{application_id}"):
        looked_at.goto(f"{url}{path}?lang=en")
        while "would lack" not in looked_at.inner_text("main"):
            looked_at.reload()
        check_everywhere(looked_at, f"{url}{path}")
    without = browser.new_context(java_script_enabled=False)
    page = without.new_page()
    sign_in(page, url, "clara")
    page.goto(f"{url}/rankings/{round_id}?lang=en")
    page.get_by_text("Here the corps' capacity ends").wait_for()
    page.get_by_text("0 applications are ticked.").wait_for()
    page.get_by_label("1, Vordingborg").check()
    press(page, "button", "Show what those ticked would cost")
    page.get_by_text("1 application is ticked.").wait_for()
    assert page.get_by_label("1, Vordingborg").is_checked()
    without.close()


def application_beyond_capacity(played: PlayedStory) -> tuple[str, str]:
    """A round with an application, submitted while nobody in the corps has hours."""
    stage = played.whole.story().stage
    david, anna = stage.person("david"), stage.person("anna")
    for consultant in david.get("scheduling", "consultants"):
        path = f"consultants/{consultant['id']}/hours"
        david.post("scheduling", path, {"hours_per_month": 0}, version=consultant["version"])
    days = {"opens_on": str(stage.today), "deadline": str(stage.today)}
    round_id = david.post("intake", "rounds", {"programme": "long-course"} | days).json()["id"]
    young = [each["id"] for each in anna.get("intake", "daycares") if each["age_from"] == 0][:2]
    application = anna.post("intake", "applications", cast.long_course(round_id, young))
    assert application.status_code == 201, application.text
    stage.leave()
    played.whole.clock.move_to(played.whole.clock.now() + timedelta(seconds=10))
    return round_id, application.json()["id"]
