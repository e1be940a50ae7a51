import re

from starlette.testclient import TestClient
from web_demo import token_of

from shared.identity import Role
from shared.sessions.tokens import Audience


def session(client: TestClient) -> str:
    """Sign in, and the token of a form of that session."""
    client.cookies.set("praksis_session", token_of(Role.APPLICANT, audience=Audience.PAGES))
    return shown_token(client)


def shown_token(client: TestClient) -> str:
    found = re.search(r'action="/demo">\s*<input type="hidden" name="_csrf" value="([^"]+)"', client.get("/").text)
    assert found is not None
    return found[1]


def test_a_form_that_is_valid_is_taken(client: TestClient) -> None:
    token = session(client)
    answer = client.post("/demo", data={"_csrf": token, "name": "Solsikken", "kind": "a", "reason": ""})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_a_form_comes_back_with_its_errors_and_what_was_sent(client: TestClient) -> None:
    token = session(client)
    answer = client.post("/demo", data={"_csrf": token, "name": '<b>"x"</b>', "reason": "\x07", "themes": ["x", "y"]})
    assert answer.status_code == 422
    assert 'value="&lt;b&gt;&#34;x&#34;&lt;/b&gt;"' in answer.text
    assert re.findall(r'<a class="function-link" href="#(\w+)">([^<]+)</a>', answer.text) == [
        ("kind", "Slags: Feltet skal udfyldes."),
    ]
    assert "Teksten indeholder kontroltegn." in answer.text
    assert re.findall(r'name="themes" value="(\w)" checked', answer.text) == ["x", "y"]


def test_a_form_of_another_session_is_refused(client: TestClient) -> None:
    token = session(client)
    client.cookies.set("praksis_session", token_of(Role.APPLICANT, audience=Audience.PAGES))
    answer = client.post("/demo", data={"_csrf": token, "name": "x", "kind": "a"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/form-token-invalid")


def test_a_form_shown_before_signing_in_is_refused_after(client: TestClient) -> None:
    token = shown_token(client)
    client.cookies.set("praksis_session", token_of(Role.APPLICANT, audience=Audience.PAGES))
    assert client.post("/demo", data={"_csrf": token, "name": "x", "kind": "a"}).status_code == 403


def test_a_token_is_not_a_session_and_a_session_no_token(client: TestClient) -> None:
    token = session(client)
    answer = client.post("/demo", data={"_csrf": client.cookies["praksis_session"], "name": "x", "kind": "a"})
    assert answer.status_code == 403
    client.cookies.set("praksis_session", token)
    assert client.get("/api/v1/things/mine").status_code == 401


def test_a_person_sees_only_what_the_role_may(client: TestClient) -> None:
    assert "/cases" not in client.get("/").text
    client.cookies.set("praksis_session", token_of(Role.CASEWORKER, audience=Audience.PAGES))
    assert 'href="/cases"' in client.get("/").text
