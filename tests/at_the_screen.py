"""What the tests in a browser do and look for on every page."""

from typing import Literal

from playwright.sync_api import Page

from local.state import CHECKOUT

AXE = CHECKOUT / "shared" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (320, 1280)
LANGUAGES = ("da", "en")


def sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/sign-in?lang=en")
    page.check(f"input[value={name}]")
    page.click("main button")
    page.wait_for_url(f"{url}/**")


def violations(page: Page) -> list[str]:
    page.evaluate(f"() => {{ {AXE.read_text()} }}")  # not as a script element: the pages forbid what is not their own
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})")
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]


def check(page: Page, language: str, width: int) -> None:
    """No accessibility violation, the right language, nothing wider than the screen, and a silent console."""
    assert page.get_attribute("html", "lang") == language
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def press(page: Page, role: Literal["button", "link"], name: str) -> None:
    page.get_by_role(role, name=name).focus()
    page.keyboard.press("Enter")


def press_folded(page: Page, name: str) -> None:
    """Ask for the button of what cannot be undone, and press it."""
    page.locator("summary", has_text=name).focus()
    page.keyboard.press("Enter")
    press(page, "button", name)


def check_everywhere(page: Page, address: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for language in LANGUAGES:
            page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
            check(page, language, width)
