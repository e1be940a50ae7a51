"""What was typed into a form that is not taken: carried on, shown again to its own person, and done by nobody else."""

import html
import re
from typing import Annotated

import pytest
from fastapi import FastAPI, Request, Response
from starlette.testclient import TestClient
from web_demo import token_of

from shared.identity import Identity, Role
from shared.sessions.tokens import Audience
from shared.web.access import signed_in
from shared.web.pages import render_page
from shared.web.routes import page_router
from shared.web.typed import take

router = page_router()

PAGE = {"Accept": "text/html", "Referer": "http://testserver/?page=2"}
TYPED = {"name": 'Solsikken "A"', "kind": "a", "reason": "Line one\r\nline two"}


@router.post("/answered-by-a-page")
async def answered_by_a_page(request: Request, who: Annotated[Identity, signed_in()]) -> Response:
    if (await request.form()).get("name") == "stored":
        take(request)
    return render_page(request, "signed_out.html", everywhere=False, elsewhere=False)


@pytest.fixture(autouse=True)
def more_pages(app: FastAPI) -> None:
    app.include_router(router)


def hidden(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that goes there, in the part of the page that is its own."""
    forms = re.findall(rf'<form[^>]* action="{action}"[^>]*>(.*?)</form>', page, re.DOTALL)
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', forms[-1])
    return {name: html.unescape(value) for name, value in found}


def shown_token(client: TestClient) -> str:
    return hidden(client.get("/").text, "/demo")["_csrf"]


def session(client: TestClient, subject: str = "test:anna") -> str:
    """Sign in anew, and the token of a form of that session."""
    client.cookies.set("praksis_session", token_of(Role.APPLICANT, subject, audience=Audience.PAGES))
    return shown_token(client)


def test_a_form_whose_session_ended_is_carried_through_the_sign_in_page(client: TestClient) -> None:
    token = session(client, "local:anna")
    client.cookies.delete("praksis_session")
    refused = client.post("/demo", data={"_csrf": token, **TYPED}, headers=PAGE)
    assert refused.status_code == 401
    carried = hidden(refused.text, "/sign-in")
    assert carried["next"] == "/?page=2"
    assert {name: value for name, value in carried.items() if name.startswith("_typed.")} == {
        f"_typed.{name}": value for name, value in TYPED.items()
    }
    failed = client.post("/sign-in", data={**carried, "name": "nobody"}, headers=PAGE)
    assert failed.status_code == 422
    signed = client.post("/sign-in", data={**hidden(failed.text, "/sign-in"), "name": "anna"}, headers=PAGE)
    assert (signed.status_code, "praksis_session" in signed.cookies) == (200, True)
    again = client.post("/demo", data=hidden(signed.text, "/demo"), headers=PAGE)
    assert again.status_code == 422
    assert 'value="Solsikken &#34;A&#34;"' in again.text
    assert "Det, du har skrevet, er ikke sendt endnu." in again.text
    taken = client.post("/demo", data={**hidden(again.text, "/demo"), **TYPED}, headers=PAGE)
    assert taken.status_code == 303


def test_that_no_box_was_left_ticked_is_carried_too(client: TestClient) -> None:
    token = session(client, "local:anna")
    client.cookies.delete("praksis_session")
    boxes = {"_boxes": "themes", "_stood": "themes=0"}
    refused = client.post("/demo", data={"_csrf": token, **boxes}, headers=PAGE)
    assert refused.status_code == 401
    signed = client.post("/sign-in", data={**hidden(refused.text, "/sign-in"), "name": "anna"}, headers=PAGE)
    again = hidden(signed.text, "/demo")
    assert {name: again[name] for name in boxes} == boxes


@pytest.mark.parametrize(("letters", "is_carried"), [(240_000, True), (250_000, False)])
def test_what_is_too_much_for_the_sign_in_page_is_shown_before_one_goes_there(
    client: TestClient, letters: int, is_carried: bool
) -> None:
    token, long = session(client, "local:anna"), "o " * (letters // 2)
    client.cookies.delete("praksis_session")
    refused = client.post("/demo", data={"_csrf": token, **TYPED, "name": long}, headers=PAGE)
    assert refused.status_code == 401
    assert ('action="/sign-in"' in refused.text, 'href="/sign-in?next=/%3Fpage%3D2"' in refused.text) == (
        is_carried,
        not is_carried,
    )
    assert long.strip() in refused.text


def test_somebody_else_who_signs_in_is_led_on_and_shown_nothing(client: TestClient) -> None:
    token = session(client, "local:anna")
    client.cookies.delete("praksis_session")
    refused = client.post("/demo", data={"_csrf": token, **TYPED}, headers=PAGE)
    signed = client.post("/sign-in", data={**hidden(refused.text, "/sign-in"), "name": "bo"}, headers=PAGE)
    assert (signed.status_code, signed.headers["Location"]) == (303, "/?page=2")


@pytest.mark.parametrize(("subject", "is_shown"), [("test:anna", True), ("test:bo", False)])
def test_a_form_of_another_session_is_offered_again_to_its_own_person(
    client: TestClient, subject: str, is_shown: bool
) -> None:
    token = session(client)
    session(client, subject)
    refused = client.post("/demo", data={"_csrf": token, **TYPED}, headers=PAGE)
    assert (refused.status_code, "Vis det, du skrev" in refused.text) == (403, is_shown)
    assert ("Solsikken" in refused.text) == is_shown


@pytest.mark.parametrize("token", ["", "nonsense", "IngSIg.x.y"])
def test_nothing_is_carried_of_a_form_that_we_have_not_shown(client: TestClient, token: str) -> None:
    session(client)
    refused = client.post("/demo", data={"_csrf": token, **TYPED}, headers=PAGE)
    assert (refused.status_code, "Solsikken" in refused.text) == (403, False)
    client.cookies.delete("praksis_session")
    stranger = client.post("/demo", data={"_csrf": token, **TYPED}, headers=PAGE)
    assert (stranger.status_code, stranger.headers["Location"]) == (303, "/sign-in?next=/%3Fpage%3D2")


def test_the_form_in_which_one_signs_in_is_not_shown_again(client: TestClient) -> None:
    form = {"_csrf": "", "name": "anna", "next": "/"}
    form["_csrf"] = hidden(client.get("/sign-in").text, "/sign-in")["_csrf"]
    client.cookies.clear()
    refused = client.post("/sign-in", data=form, headers=PAGE)
    assert (refused.status_code, "Vis det, du skrev" in refused.text) == (403, False)


def test_a_form_that_is_to_be_shown_again_still_needs_a_token_of_the_session(client: TestClient) -> None:
    token = session(client)
    session(client)
    refused = client.post("/demo", data={"_csrf": token, "_again": "true", **TYPED}, headers=PAGE)
    assert refused.status_code == 403


@pytest.mark.parametrize("elsewhere", ["http://evil.example/x", "", "http://testserver//evil.example/x"])
def test_nobody_is_led_elsewhere_by_the_page_that_a_form_came_from(client: TestClient, elsewhere: str) -> None:
    token = session(client)
    client.cookies.delete("praksis_session")
    answer = client.post("/demo", data={"_csrf": token, "name": "x"}, headers={**PAGE, "Referer": elsewhere})
    if answer.status_code == 303:
        assert answer.headers["Location"] == "/sign-in"
    else:
        assert hidden(answer.text, "/sign-in")["next"] == "/"


def test_a_page_that_saves_itself_stays_where_it_is(client: TestClient) -> None:
    token = session(client)
    client.cookies.delete("praksis_session")
    answer = client.post("/demo", data={"_csrf": token, **TYPED}, headers={**PAGE, "HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Reswap"], "HX-Redirect" in answer.headers) == (401, "none", False)


@pytest.mark.parametrize(
    ("sendings", "typed", "told"),
    [
        (["1-2-3-4"], TYPED, ["1-2-3-4"]),
        (["1-2-3-4"], {"name": "x"}, []),
        (["a;b"], TYPED, []),
        (["1" * 50], TYPED, ["1" * 50]),
        (["1" * 51], TYPED, []),
        (["1", "2"], TYPED, ["1", "2"]),
        (["1", "2", "3"], TYPED, ["1", "2"]),
        (["1"], {"name": "shown"}, []),
        (["1"], {"name": "stored"}, ["1"]),
    ],
)
def test_the_browser_is_told_which_sending_was_taken(
    client: TestClient, sendings: list[str], typed: dict[str, str], told: list[str]
) -> None:
    token = session(client)
    path = "/answered-by-a-page" if typed.get("name") in ("shown", "stored") else "/demo"
    answer = client.post(path, data={"_csrf": token, "_taken": sendings, **typed}, headers=PAGE)
    assert [name for name in answer.cookies if "taken" in name] == [f"praksis_taken_{each}" for each in told]


def test_the_browser_is_told_that_somebody_has_signed_out(client: TestClient) -> None:
    client.cookies.set("praksis_session", "one that has ended")
    answer = client.post("/sign-out", data={"_csrf": "of that one"}, headers=PAGE)
    assert (answer.status_code, answer.cookies.get("praksis_signed_out")) == (303, "true")
