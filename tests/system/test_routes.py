"""Every route of every service: who may call it, what a write demands, and what the API description lists."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import SecretStr
from service_under_test import PEOPLE
from starlette.testclient import TestClient

import intake.settings
import intake.web
import reporting.settings
import reporting.web
import scheduling.settings
import scheduling.web
from local.provision import SERVICES
from shared.identity import LocalPersonas, Role
from shared.settings import KernelSettings
from shared.web.access import declared_access, undeclared_routes

NOWHERE = SecretStr("postgresql://nobody@127.0.0.1:1/nothing")
ID = "00000000-0000-7000-8000-000000000000"
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
SIGN_IN = "/api/v1/sign-in"

EDIT = "/api/v1/operations/failures/{id}/edit"
EVERYBODY = [role.value for role in Role]
EVERYWHERE = {"/health/live": ["get"], "/health/ready": ["get"], SIGN_IN: ["post"]} | {
    "/api/v1/sign-out": ["post"],
    "/api/v1/sign-out-everywhere": ["post"],
    "/api/v1/ended-sessions": ["post"],
    "/api/v1/operations/failed-mails/retry": ["post"],
    "/api/v1/operations/failure-groups": ["get"],
    "/api/v1/operations/failure-groups/retry": ["post"],
    "/api/v1/operations/failures": ["get"],
    "/api/v1/operations/failures/{id}": ["get"],
    "/api/v1/operations/failures/{id}/discard": ["post"],
    EDIT: ["post"],
    "/api/v1/operations/failures/{id}/retry": ["post"],
    "/api/v1/operations/interventions": ["get"],
    "/api/v1/operations/mail": ["get"],
    "/api/v1/operations/mails": ["get"],
    "/api/v1/operations/mails/{id}/retry": ["post"],
}
DESCRIBED = {
    "intake": EVERYWHERE
    | {
        "/api/v1/applications": ["get", "post"],
        "/api/v1/applications/{id}": ["get"],
        "/api/v1/applications/{id}/acceptance": ["post"],
        "/api/v1/applications/{id}/capacity": ["get"],
        "/api/v1/applications/{id}/declination": ["post"],
        "/api/v1/applications/{id}/override": ["post"],
        "/api/v1/applications/{id}/waiting": ["post"],
        "/api/v1/applications/{id}/withdrawal": ["post"],
        "/api/v1/assessments": ["get", "post"],
        "/api/v1/assessments/{id}": ["get"],
        "/api/v1/assessments/{id}/attachments/{attachment_id}": ["get"],
        "/api/v1/assessments/{id}/conflict": ["post"],
        "/api/v1/assessments/{id}/draft": ["post"],
        "/api/v1/assessments/{id}/scores": ["post"],
        "/api/v1/assessments/{id}/taking": ["post"],
        "/api/v1/applications/{id}/substitutions": ["get", "post"],
        "/api/v1/agreements": ["get", "post"],
        "/api/v1/agreements/{id}": ["get"],
        "/api/v1/agreements/{id}/signature": ["post"],
        "/api/v1/agreements/{id}/terms": ["post"],
        "/api/v1/capacity": ["get"],
        "/api/v1/applications/{id}/attachments": ["get"],
        "/api/v1/attachments/{id}": ["get"],
        "/api/v1/drafts/{id}/attachments": ["get", "post"],
        "/api/v1/drafts/{id}/attachments/{attachment_id}/removal": ["post"],
        "/api/v1/today": ["get"],
        "/api/v1/draft-joinings": ["post"],
        "/api/v1/drafts": ["get", "post"],
        "/api/v1/drafts/{id}": ["get", "put"],
        "/api/v1/drafts/{id}/link": ["post"],
        "/api/v1/drafts/{id}/removal": ["post"],
        "/api/v1/drafts/{id}/submission": ["post"],
        "/api/v1/letters": ["get"],
        "/api/v1/letters/{id}": ["get"],
        "/api/v1/letters/{id}/approval": ["post"],
        "/api/v1/letters/{id}/discard": ["post"],
        "/api/v1/letters/{id}/posting": ["post"],
        "/api/v1/letters/{id}/words": ["post"],
        "/api/v1/applications/{id}/clarifications": ["get", "post"],
        "/api/v1/clarifications/{id}/answer": ["post"],
        "/api/v1/enquiries": ["get", "post"],
        "/api/v1/enquiries/{id}": ["get"],
        "/api/v1/enquiries/{id}/answer": ["post"],
        "/api/v1/daycares": ["get", "post"],
        "/api/v1/daycare-table": ["post"],
        "/api/v1/daycares/{id}/end": ["post"],
        "/api/v1/daycares/{id}": ["get"],
        "/api/v1/gatherings": ["get", "post"],
        "/api/v1/gatherings/{id}": ["get", "put"],
        "/api/v1/gatherings/{id}/cancellation": ["post"],
        "/api/v1/gatherings/{id}/changes": ["get"],
        "/api/v1/gatherings/{id}/places": ["get"],
        "/api/v1/gatherings/{id}/registrations": ["get", "post"],
        "/api/v1/registrations/{token}": ["get"],
        "/api/v1/registrations/{token}/acceptance": ["post"],
        "/api/v1/registrations/{token}/cancellation": ["post"],
        "/api/v1/registrations/{token}/confirmation": ["post"],
        "/api/v1/registrations/{token}/withdrawal": ["post"],
        "/api/v1/gatherings/{id}/attendance": ["post"],
        "/api/v1/gatherings/{id}/follow-ups": ["post"],
        "/api/v1/gatherings/{id}/materials": ["get"],
        "/api/v1/gatherings/{id}/materials/{kind}": ["post"],
        "/api/v1/newsletters": ["get", "post"],
        "/api/v1/newsletters/{id}": ["get"],
        "/api/v1/newsletters/{id}/release": ["post"],
        "/api/v1/newsletters/{id}/text": ["post"],
        "/api/v1/subscriptions": ["post"],
        "/api/v1/subscriptions/{token}": ["get"],
        "/api/v1/subscriptions/{token}/confirmation": ["post"],
        "/api/v1/subscriptions/{token}/removal": ["post"],
        "/api/v1/subscriptions/{token}/topics": ["post"],
        "/api/v1/interests": ["get", "post"],
        "/api/v1/interests/{token}": ["get"],
        "/api/v1/interests/{token}/removal": ["post"],
        "/api/v1/interests/{token}/confirmation": ["post"],
        "/api/v1/interests/{token}/withdrawal": ["post"],
        "/api/v1/municipalities": ["get"],
        "/api/v1/municipality-mergers": ["post"],
        "/api/v1/programmes": ["get"],
        "/api/v1/programmes/{slug}": ["get"],
        "/api/v1/rankings/{round_id}": ["get"],
        "/api/v1/releases/{id}": ["get"],
        "/api/v1/releases/{id}/preparations": ["post"],
        "/api/v1/releases/{id}/release": ["post"],
        "/api/v1/releases/{id}/taking-back": ["post"],
        "/api/v1/rounds": ["get", "post"],
        "/api/v1/rounds/{id}": ["get"],
        "/api/v1/rounds/{id}/extension": ["post"],
        "/api/v1/rounds/{id}/late-entries": ["post"],
    },
    "scheduling": EVERYWHERE
    | {
        "/api/v1/consultants": ["get", "post"],
        "/api/v1/capacity": ["get"],
        "/api/v1/consultants/{id}": ["get"],
        "/api/v1/consultants/{id}/hours": ["post"],
        "/api/v1/courses": ["get"],
        "/api/v1/courses/{id}": ["get"],
        "/api/v1/courses/{id}/phases/{phase}/completion": ["post"],
        "/api/v1/courses/{id}/team": ["post"],
    },
    "reporting": EVERYWHERE
    | {
        "/api/v1/courses/{id}/instruments": ["get"],
        "/api/v1/courses/{id}/observations": ["post"],
        "/api/v1/courses/{id}/surveys": ["post"],
        "/api/v1/pipeline": ["get"],
        "/api/v1/ways": ["get"],
    },
}
"""The methods of every path in each API description."""

CHANGES: dict[str, set[str]] = {
    "intake": {
        EDIT,
        *(f"/api/v1/applications/{{id}}/{deed}" for deed in ("acceptance", "declination", "waiting", "withdrawal")),
        "/api/v1/applications/{id}/override",
        "/api/v1/assessments/{id}/draft",
        "/api/v1/assessments/{id}/scores",
        "/api/v1/agreements/{id}/signature",
        "/api/v1/agreements/{id}/terms",
        "/api/v1/applications/{id}/substitutions",
        "/api/v1/daycares/{id}/end",
        "/api/v1/drafts/{id}",
        "/api/v1/drafts/{id}/removal",
        "/api/v1/drafts/{id}/submission",
        "/api/v1/clarifications/{id}/answer",
        "/api/v1/enquiries/{id}/answer",
        "/api/v1/gatherings/{id}",
        "/api/v1/gatherings/{id}/cancellation",
        *(f"/api/v1/letters/{{id}}/{deed}" for deed in ("approval", "discard", "posting", "words")),
        *(f"/api/v1/releases/{{id}}/{deed}" for deed in ("preparations", "release", "taking-back")),
        "/api/v1/gatherings/{id}/attendance",
        "/api/v1/gatherings/{id}/follow-ups",
        "/api/v1/gatherings/{id}/materials/{kind}",
        "/api/v1/newsletters/{id}/release",
        "/api/v1/newsletters/{id}/text",
        "/api/v1/subscriptions/{token}/topics",
        "/api/v1/rounds/{id}/extension",
    },
    "scheduling": {
        EDIT,
        "/api/v1/consultants/{id}/hours",
        "/api/v1/courses/{id}/phases/{phase}/completion",
        "/api/v1/courses/{id}/team",
    },
    "reporting": {EDIT},
}
"""The paths that demand an `If-Match`."""

STAFF = ["caseworker", "coordinator", "administrator"]
REVIEWERS = ["caseworker", "reviewer"]
READERS_OF_ASSESSMENTS = ["caseworker", "reviewer", "coordinator", "administrator"]
ARRANGERS = ["secretary", "administrator"]
GATHERING_OFFICE = ["coordinator", "secretary", "administrator"]
READERS_OF_INTAKE = ["applicant", *STAFF]
READERS_OF_LETTERS = ["applicant", "caseworker", "coordinator", "secretary", "administrator"]
READERS_OF_COURSES = ["caseworker", "coordinator", "consultant", "administrator"]
READERS_OF_REPORTS = ["caseworker", "coordinator", "consultant", "evaluator", "administrator"]
PAGES: dict[str, list[str]] = (
    {
        "GET /": [],
        "GET /api/openapi.json": [],
        "GET /contracts/": [],
        "GET /contracts/{routing_key}.json": [],
        "GET /health/live": [],
        "GET /health/ready": [],
        "GET /problems/{slug}": [],
        "GET /sign-in": [],
        "POST /sign-in": [],
        "POST /sign-out": [],
        "GET /signed-out": [],
        "POST /api/v1/sign-in": [],
        "GET /sessions": EVERYBODY,
        "POST /sessions/end": EVERYBODY,
        "POST /sessions/end-of-person": ["operator", "administrator"],
        "POST /api/v1/sign-out": EVERYBODY,
        "POST /api/v1/sign-out-everywhere": EVERYBODY,
        "POST /api/v1/ended-sessions": ["operator", "administrator"],
    }
    | {
        f"{method} {prefix}/operations/{rest}": ["operator"]
        for prefix in ("", "/api/v1")
        for method, rest in (
            ("GET", "failures"),
            ("GET", "failures/{id}"),
            ("POST", "failures/{id}/retry"),
            ("POST", "failures/{id}/edit"),
            ("POST", "failures/{id}/discard"),
            ("POST", "failure-groups/retry"),
            ("GET", "mail"),
            ("POST", "mails/{id}/retry"),
            ("POST", "failed-mails/retry"),
        )
    }
    | {
        "GET /operations/failures/{id}/edit": ["operator"],
        "GET /api/v1/operations/failure-groups": ["operator"],
        "GET /api/v1/operations/interventions": ["operator"],
        "GET /api/v1/operations/mails": ["operator"],
    }
)
ALLOWED = {
    "intake": PAGES
    | {
        "GET /programmes": [],
        "GET /applications/{id}": READERS_OF_INTAKE,
        "POST /applications/{id}/acceptance": ["caseworker"],
        "GET /api/v1/applications/{id}/capacity": STAFF,
        "GET /api/v1/capacity": STAFF,
        "GET /rankings/{round_id}": STAFF,
        "GET /api/v1/rankings/{round_id}": STAFF,
        "GET /api/v1/applications": READERS_OF_INTAKE,
        "GET /api/v1/applications/{id}": READERS_OF_INTAKE,
        "POST /api/v1/applications": ["applicant"],
        "POST /api/v1/applications/{id}/acceptance": ["caseworker"],
        "POST /api/v1/applications/{id}/declination": ["caseworker"],
        "POST /api/v1/applications/{id}/waiting": ["caseworker"],
        "POST /api/v1/applications/{id}/withdrawal": ["applicant"],
        "POST /applications/{id}/declination": ["caseworker"],
        "POST /applications/{id}/waiting": ["caseworker"],
        "GET /applications/{id}/override": ["caseworker", "coordinator"],
        "POST /applications/{id}/override": ["caseworker", "coordinator"],
        "POST /api/v1/applications/{id}/override": ["caseworker", "coordinator"],
        "POST /applications/{id}/withdrawal": ["applicant"],
        "GET /releases/{id}": STAFF,
        "POST /releases/{id}/preparations": ["caseworker"],
        "POST /releases/{id}/release": ["caseworker"],
        "GET /api/v1/releases/{id}": STAFF,
        "POST /api/v1/releases/{id}/preparations": ["caseworker"],
        "POST /api/v1/releases/{id}/release": ["caseworker"],
        "POST /api/v1/releases/{id}/taking-back": ["caseworker"],
        "GET /assessments": READERS_OF_ASSESSMENTS,
        "POST /assessments": REVIEWERS,
        "GET /assessments/{id}": READERS_OF_ASSESSMENTS,
        "GET /api/v1/assessments": READERS_OF_ASSESSMENTS,
        "POST /api/v1/assessments": REVIEWERS,
        "GET /api/v1/assessments/{id}": READERS_OF_ASSESSMENTS,
        "GET /assessments/{id}/attachments/{attachment_id}": READERS_OF_ASSESSMENTS,
        "GET /api/v1/assessments/{id}/attachments/{attachment_id}": READERS_OF_ASSESSMENTS,
        **{
            f"POST {prefix}/assessments/{{id}}/{deed}": REVIEWERS
            for prefix in ("", "/api/v1")
            for deed in ("taking", "draft", "scores", "conflict")
        },
        **{
            f"{method} {prefix}/agreements{rest}": roles
            for prefix in ("", "/api/v1")
            for method, rest, roles in (
                ("GET", "", READERS_OF_INTAKE),
                ("POST", "", ["caseworker"]),
                ("GET", "/{id}", READERS_OF_INTAKE),
                ("POST", "/{id}/terms", ["caseworker"]),
                ("POST", "/{id}/signature", ["applicant", "caseworker", "coordinator"]),
            )
        },
        "GET /applications/{id}/agreement": READERS_OF_INTAKE,
        "GET /applications": READERS_OF_INTAKE,
        "GET /api/v1/today": ["applicant", "caseworker", "reviewer", "coordinator", "secretary", "administrator"],
        "GET /attachments/{id}": READERS_OF_INTAKE,
        "POST /drafts/{id}/attachments": ["applicant"],
        "POST /drafts/{id}/attachments/{attachment_id}/removal": ["applicant"],
        "GET /api/v1/attachments/{id}": READERS_OF_INTAKE,
        "GET /api/v1/applications/{id}/attachments": READERS_OF_INTAKE,
        "GET /api/v1/drafts/{id}/attachments": ["applicant"],
        "POST /api/v1/drafts/{id}/attachments": ["applicant"],
        "POST /api/v1/drafts/{id}/attachments/{attachment_id}/removal": ["applicant"],
        "GET /applications/{id}/substitution": READERS_OF_INTAKE,
        "POST /applications/{id}/substitution": ["caseworker"],
        "GET /api/v1/applications/{id}/substitutions": READERS_OF_INTAKE,
        "POST /api/v1/applications/{id}/substitutions": ["caseworker"],
        "GET /apply": ["applicant"],
        "GET /shared-draft": ["applicant"],
        "POST /shared-draft": ["applicant"],
        "POST /drafts": ["applicant"],
        "GET /drafts/{id}": ["applicant"],
        "POST /drafts/{id}": ["applicant"],
        "POST /drafts/{id}/link": ["applicant"],
        "POST /drafts/{id}/removal": ["applicant"],
        "POST /drafts/{id}/submission": ["applicant"],
        "POST /api/v1/draft-joinings": ["applicant"],
        "GET /api/v1/drafts": ["applicant"],
        "POST /api/v1/drafts": ["applicant"],
        "GET /api/v1/drafts/{id}": ["applicant"],
        "PUT /api/v1/drafts/{id}": ["applicant"],
        "POST /api/v1/drafts/{id}/link": ["applicant"],
        "POST /api/v1/drafts/{id}/removal": ["applicant"],
        "POST /api/v1/drafts/{id}/submission": ["applicant"],
        "GET /letters": READERS_OF_LETTERS,
        "GET /letters/{id}": READERS_OF_LETTERS,
        "GET /letters/{id}/document": READERS_OF_LETTERS,
        "POST /letters/{id}/words": ["caseworker"],
        "POST /letters/{id}/approval": ["caseworker"],
        "POST /letters/{id}/discard": ["caseworker"],
        "POST /letters/{id}/posting": ["caseworker", "secretary"],
        "GET /api/v1/letters": READERS_OF_LETTERS,
        "GET /api/v1/letters/{id}": READERS_OF_LETTERS,
        "POST /api/v1/letters/{id}/words": ["caseworker"],
        "POST /api/v1/letters/{id}/approval": ["caseworker"],
        "POST /api/v1/letters/{id}/discard": ["caseworker"],
        "POST /api/v1/letters/{id}/posting": ["caseworker", "secretary"],
        "GET /municipalities": STAFF,
        "GET /municipality-merger": STAFF,
        "POST /municipality-merger": STAFF,
        "POST /municipality-merger/confirmation": STAFF,
        "POST /api/v1/municipality-mergers": STAFF,
        "GET /applications/{id}/clarifications": READERS_OF_INTAKE,
        "POST /applications/{id}/clarifications": ["caseworker"],
        "POST /applications/{id}/clarifications/{clarification_id}/answer": ["applicant"],
        "GET /api/v1/applications/{id}/clarifications": READERS_OF_INTAKE,
        "POST /api/v1/applications/{id}/clarifications": ["caseworker"],
        "POST /api/v1/clarifications/{id}/answer": ["applicant"],
        "GET /enquiries": READERS_OF_INTAKE,
        "POST /enquiries": ["applicant"],
        "GET /enquiries/{id}": READERS_OF_INTAKE,
        "POST /enquiries/{id}/answer": ["coordinator"],
        "GET /api/v1/enquiries": READERS_OF_INTAKE,
        "POST /api/v1/enquiries": ["applicant"],
        "GET /api/v1/enquiries/{id}": READERS_OF_INTAKE,
        "POST /api/v1/enquiries/{id}/answer": ["coordinator"],
        "GET /api/v1/daycares": READERS_OF_INTAKE,
        "GET /api/v1/daycares/{id}": READERS_OF_INTAKE,
        "POST /api/v1/daycares": READERS_OF_INTAKE,
        "POST /api/v1/daycare-table": READERS_OF_INTAKE,
        "POST /api/v1/daycares/{id}/end": STAFF,
        "GET /api/v1/programmes/{slug}": [],
        "POST /api/v1/rounds/{id}/extension": ["coordinator", "administrator"],
        "POST /api/v1/rounds/{id}/late-entries": ["coordinator", "administrator"],
        "GET /rounds/new": ["coordinator", "administrator"],
        "POST /rounds/new": ["coordinator", "administrator"],
        "GET /rounds/{id}": [],
        "POST /rounds/{id}/extension": ["coordinator", "administrator"],
        "POST /rounds/{id}/late-entries": ["coordinator", "administrator"],
        "GET /programmes/{slug}": [],
        "GET /daycares": READERS_OF_INTAKE,
        "GET /daycare-table.csv": READERS_OF_INTAKE,
        "GET /daycare-table.xlsx": READERS_OF_INTAKE,
        "GET /daycare-table": READERS_OF_INTAKE,
        "POST /daycare-table": READERS_OF_INTAKE,
        "POST /daycare-table/confirmation": READERS_OF_INTAKE,
        "GET /daycares/{id}": READERS_OF_INTAKE,
        "POST /daycares/{id}/end": STAFF,
        "GET /gatherings": [],
        "GET /gatherings/{id}": [],
        "POST /gatherings/{id}/people": [],
        "POST /gatherings/{id}/registrations": [],
        "GET /gatherings/{id}/registrations": GATHERING_OFFICE,
        "GET /gatherings/{id}/registrations.csv": GATHERING_OFFICE,
        "GET /gatherings/{id}/registrations.xlsx": GATHERING_OFFICE,
        "POST /gatherings/{id}/cancellation": ARRANGERS,
        "GET /gatherings/{id}/change": GATHERING_OFFICE,
        "POST /gatherings/{id}/change": GATHERING_OFFICE,
        "GET /announce-gathering": ARRANGERS,
        "POST /announce-gathering": ARRANGERS,
        "GET /registrations/{token}": [],
        "POST /registrations/{token}/cancellation": [],
        "POST /registrations/{token}/confirmation": [],
        "POST /registrations/{token}/withdrawal": [],
        "POST /api/v1/registrations/{token}/confirmation": [],
        "POST /api/v1/registrations/{token}/withdrawal": [],
        "POST /registrations/{token}/acceptance": [],
        "POST /api/v1/registrations/{token}/acceptance": [],
        "GET /gatherings/{id}/attendance": GATHERING_OFFICE,
        "POST /gatherings/{id}/attendance": ARRANGERS,
        "GET /gatherings/{id}/materials": GATHERING_OFFICE,
        "POST /gatherings/{id}/materials": ARRANGERS,
        "GET /materials/{id}": [],
        "GET /interest-list": [],
        "POST /interest-list": [],
        "GET /interested-people": GATHERING_OFFICE,
        "GET /interests/{token}": [],
        "POST /interests/{token}/removal": [],
        "POST /interests/{token}/confirmation": [],
        "POST /interests/{token}/withdrawal": [],
        "POST /api/v1/interests/{token}/confirmation": [],
        "POST /api/v1/interests/{token}/withdrawal": [],
        "GET /newsletter": [],
        "POST /newsletter": [],
        "GET /newsletters": GATHERING_OFFICE,
        "POST /newsletters": GATHERING_OFFICE,
        "GET /newsletters/{id}": GATHERING_OFFICE,
        "POST /newsletters/{id}/release": GATHERING_OFFICE,
        "POST /newsletters/{id}/text": GATHERING_OFFICE,
        "GET /subscriptions/{token}": [],
        "POST /subscriptions/{token}/confirmation": [],
        "POST /subscriptions/{token}/removal": [],
        "POST /subscriptions/{token}/topics": [],
        "GET /unsubscribe/{token}": [],
        "POST /unsubscribe/{token}": [],
        "GET /api/v1/newsletters": GATHERING_OFFICE,
        "POST /api/v1/newsletters": GATHERING_OFFICE,
        "GET /api/v1/newsletters/{id}": GATHERING_OFFICE,
        "POST /api/v1/newsletters/{id}/release": GATHERING_OFFICE,
        "POST /api/v1/newsletters/{id}/text": GATHERING_OFFICE,
        "POST /api/v1/subscriptions": [],
        "GET /api/v1/subscriptions/{token}": [],
        "POST /api/v1/subscriptions/{token}/confirmation": [],
        "POST /api/v1/subscriptions/{token}/removal": [],
        "POST /api/v1/subscriptions/{token}/topics": [],
        "POST /api/v1/gatherings/{id}/attendance": ARRANGERS,
        "POST /api/v1/gatherings/{id}/follow-ups": ARRANGERS,
        "GET /api/v1/gatherings/{id}/materials": GATHERING_OFFICE,
        "POST /api/v1/gatherings/{id}/materials/{kind}": ARRANGERS,
        "GET /api/v1/interests": GATHERING_OFFICE,
        "POST /api/v1/interests": [],
        "GET /api/v1/interests/{token}": [],
        "POST /api/v1/interests/{token}/removal": [],
        "GET /api/v1/gatherings": [],
        "POST /api/v1/gatherings": ARRANGERS,
        "GET /api/v1/gatherings/{id}": [],
        "PUT /api/v1/gatherings/{id}": GATHERING_OFFICE,
        "GET /api/v1/gatherings/{id}/changes": GATHERING_OFFICE,
        "POST /api/v1/gatherings/{id}/cancellation": ARRANGERS,
        "GET /api/v1/gatherings/{id}/places": [],
        "POST /api/v1/gatherings/{id}/registrations": [],
        "GET /api/v1/gatherings/{id}/registrations": GATHERING_OFFICE,
        "GET /api/v1/registrations/{token}": [],
        "POST /api/v1/registrations/{token}/cancellation": [],
        "GET /api/v1/municipalities": [],
        "GET /api/v1/programmes": [],
        "GET /api/v1/rounds": [],
        "GET /api/v1/rounds/{id}": [],
        "POST /api/v1/rounds": ["coordinator", "administrator"],
    },
    "scheduling": PAGES
    | {
        "GET /courses/{id}": READERS_OF_COURSES,
        "POST /courses/{id}/phases/{phase}/completion": ["coordinator", "consultant"],
        "POST /courses/{id}/team": ["coordinator"],
        "GET /api/v1/consultants": ["coordinator", "consultant", "administrator"],
        "GET /api/v1/consultants/{id}": ["coordinator", "consultant", "administrator"],
        "POST /api/v1/consultants": ["coordinator", "administrator"],
        "POST /api/v1/consultants/{id}/hours": ["coordinator", "administrator"],
        "GET /capacity": READERS_OF_COURSES,
        "GET /consultants/{id}": ["coordinator", "consultant", "administrator"],
        "POST /consultants/{id}/hours": ["coordinator", "administrator"],
        "GET /api/v1/capacity": READERS_OF_COURSES,
        "GET /api/v1/courses": READERS_OF_COURSES,
        "GET /api/v1/courses/{id}": READERS_OF_COURSES,
        "POST /api/v1/courses/{id}/phases/{phase}/completion": ["coordinator", "consultant"],
        "POST /api/v1/courses/{id}/team": ["coordinator"],
    },
    "reporting": PAGES
    | {
        "GET /api/v1/courses/{id}/instruments": READERS_OF_REPORTS,
        "POST /api/v1/courses/{id}/observations": ["consultant"],
        "POST /api/v1/courses/{id}/surveys": ["consultant", "evaluator"],
        "GET /api/v1/pipeline": READERS_OF_REPORTS,
        "GET /api/v1/ways": READERS_OF_REPORTS,
    },
}
"""Who may call each route; an empty list is everybody."""


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def app(service: str) -> FastAPI:
    """The service's application over a database that answers nobody."""
    kernel = KernelSettings(
        environment="development", session_secret=SecretStr("not one to keep, since this is a test")
    )
    match service:
        case "intake":
            return intake.web.create(kernel, intake.settings.IntakeSettings(database_url=NOWHERE))
        case "scheduling":
            return scheduling.web.create(kernel, scheduling.settings.SchedulingSettings(database_url=NOWHERE))
        case _:
            return reporting.web.create(kernel, reporting.settings.ReportingSettings(database_url=NOWHERE))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False) as client:
        yield client


def routes(app: FastAPI) -> Iterator[tuple[str, str, Any]]:
    """Method, path and route of everything but static files; what answers GET answers HEAD alike."""
    for route in iter_route_contexts(app.routes):
        for method in sorted({*(route.methods or ())} - {"HEAD"}):
            yield method, str(route.path), route


def writes(app: FastAPI) -> list[tuple[str, str, list[str]]]:
    """Method, address and roles of every unsafe route of the API but signing in."""
    found = []
    for method, path, route in routes(app):
        if method in UNSAFE and path.startswith("/api/v1") and path != SIGN_IN:
            access = declared_access(route.dependant)
            assert access is not None
            address = path.replace("{id}", ID).replace("{phase}", "start")
            found.append((method, address, [role.value for role in Role if role in access.roles]))
    return found


def test_every_route_says_who_may_call_it(app: FastAPI) -> None:
    assert undeclared_routes(app) == []


def test_every_route_allows_those_it_should_and_nobody_else(service: str, app: FastAPI) -> None:
    allowed = {}
    for method, path, route in routes(app):
        access = declared_access(route.dependant)
        assert access is not None
        allowed[f"{method} {path}"] = [role.value for role in Role if role in access.roles]
    assert allowed == ALLOWED[service]


def test_the_api_description_lists_every_path(service: str, client: TestClient) -> None:
    answer = client.get("/api/openapi.json")
    paths = answer.json()["paths"]
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert {path: sorted(operations) for path, operations in paths.items()} == DESCRIBED[service]


def test_the_api_description_says_who_may_call_what(service: str, client: TestClient) -> None:
    described = {
        f"{method.upper()} {path}": (operation.get("x-roles", []), operation.get("security"))
        for path, operations in client.get("/api/openapi.json").json()["paths"].items()
        for method, operation in operations.items()
    }
    api = {route: roles for route, roles in ALLOWED[service].items() if route in described}
    assert described == {route: (roles, [{"session": []}] if roles else None) for route, roles in api.items()}


def test_every_operation_in_the_api_description_has_words_and_the_problems_it_answers_with(client: TestClient) -> None:
    document = client.get("/api/openapi.json").json()
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    unexplained = [
        f"{method} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if not operation.get("description")
        or (path.startswith("/api/v1") and operation["responses"].get("4XX", {}).get("content") != problem)
    ]
    assert unexplained == []
    assert document["components"]["schemas"]["Problem"]["required"] == ["type", "title", "status", "instance"]


def test_every_reference_in_the_api_description_leads_somewhere(client: TestClient) -> None:
    document = client.get("/api/openapi.json").json()
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert {*references(document)} - known == set()


def references(node: object) -> Iterator[str]:
    match node:
        case {"$ref": str(reference)}:
            yield reference
        case dict():
            for value in node.values():
                yield from references(value)
        case list():
            for value in node:
                yield from references(value)


def test_every_write_demands_an_idempotency_key(app: FastAPI, client: TestClient) -> None:
    answers = {}
    for method, address, roles in writes(app):
        for role in roles or [""]:
            signed_in = {"Authorization": f"Bearer {token(client, role)}"} if role else {}
            answer = client.request(method, address, headers=signed_in | {"If-Match": '"1"'}, json={})
            answers[method, address, role] = (answer.status_code, answer.json()["type"])
    assert set(answers.values()) == {(400, "/problems/idempotency-key-missing")}
    assert {(method, address) for method, address, _ in answers} == {write[:2] for write in writes(app)}


def test_every_write_is_refused_to_strangers_and_to_every_other_role(app: FastAPI, client: TestClient) -> None:
    tokens = {role: token(client, role) for role in PEOPLE}
    for method, address, roles in (write for write in writes(app) if write[2]):
        stranger = client.request(method, address, content=b"{", headers={"Idempotency-Key": "k"})
        assert (stranger.status_code, stranger.json()["type"]) == (401, "/problems/not-signed-in")
        for role in PEOPLE.keys() - {*roles}:
            headers = {"Authorization": f"Bearer {tokens[role]}", "Idempotency-Key": "k"}
            other = client.request(method, address, content=b"{", headers=headers)
            assert (other.status_code, other.json()["type"]) == (403, "/problems/role-not-allowed")
            assert other.json()["roles"] == roles


def test_no_write_of_the_api_is_done_by_a_cookie(app: FastAPI, client: TestClient) -> None:
    """A browser sends it along whoever has made it ask; what a page sends proves itself by the token of its form."""
    answers = {}
    for role in PEOPLE:
        client.cookies.clear()
        form = re.search(r'name="_csrf" value="([^"]+)"', client.get("/sign-in").text)
        assert form is not None
        client.post("/sign-in", data={"_csrf": form[1], "name": PEOPLE[role]})
        for method, address, roles in writes(app):
            if role in roles:
                answer = client.request(method, address, headers={"Idempotency-Key": "k", "If-Match": '"1"'}, json={})
                answers[method, address, role] = (answer.status_code, answer.json()["type"])
    assert set(answers.values()) == {(401, "/problems/not-signed-in")}
    assert {key[:2] for key in answers} == {write[:2] for write in writes(app) if write[2]}
    assert client.get("/sessions").status_code == 200


def token(client: TestClient, role: str) -> str:
    return str(client.post(SIGN_IN, json={"name": PEOPLE[role]}).json()["token"])


def test_the_api_description_demands_a_key_for_every_write_and_for_nothing_else(client: TestClient) -> None:
    demanded, written = set(), set()
    for path, operations in client.get("/api/openapi.json").json()["paths"].items():
        for method, operation in operations.items():
            headers = {each["name"] for each in operation.get("parameters", []) if each["in"] == "header"}
            if "Idempotency-Key" in headers:
                demanded.add((method, path))
            if method.upper() in UNSAFE and path != SIGN_IN:
                written.add((method, path))
    assert demanded == written


def test_the_api_description_demands_a_version_for_every_change(service: str, client: TestClient) -> None:
    demanded = {
        path
        for path, operations in client.get("/api/openapi.json").json()["paths"].items()
        for operation in operations.values()
        if "If-Match" in {each["name"] for each in operation.get("parameters", []) if each["in"] == "header"}
    }
    assert demanded == CHANGES[service]


def test_whoever_uses_a_method_that_is_not_taken_is_told_which_are(app: FastAPI, client: TestClient) -> None:
    taken: dict[str, set[str]] = {}
    for method, path, _ in routes(app):
        taken.setdefault(path.replace("{id}", ID).replace("{phase}", "start").replace("{slug}", "x"), set()).add(method)
    told = {}
    for address in taken:
        answer = client.request("PATCH", address)
        assert answer.status_code == 405
        told[address] = {*answer.headers["Allow"].split(", ")} - {"HEAD"}
    assert told == taken


INSTEAD = {
    "/applications/{id}/clarifications/{clarification_id}/answer": "/applications/{id}/clarifications",
    "/courses/{id}/phases/{phase}/completion": "/courses/{id}",
    "/daycare-table/confirmation": "/daycare-table",
    "/drafts": "/apply",
    "/drafts/{id}/attachments/{attachment_id}/removal": "/drafts/{id}",
    "/gatherings/{id}/people": "/gatherings/{id}",
    "/gatherings/{id}/registrations": "/gatherings/{id}",
    "/operations/failed-mails/retry": "/operations/mail",
    "/operations/failure-groups/retry": "/operations/failures",
    "/operations/mails/{id}/retry": "/operations/mail",
    "/sign-out": "/",
}
"""Where people get to who open the address of a form, where that is not the page right above it."""


def test_whoever_opens_the_address_of_a_form_gets_to_its_page(app: FastAPI, client: TestClient) -> None:
    methods: dict[str, set[str]] = {}
    for method, path, _ in routes(app):
        methods.setdefault(path, set()).add(method)
    forms = {path for path, taken in methods.items() if taken == {"POST"} and not path.startswith("/api/")}
    led, expected = {}, {}
    for path in forms:
        address = re.sub(r"{\w+}", ID, path)
        answer = client.get(address, headers={"Accept": "text/html"}, follow_redirects=False)
        led[path] = (answer.status_code, answer.headers.get("Location"))
        expected[path] = (303, re.sub(r"{\w+}", ID, INSTEAD.get(path, path.rpartition("/")[0])))
        told = client.get(address)
        assert (told.status_code, told.headers["Allow"]) == (405, "POST")
    assert led == expected


def test_what_is_for_some_roles_is_shown_to_no_stranger(app: FastAPI, client: TestClient) -> None:
    answers = {}
    for method, path, route in routes(app):
        access = declared_access(route.dependant)
        if method == "GET" and access is not None and access.roles:
            address = path.replace("{id}", ID)
            answers[path] = client.get(address).status_code
    assert set(answers.values()) == {401}


def test_there_is_a_persona_of_every_role() -> None:
    known = {choice.value: choice.roles for choice in LocalPersonas("development").begin("/")}
    assert {role: known[name] for role, name in PEOPLE.items()} == {role.value: (role,) for role in Role}
