import pytest
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient
from web_demo import api, demo_application, pages, token_of

from shared.database import Database
from shared.identity import Role
from shared.sessions.tokens import Audience
from shared.web.access import allow, undeclared_routes


def bearer(role: Role) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(role)}"}


def test_every_route_says_who_may_call(app: FastAPI) -> None:
    assert undeclared_routes(app) == []


def test_a_route_that_does_not_say_is_named(no_database: Database) -> None:
    careless = APIRouter()

    @careless.get("/open")
    async def open_to_all() -> None: ...

    app = demo_application(no_database, routers=(api, pages, careless))
    assert undeclared_routes(app) == ["GET /open"]


def test_a_mount_outside_of_static_is_named(app: FastAPI) -> None:
    app.mount("/inner", FastAPI(openapi_url=None, docs_url=None, redoc_url=None))
    assert undeclared_routes(app) == ["* /inner"]


def test_a_declaration_names_at_least_one_role() -> None:
    with pytest.raises(ValueError, match="name the roles"):
        allow()


def test_a_stranger_is_asked_to_sign_in(client: TestClient) -> None:
    answer = client.get("/api/v1/things/mine", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json() == {
        "type": "/problems/not-signed-in",
        "title": "You are not signed in",
        "status": 401,
        "instance": "/api/v1/things/mine",
    }


@pytest.mark.parametrize("token", ["", "nonsense", "Bearer", "Bearer nonsense", "Basic Y2xhcmE6"])
def test_a_token_that_is_none_makes_a_stranger(client: TestClient, token: str) -> None:
    assert client.get("/api/v1/things/mine", headers={"Authorization": token}).status_code == 401


def test_a_stranger_learns_nothing_from_how_a_body_is_judged(client: TestClient) -> None:
    answer = client.post("/api/v1/things", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.json()["type"] == "/problems/not-signed-in"


def test_another_role_is_told_who_may(client: TestClient) -> None:
    answer = client.put("/api/v1/things/x", headers={**bearer(Role.APPLICANT), "Accept-Language": "en"})
    assert answer.status_code == 403
    assert answer.json() == {
        "type": "/problems/role-not-allowed",
        "title": "Your role may not do this",
        "status": 403,
        "detail": "This may be done by: Caseworker and Coordinator.",
        "texts": {
            "da": "Det kan kun gøres af: Sagsbehandler og Koordinator.",
            "en": "This may be done by: Caseworker and Coordinator.",
        },
        "instance": "/api/v1/things/x",
        "roles": ["caseworker", "coordinator"],
    }


def test_the_caller_is_who_the_token_says(client: TestClient) -> None:
    token = token_of(Role.APPLICANT, "local:anna", "0390")
    answer = client.get("/api/v1/things/mine", headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == {"subject": "local:anna", "municipality": "0390", "name": "Anna Holm"}


def test_the_header_goes_before_the_cookie(client: TestClient) -> None:
    client.cookies.set("praksis_session", token_of(Role.CASEWORKER, "by-cookie", audience=Audience.PAGES))
    assert client.get("/api/v1/things/mine").json()["subject"] == "by-cookie"
    answer = client.get("/api/v1/things/mine", headers=bearer(Role.OPERATOR))
    assert answer.json()["subject"] == "test:operator"


def test_a_person_is_led_to_the_sign_in_page_and_back(client: TestClient) -> None:
    answer = client.get("/cases?page=2&sort=a", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/cases%3Fpage%3D2%26sort%3Da")


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(client: TestClient) -> None:
    answer = client.get("/cases", headers={"Accept": "text/html", "HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in")


def test_a_person_with_another_role_sees_a_page_that_says_so(client: TestClient) -> None:
    answer = client.get("/cases", headers={**bearer(Role.APPLICANT), "Accept": "text/html"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert "Det kan kun gøres af: Sagsbehandler." in answer.text
