import re
from http.cookies import SimpleCookie

import pytest
from starlette.testclient import TestClient
from web_demo import NOON, SESSIONS

from shared.identity import PERSONAS, Role
from shared.limits import TooOften
from shared.sessions.tokens import Audience
from shared.web.guesses import MOST_SOURCES, WRONG, Guesses
from shared.web.local_paths import local_path


def csrf(client: TestClient, path: str) -> str:
    found = re.search(r'name="_csrf" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def test_a_program_gets_a_token_in_development(client: TestClient) -> None:
    answer = client.post("/api/v1/sign-in", json={"name": "clara"})
    assert answer.status_code == 200
    session = SESSIONS.read(answer.json()["token"], Audience.PROGRAMS)
    assert session is not None
    assert (session.subject, session.roles) == ("local:clara", frozenset({Role.CASEWORKER}))


def test_a_program_gets_no_token_in_production(production: TestClient) -> None:
    answer = production.post("/api/v1/sign-in", json={"name": "clara"})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


def test_an_unknown_name_is_refused(client: TestClient) -> None:
    answer = client.post("/api/v1/sign-in", json={"name": "nobody"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "Nobody was found who fits what was sent."


def test_whoever_tries_many_names_has_to_wait(client: TestClient) -> None:
    for _ in range(WRONG.most):
        assert client.post("/api/v1/sign-in", json={"name": "nobody"}).status_code == 422
    stopped = client.post("/api/v1/sign-in", json={"name": "clara"}, headers={"Accept-Language": "en"})
    assert (stopped.status_code, stopped.headers["Retry-After"]) == (429, "120")
    assert "you have to wait 2 minutes" in stopped.json()["detail"]
    page = client.post("/sign-in", data={"_csrf": csrf(client, "/sign-in"), "name": "clara"})
    assert page.status_code == 429


def test_whoever_signs_in_may_do_so_as_often_as_they_like(client: TestClient) -> None:
    for _ in range(WRONG.most + 5):
        assert client.post("/api/v1/sign-in", json={"name": "clara"}).status_code == 200


def test_of_more_sources_than_are_remembered_those_that_guessed_last_are() -> None:
    guesses = Guesses()
    for number in range(MOST_SOURCES + 1):
        for _ in range(WRONG.most if number in (0, MOST_SOURCES) else 1):
            guesses.count(str(number), NOON)
    assert guesses.check("0", NOON) == NOON + WRONG.pause
    with pytest.raises(TooOften):
        guesses.check(str(MOST_SOURCES), NOON)


def test_the_page_offers_every_persona_with_her_role(client: TestClient) -> None:
    page = client.get("/sign-in?lang=en").text
    assert re.findall(r'type="radio" id="[^"]+" name="name" value="(\w+)"', page) == [p.key for p in PERSONAS]
    assert "Clara Juhl (Caseworker)" in page


def test_nobody_is_offered_where_nobody_signs_in(production: TestClient) -> None:
    assert "Nobody can sign in here yet." in production.get("/sign-in?lang=en").text


def test_signing_in_leads_on(client: TestClient) -> None:
    token = csrf(client, "/sign-in?next=/cases")
    answer = client.post("/sign-in", data={"_csrf": token, "name": "clara", "next": "/cases"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cases")
    assert "Clara Juhl (Sagsbehandler)" in client.get("/cases").text


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient) -> None:
    answer = client.post("/sign-in", data={"_csrf": csrf(client, "/sign-in"), "name": "clara"})
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["praksis_session"]
    assert cookie["httponly"]
    assert not cookie["secure"]
    assert (cookie["samesite"], cookie["path"], cookie["max-age"]) == ("lax", "/", "7200")


def test_outside_development_cookies_need_encryption(production: TestClient) -> None:
    cookie = SimpleCookie(production.get("/").headers["Set-Cookie"])["__Host-praksis_visitor"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_the_form_shows_its_error(client: TestClient) -> None:
    answer = client.post("/sign-in", data={"_csrf": csrf(client, "/sign-in"), "next": "/cases"})
    assert answer.status_code == 422
    assert "Vælg en af personerne." in answer.text
    assert '<input type="hidden" name="next" value="/cases">' in answer.text


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_a_form_without_its_token_is_refused(client: TestClient, path: str) -> None:
    answer = client.post(path, data={"name": "clara"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/form-token-invalid")


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/cases?page=2", "/cases?page=2"),
        ("", "/"),
        ("cases", "/"),
        ("https://elsewhere.example", "/"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("/\t/elsewhere.example", "/"),
        ("/\n/elsewhere.example", "/"),
    ],
)
def test_nobody_is_led_elsewhere(asked: str, given: str) -> None:
    assert local_path(asked) == given
