"""A form that is refused comes back with what was typed, and says what stood in the way."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from fastapi import Request, Response
from starlette.responses import RedirectResponse
from starlette.testclient import TestClient
from web_demo import NOON, demo_application, token_of

from shared.database import Database
from shared.errors import Problem, Refused, require_version
from shared.identity import Identity, Role
from shared.sessions.tokens import Audience
from shared.web.access import allow, public
from shared.web.filled import fields_of, words_on
from shared.web.pages import render_page
from shared.web.returning import form_on, was_done
from shared.web.routes import page_router

router = page_router()
Caseworker = Annotated[Identity, allow(Role.CASEWORKER)]
TYPED = 'Vi venter på <b>"svar"</b>'
KEPT = {"name": "as it is kept", "themes": ["x", "y"]}
SHOWN = "Vi venter på &lt;b&gt;&#34;svar&#34;&lt;/b&gt;"


@router.get("/cases/{id}")
async def case_page(id: str, request: Request, who: Caseworker) -> Response:
    if id == "gone":
        raise Problem("not-found", 404)
    said = {"X-Saved": "yes"} if was_done(request, "saved") else {}
    return render_page(request, "demo.html", headers=said, rows=[], moment=NOON, sent=KEPT, errors={})


@router.post("/cases/{id}/decision")
@router.post("/elsewhere/{id}", dependencies=[form_on("/cases/{id}")])
async def decide(id: str, request: Request, who: Caseworker) -> Response:
    match (await request.form()).get("kind"):
        case "stale":
            require_version(1, 2)
        case "refused":
            raise Refused("too-many", count=4, limit=3)
        case "broken":
            raise RuntimeError("a secret")
    return RedirectResponse("/", 303)


@router.post("/nowhere", dependencies=[public])
async def nowhere() -> Response:
    raise Problem("not-found", 404)


@router.get("/named-like/{name}", dependencies=[public])
async def named_like(name: str, request: Request) -> Response:
    """A page with a value of its own under a name that the address gives."""
    own: dict[str, Any] = {name: []}
    return render_page(request, "demo.html", rows=[], moment=NOON, sent={}, errors={}, **own)


@pytest.fixture
def client(no_database: Database) -> Iterator[TestClient]:
    app = demo_application(no_database)
    app.include_router(router)
    with TestClient(
        app, follow_redirects=False, headers={"Accept": "text/html"}, raise_server_exceptions=False
    ) as client:
        client.cookies.set("praksis_session", token_of(Role.CASEWORKER, audience=Audience.PAGES))
        yield client


def send(client: TestClient, path: str, **fields: str | list[str]) -> tuple[int, str]:
    token = re.search(r'name="_csrf" value="([^"]+)"', client.get("/cases/1").text)
    assert token is not None
    answer = client.post(path, data={"_csrf": token[1], "version": "1", **fields})
    return answer.status_code, answer.text


@pytest.mark.parametrize("path", ["/cases/1/decision", "/elsewhere/1"])
def test_the_field_holds_what_was_typed_and_the_page_says_why_it_is_back(client: TestClient, path: str) -> None:
    status, page = send(client, path, name=TYPED, kind="refused")
    assert (status, f'value="{SHOWN}"' in page, 'value="as it is kept"' in page) == (409, True, False)
    assert "Sådan står det nu: as it is kept" in page
    assert 'data-module="error-summary"' in page
    assert "Det, du havde skrevet" not in page


def test_what_no_field_takes_is_shown_to_be_copied(client: TestClient) -> None:
    status, page = send(client, "/cases/1/decision", answer=TYPED, kind="stale")
    assert status == 412
    assert re.search(r"Det, du havde skrevet.*" + re.escape(SHOWN), page, re.DOTALL)
    assert "Siden viser, hvordan det er nu." in page


@pytest.mark.parametrize("path", ["/cases/gone/decision", "/nowhere"])
def test_where_there_is_no_page_to_come_back_to_it_is_on_that_of_the_problem(client: TestClient, path: str) -> None:
    status, page = send(client, path, name=TYPED, kind="refused")
    assert (status, TYPED in words_on(page)) == (404 if path == "/nowhere" else 409, True)


def test_it_is_there_when_something_breaks_on_our_side(client: TestClient) -> None:
    status, page = send(client, "/cases/1/decision", name=TYPED, kind="broken")
    assert (status, TYPED in words_on(page), "a secret" in page) == (500, True, False)


def test_another_site_puts_nothing_on_our_pages(client: TestClient) -> None:
    answer = client.post("/cases/1/decision", data={"_csrf": "made up", "name": TYPED, "kind": "refused"})
    assert (answer.status_code, "svar" in answer.text) == (403, False)


def test_ids_and_numbers_are_not_shown_as_words(client: TestClient) -> None:
    _, page = send(
        client,
        "/cases/1/decision",
        case="01a227df-de6d-7326-b397-81539f79d753",
        kind="stale",
        count="42",
        choice="take-back",
    )
    assert "Det, du havde skrevet" not in page


@pytest.mark.parametrize(
    ("name", "status"), [("anything", 200), ("typed", 500), ("identity", 500), ("returned", 500), ("static_url", 500)]
)
def test_a_page_that_takes_a_name_of_the_frame_is_not_shown(client: TestClient, name: str, status: int) -> None:
    assert client.get(f"/named-like/{name}").status_code == status


def test_a_page_without_the_form_does_not_say_that_what_was_typed_is_in_it(client: TestClient) -> None:
    _, gone = send(client, "/cases/1/decision", answer=TYPED, kind="stale")
    _, there = send(client, "/cases/1/decision", name=TYPED, kind="stale")
    said = "Det, du skrev, er her stadig."
    assert (said in gone, "Det er ikke gemt." in gone) == (False, True)
    assert (said in there, "Det er ikke gemt." in there) == (True, False)


def test_a_page_that_answers_a_sending_says_which(client: TestClient) -> None:
    _, page = send(client, "/cases/1/decision", name=TYPED, kind="refused", _taken="1-2-3-4")
    assert 'data-answered="1-2-3-4"' in page
    assert "data-answered" not in client.get("/cases/1").text


@pytest.mark.parametrize("again", [{}, {"_again": "true"}])
@pytest.mark.parametrize("ticked", [["x"], []])
def test_a_box_that_was_unticked_stays_so(client: TestClient, ticked: list[str], again: dict[str, str]) -> None:
    form = fields_of(client.get("/cases/1").text)
    assert form["themes"] == ["x", "y"]
    typed: dict[str, str | list[str]] = {"name": TYPED, "themes": ticked, "kind": "refused"}
    fields = {**typed, "_boxes": "themes", "_stood": form["_stood"]}
    _, page = send(client, "/cases/1/decision", **fields, **again)
    shown = fields_of(page)
    assert (shown["name"], shown.get("themes", [])) == (TYPED, "x" if ticked else [])
    assert "Sådan står det nu: Læringsmiljø, Forældre" in page


def test_a_form_without_boxes_leaves_those_of_another_on_its_page(client: TestClient) -> None:
    _, page = send(client, "/cases/1/decision", name=TYPED, kind="refused")
    assert fields_of(page)["themes"] == ["x", "y"]


def test_what_was_typed_is_shown_again_on_the_page_of_its_form_whatever_the_endpoint_would_say(
    client: TestClient,
) -> None:
    status, page = send(client, "/cases/1/decision", name=TYPED, kind="stale", _again="true")
    assert (status, fields_of(page)["name"]) == (422, TYPED)
    assert "Det, du har skrevet, er ikke sendt endnu." in page


@pytest.mark.parametrize("path", ["/cases/1/decision", "/elsewhere/1"])
@pytest.mark.parametrize("again", [{}, {"_again": "true"}])
def test_the_page_is_as_it_was_narrowed(client: TestClient, path: str, again: dict[str, str]) -> None:
    narrowed = {"Referer": "http://testserver/cases/1?page=2&of=%C3%A6"}
    form = {"_csrf": str(fields_of(client.get("/cases/1").text)["_csrf"][0]), "name": TYPED, "kind": "refused", **again}
    back = client.post(path, data=form, headers=narrowed)
    for answer in (back, client.post(path, data=form | {"_from": fields_of(back.text)["_from"]})):
        assert 'href="/cases/1?page=2&amp;of=%C3%A6&amp;lang=en"' in answer.text
        assert f'value="{SHOWN}"' in answer.text


@pytest.mark.parametrize("elsewhere", ["http://evil.example/cases/1?page=2", "http://testserver/cases/2?page=2", "/x"])
def test_no_other_page_narrows_it(client: TestClient, elsewhere: str) -> None:
    form = {"_csrf": str(fields_of(client.get("/cases/1").text)["_csrf"][0]), "name": TYPED, "kind": "refused"}
    back = client.post("/cases/1/decision", data=form, headers={"Referer": elsewhere})
    assert ("page=2" in back.text, "_from" in fields_of(back.text)) == (False, False)


def test_what_the_address_says_was_done_is_not_said_again(client: TestClient) -> None:
    done = {"Referer": "http://testserver/cases/1?saved=1"}
    form = {"_csrf": str(fields_of(client.get("/cases/1").text)["_csrf"][0]), "name": TYPED, "kind": "refused"}
    back = client.post("/cases/1/decision", data=form, headers=done)
    assert ["X-Saved" in each.headers for each in (client.get("/cases/1?saved=1"), back)] == [True, False]


def test_what_is_hidden_or_in_the_code_of_a_page_is_not_seen() -> None:
    page = """<head><title>a</title></head><script>b</script><template><p>c</p></template><input type="hidden" name="d"
      value="e"><input name="f" value="g &amp; h"><textarea name="i">j\nk</textarea><p title="l">m</p>"""
    assert words_on(page) == "g & h j k m"
    assert fields_of(page) == {"d": "e", "f": "g & h", "i": "j\nk"}
