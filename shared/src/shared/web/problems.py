"""Answers every error as an RFC 9457 problem: as JSON for programs, as a page for people."""

import json
from collections.abc import Mapping
from math import ceil
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from opentelemetry import trace
from opentelemetry.trace import Status, StatusCode
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import NotFound, NotNow, Problem, Refused, Stale, Text
from shared.inputs.validation import described_errors, told_to_people
from shared.outages import code_of, is_outage
from shared.stacks import stack_of
from shared.web.access import methods_of
from shared.web.kernel import WebKernel, kernel_of, language_of
from shared.web.local_paths import address_asked
from shared.web.media_types import is_live, prefers_page
from shared.web.pages import render_page
from shared.web.preconditions import etag
from shared.web.returning import page_instead
from shared.web.security import tell_of
from shared.web.sign_in import sign_in_after
from shared.web.typed import carried_by, carry, may_see
from shared.web.ways_on import ways_on

_SLUGS_BY_STATUS = {
    400: "malformed-request",
    404: "not-found",
    405: "method-not-allowed",
    413: "body-too-large",
    415: "unsupported-media-type",
}
_log = structlog.get_logger("shared.web.problems")


def handle_problems(app: FastAPI) -> None:
    """Register the exception handlers of the application."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(Refused, _on_refused)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)


def respond(request: Request, problem: Problem) -> Response:
    """The problem as this caller wants it: an HTML page, a redirect to the sign-in page, or a problem document."""
    tell_of(request, problem)
    if not prefers_page(request):
        return _document(request, problem)
    if problem.status == 401:
        return _to_sign_in(request)
    return _page(request, problem)


class UnexpectedErrors:
    """Middleware around the routes and `SessionCare`: logs an exception that no handler takes, and answers without its
    details."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            problem = _problem_of(error, scope)
            if started:
                raise
            await _last_resort(Request(scope, receive), problem)(scope, receive, send)


def _problem_of(error: Exception, scope: Scope) -> Problem:
    """The problem for an unexpected exception, which is logged; an outage of the database is logged as a warning."""
    span = trace.get_current_span()
    span.set_status(Status(StatusCode.ERROR))
    span.set_attribute("error.type", type(error).__qualname__)
    # The route's pattern, not the address: an address may name a person.
    pattern = getattr(scope.get("route"), "path", None)
    if is_outage(error):
        _log.warning("database_away", method=scope["method"], route=pattern, code=code_of(error), stack=stack_of(error))
        return Problem("database-away", 503, headers={"Retry-After": "30"})
    _log.error("unexpected_error", method=scope["method"], route=pattern, stack=stack_of(error))
    return Problem("internal-error", 500)


def _last_resort(request: Request, problem: Problem) -> Response:
    try:
        return respond(request, problem)
    except Exception as error:
        _log.error("error_page_failed", stack=stack_of(error))
        return _document(request, problem)


async def _on_problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    await carry(request)
    return respond(request, problem)


async def _on_refused(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    await carry(request)
    return respond(request, as_problem(refused, request))


def as_problem(raised: Problem | Refused, request: Request) -> Problem:
    """An endpoint's exception as a problem."""
    return problem_of(raised, kernel_of(request)) if isinstance(raised, Refused) else raised


def problem_of(refused: Refused, kernel: WebKernel) -> Problem:
    """A refusal as an HTTP problem: with the status and sentence of its kind, and its facts as `parameters`."""
    kind = kernel.kinds.get(refused.slug)
    if kind is None:
        return Problem(refused.slug, 409, refused.said, headers=_headers(refused), **_members(refused, frozenset()))
    status = 404 if isinstance(refused, NotFound) else kind.status
    members = _members(refused, kind.own_members)
    return Problem(refused.slug, status, kind.detail_of(refused), headers=_headers(refused), **members)


def _members(refused: Refused, own: frozenset[str]) -> dict[str, object]:
    """The members of a refusal's problem document: its facts under `parameters`, and some on the top level."""
    members = {name: value for name, value in refused.parameters.items() if name in own}
    others = {name: value for name, value in refused.parameters.items() if name not in own}
    if others:
        members["parameters"] = others
    return members


def _headers(refused: Refused) -> dict[str, str]:
    match refused:
        case Stale():
            return {"ETag": etag(refused.current)}
        case NotNow():
            return {"Retry-After": str(max(1, ceil(refused.wait.total_seconds())))}
        case _:
            return {}


async def _on_invalid_request(request: Request, invalid: Exception) -> Response:
    assert isinstance(invalid, RequestValidationError)
    if any(error["type"] == "json_invalid" for error in invalid.errors()):
        return respond(request, Problem("malformed-json", 400))
    if prefers_page(request):
        return respond(request, _told_on_a_page(invalid))
    errors = described_errors(invalid.errors(), kernel_of(request).catalogue, language_of(request))
    return respond(request, Problem("invalid-request", 422, errors=errors))


def _told_on_a_page(invalid: RequestValidationError) -> Problem:
    """An invalid request, told to people: an invalid path counts as not found; otherwise, what is wrong without field
    names.

    A page's form shows errors at its own fields, so a request that comes here was not sent by an unchanged form.
    """
    errors = invalid.errors()
    if all(error["loc"][:1] == ("path",) for error in errors):
        return Problem("not-found", 404)
    return Problem("invalid-request", 422, errors=told_to_people(errors))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code < 400:
        return Response(status_code=error.status_code, headers=error.headers)
    slug = _SLUGS_BY_STATUS.get(error.status_code, f"http-{error.status_code}")
    if error.status_code == 400 and _came_from_json(error):
        slug = "malformed-json"
    headers = {**(error.headers or {})}
    if error.status_code == 405 and request.method == "GET" and prefers_page(request):
        # the browser reloads a page that answered a form, or opens a bookmark of one
        return RedirectResponse(page_instead(request), 303)
    if error.status_code == 405:
        headers["Allow"] = ", ".join(methods_of(request))
    return respond(request, Problem(slug, error.status_code, headers=headers))


def _came_from_json(error: HTTPException) -> bool:
    # Other errors than JSONDecodeError: bytes that are not UTF-8, too deep nesting, too long numbers.
    return isinstance(error.__cause__, UnicodeDecodeError | RecursionError | ValueError)


def _document(request: Request, problem: Problem) -> Response:
    kernel = kernel_of(request)
    language = language_of(request)
    members: dict[str, object] = {
        "type": f"/problems/{problem.slug}",
        "title": kernel.catalogue.translate(kernel.kinds.title_of(problem.slug, problem.status), language),
        "status": problem.status,
        "instance": request.url.path,
    }
    if problem.detail is not None:
        members["detail"] = kernel.catalogue.translate(problem.detail, language)
        members["texts"] = kernel.catalogue.in_every_language(problem.detail)
    extensions = _encoded(problem.extensions, kernel)
    body = json.dumps({**extensions, **members}, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, problem.status, problem.headers, "application/problem+json")


def _encoded(extensions: Mapping[str, object], kernel: WebKernel) -> dict[str, Any]:
    encoders: dict[Any, Any] = {Text: kernel.catalogue.in_every_language}
    encoded: dict[str, Any] = jsonable_encoder(dict(extensions), custom_encoder=encoders)
    return encoded


def _page(request: Request, problem: Problem) -> Response:
    kernel = kernel_of(request)
    kind = kernel.kinds.get(problem.slug)
    typed = carried_by(request)
    return render_page(
        request,
        "problem.html",
        status=problem.status,
        headers=problem.headers,
        title=kernel.kinds.title_of(problem.slug, problem.status),
        detail=problem.detail,
        explanation=kind.explanation if kind else None,
        errors=problem.extensions.get("errors", []),
        ways=ways_on(request, problem.status, kind.way if kind else None),
        carried=typed if typed and may_see(request, typed) else None,
    )


def _to_sign_in(request: Request) -> Response:
    if is_live(request) and request.method == "POST":
        # Typed text on the page has not been sent: the page stays, and its script says so.
        return Response(status_code=401, headers={"HX-Reswap": "none"})
    if is_live(request):
        # A part of a page cannot be replaced by the sign-in page: the whole page has to go there.
        return Response(status_code=204, headers={"HX-Redirect": "/sign-in"})
    if request.method != "GET":
        return sign_in_after(request, carried_by(request))
    return RedirectResponse(_sign_in_address(request), 303)


def _sign_in_address(request: Request) -> str:
    return f"/sign-in?next={quote(address_asked(request), safe='/')}"
