import re
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.responses import Response
from starlette.testclient import TestClient
from web_demo import demo_application, token_of

import shared
from shared.database import Database
from shared.errors import Text
from shared.identity import Role
from shared.web.access import public
from shared.web.problem_kinds import ProblemKind, ProblemKinds
from shared.web.request_limits import DEFAULT_LIMIT
from shared.web.routes import Work, api_router, page_router
from shared.web.slugs import undeclared_slugs

CASEWORKER = {"Authorization": f"Bearer {token_of(Role.CASEWORKER)}", "Accept-Language": "en"}
JSON = {**CASEWORKER, "Content-Type": "application/json", "Idempotency-Key": "k"}
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}


def test_an_address_that_leads_nowhere(client: TestClient) -> None:
    answer = client.get("/api/v1/nothing")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json() == {
        "type": "/problems/not-found",
        "title": "Siden eller indholdet blev ikke fundet",
        "status": 404,
        "instance": "/api/v1/nothing",
    }


def test_a_method_that_an_address_does_not_take(client: TestClient) -> None:
    answer = client.delete("/health/live")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert answer.json()["type"] == "/problems/method-not-allowed"


def test_an_unexpected_error_keeps_its_details_to_itself(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/api/v1/things/broken", headers={"Accept-Language": "en"})
    assert answer.status_code == 500
    assert answer.json() == {
        "type": "/problems/internal-error",
        "title": "Something went wrong on our side",
        "status": 500,
        "instance": "/api/v1/things/broken",
    }
    logged = capsys.readouterr().out
    assert "unexpected_error" in logged
    assert "a secret that must not leave" in logged


@pytest.mark.parametrize(("language", "said"), [("da", "Tjenesten kan ikke bruges i øjeblikket"), ("en", None)])
def test_a_database_that_is_away_is_no_fault_of_the_service(
    no_database: Database, language: str, said: str | None
) -> None:
    pages, api = page_router(), api_router("/rows")

    @pages.get("/rows", dependencies=[public])
    @api.get("", dependencies=[public])
    async def rows(work: Work) -> Response:
        await work.session.execute(text("select 1"))
        return Response()

    client = TestClient(demo_application(no_database, routers=(api, pages)))
    page = client.get("/rows", headers={"Accept": "text/html", "Accept-Language": language})
    assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
    assert (said or "The service cannot be used at the moment") in page.text
    for signed_in in ({}, CASEWORKER):
        answer = client.get("/api/v1/rows", headers={**signed_in, "Accept-Language": language})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert answer.json()["type"] == "/problems/database-away"
        assert answer.json()["title"] == (said or "The service cannot be used at the moment")


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/broken", 500), ("/refused", 409)])
def test_people_see_a_page(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path, headers=HTML)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert "a secret" not in answer.text
    assert '<html lang="en">' in answer.text


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/nothing", b"", 404),
        ("DELETE", "/cases", b"", 405),
        ("GET", "/cases", b"", 403),
        ("POST", "/demo", b"name=x", 403),
        ("POST", "/demo", b"x" * (DEFAULT_LIMIT + 1), 413),
        ("GET", "/?q=%00", b"", 400),
        ("GET", "/refused", b"", 409),
        ("GET", "/broken", b"", 500),
    ],
)
@pytest.mark.parametrize("language", ["da", "en"])
def test_a_page_of_a_problem_speaks_to_people_and_leads_on(
    client: TestClient, method: str, path: str, sent: bytes, status: int, language: str
) -> None:
    token = token_of(Role.APPLICANT)
    headers = {
        **HTML,
        "Accept-Language": language,
        "Authorization": f"Bearer {token}",
        "Referer": "http://testserver/x",
    }
    answer = client.request(
        method, path, content=sent, headers={**headers, "Content-Type": "application/x-www-form-urlencoded"}
    )
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert re.findall(r"`|\b(?:bytes?|headers?|JSON|members?|parameters|request|version)\b", main) == []
    assert 'href="/x"' in main


def test_the_page_of_a_kind_says_what_programs_read(client: TestClient) -> None:
    page = client.get("/problems/too-many?lang=en").text
    assert "The member `parameters` holds: count, limit." in page
    assert "The member `roles` names the roles that may." in client.get("/problems/role-not-allowed?lang=en").text


def test_a_refusal_on_a_page_is_a_sentence(client: TestClient) -> None:
    assert "4 er mere end 3." in client.get("/refused", headers={"Accept": "text/html"}).text


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("text/html", True),
        ("text/html;q=0.8, application/json;q=0.9", False),
        ("text/html, application/json", True),
        ("*/*", False),
        ("application/problem+json", False),
        ("text/html;q=0", False),
        ("text/html;q=many", False),
        ("", False),
    ],
)
def test_who_asks_for_html_by_name_gets_a_page(client: TestClient, accept: str, page: bool) -> None:
    answer = client.get("/nothing", headers={"Accept": accept})
    assert answer.headers["Content-Type"].startswith("text/html") is page


def test_programs_always_get_a_document(client: TestClient) -> None:
    assert client.get("/api/v1/nothing", headers=HTML).headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"\xff\xfe", b'{"name": "' + b"\xff" + b'"}', b"[" * 100_000, b'{"count": ' + b"1" * 5000 + b"}"],
)
def test_a_body_that_is_not_json(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/v1/sign-in", content=body, headers={"Content-Type": "application/json"})
    expected = (422, "/problems/invalid-request") if body == b"" else (400, "/problems/malformed-json")
    assert (answer.status_code, answer.json()["type"]) == expected


def test_another_kind_of_body(client: TestClient) -> None:
    answer = client.post("/api/v1/things", content=b"name=x", headers={**JSON, "Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-media-type")


def test_each_field_that_is_not_valid_is_named_and_no_value_is_repeated(client: TestClient) -> None:
    answer = client.post("/api/v1/sign-in?lang=en", json={"name": 1976_0101, "cpr": "010176-1234"})
    assert answer.status_code == 422
    assert answer.json() == {
        "type": "/problems/invalid-request",
        "title": "Something that was sent is not right",
        "status": 422,
        "instance": "/api/v1/sign-in",
        "errors": [
            {"in": "body", "pointer": "/name", "message": "This must be a text."},
            {"in": "body", "pointer": "/cpr", "message": "This field is not known here."},
        ],
    }


def test_the_name_of_an_unknown_field_is_shown_safely(client: TestClient) -> None:
    answer = client.post("/api/v1/sign-in", json={"name": "clara", "a/b~c\u0000" + "x" * 500: 1})
    pointer = answer.json()["errors"][0]["pointer"]
    assert pointer == "/a~1b~0c\N{REPLACEMENT CHARACTER}" + "x" * 94


@pytest.mark.parametrize("path", ["/problems/a%00b", "/problems/a%0Ab", "/?q=%00", "/?q=%C2%85", "/problems/a%7Fb"])
def test_an_address_with_control_characters(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed-request")


def test_every_known_kind_has_a_page(client: TestClient) -> None:
    for kind in ProblemKinds():
        answer = client.get(f"/problems/{kind.slug}?lang=en")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Tag færre." in client.get("/problems/too-many?lang=da").text
    assert client.get("/problems/unheard-of").status_code == 404


def test_a_slug_is_declared_once() -> None:
    with pytest.raises(ValueError, match="not-found is declared twice"):
        ProblemKinds([ProblemKind("not-found", Text("x"), Text("y"))])


def test_an_undeclared_slug_is_called_by_its_status() -> None:
    assert ProblemKinds().title_of("unheard-of", 418) == Text("I'm a Teapot")
    assert ProblemKinds().title_of("unheard-of", 499) == Text("Error")


def test_the_api_describes_itself(client: TestClient) -> None:
    document = client.get("/api/openapi.json").json()
    assert [path for path in document["paths"] if not path.startswith(("/api/v1/", "/health/"))] == []
    change = document["paths"]["/api/v1/things/{name}"]["put"]
    assert change["security"] == [{"session": []}]
    assert change["x-roles"] == ["caseworker", "coordinator"]
    assert [parameter["name"] for parameter in change["parameters"]] == ["name", "Idempotency-Key"]
    assert sorted(change["responses"]) == ["200", "4XX"]
    assert document["components"]["schemas"]["Problem"]["required"] == ["type", "title", "status", "instance"]
    assert "security" not in document["paths"]["/api/v1/things/broken"]["get"]


def test_every_slug_of_the_kernel_is_explained() -> None:
    assert undeclared_slugs(Path(shared.__file__).resolve().parent, ProblemKinds()) == []


def test_a_slug_without_an_explanation_is_named(tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text('raise Refused("no-such-kind", x=1)\nraise Problem("not-found", 404)\n')
    assert undeclared_slugs(tmp_path, ProblemKinds()) == ["rules.py:1: no-such-kind"]


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_no_page_loads_its_scripts_from_elsewhere(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
