import pytest
from starlette.testclient import TestClient


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "da"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("de, en;q=0.5", "en"),
        ("de", "da"),
        ("da, en;q=0.9", "da"),
        ("en;q=0.8, da-DK;q=0.9", "da"),
        ("en;q=0", "da"),
        ("*", "da"),
        (";;,,q=", "da"),
    ],
)
def test_the_browser_says_which_language(client: TestClient, accepted: str, language: str) -> None:
    answer = client.get("/", headers={"Accept-Language": accepted})
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in answer.text


def test_a_choice_goes_before_and_is_remembered(client: TestClient) -> None:
    answer = client.get("/?lang=en", headers={"Accept-Language": "da"})
    assert answer.headers["Content-Language"] == "en"
    assert client.cookies["praksis_language"] == "en"
    assert client.get("/", headers={"Accept-Language": "da"}).headers["Content-Language"] == "en"


def test_a_language_that_is_none_is_no_choice(client: TestClient) -> None:
    answer = client.get("/?lang=kl", headers={"Accept-Language": "en"})
    assert answer.headers["Content-Language"] == "en"
    assert "praksis_language" not in client.cookies


def test_caches_are_told_what_an_answer_depends_on(client: TestClient) -> None:
    assert client.get("/").headers["Vary"] == "Accept, Accept-Language, Cookie"


def test_the_switch_keeps_the_rest_of_the_address(client: TestClient) -> None:
    page = client.get("/?page=2&lang=en&q=%C3%A6").text
    assert 'href="/?page=2&amp;q=%C3%A6&amp;lang=da" lang="da"' in page
    assert 'href="/?page=2&amp;q=%C3%A6&amp;lang=en" lang="en" hreflang="en" aria-current="true"' in page
