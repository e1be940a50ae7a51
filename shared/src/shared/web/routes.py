"""Routes with a unit of work: it is committed when the endpoint returns, and rolled back when it raises."""

import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute

from shared.errors import Problem, Refused
from shared.storage import full_storage_is_told
from shared.web.access import declared_access
from shared.web.description import PROBLEM_RESPONSES, described_operation
from shared.web.form_token import check_form_token
from shared.web.guessing import guessing
from shared.web.idempotency import answer_once
from shared.web.kernel import kernel_of
from shared.web.pages import render_page
from shared.web.preconditions import if_match
from shared.web.problem_kinds import UNSENT
from shared.web.problems import as_problem
from shared.web.returning import form_again, keep_typed
from shared.web.security import tell_of
from shared.web.sent_form import form_of
from shared.web.typed import AGAIN, acknowledge, carried_by, carry
from shared.work import UnitOfWork

Answer = Callable[[Request], Coroutine[Any, Any, Response]]

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


async def _work_of(request: Request) -> UnitOfWork:
    # a plain function would be called in a thread of its own
    work: UnitOfWork = request.state.work
    return work


Work = Annotated[UnitOfWork, Depends(_work_of)]
"""The unit of work of this request. The route commits it; an endpoint never does."""


class ApiRoute(APIRoute):
    """JSON in and out. Writes need an `Idempotency-Key` and a bearer token; a cookie is not accepted for them."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        access = declared_access(self.dependant)
        described = described_operation(
            writes=bool(_WRITES & (self.methods or set())),
            changes=any(dependency.call is if_match for dependency in self.dependant.dependencies),
            roles=access.roles if access else frozenset(),
        )
        self.openapi_extra = {**described, **(self.openapi_extra or {})}

    def get_route_handler(self) -> Answer:
        answer = _guessing_counts(self, super().get_route_handler())
        takes_json = self.body_field is not None

        async def handle(request: Request) -> Response:
            if request.method not in _WRITES:
                return await _commit_what_returns(request, answer)
            if takes_json:
                await _require_json(request)
            async with kernel_of(request).database.work() as work:
                request.state.work = work
                return await answer_once(request, work, answer)

        return _access_first(self, handle)


class PageRoute(APIRoute):
    """HTML out, forms in. A form must carry the CSRF token of the session in which it was shown.

    When an endpoint refuses a form, its page comes back with what was typed.
    """

    is_page = True

    def get_route_handler(self) -> Answer:
        answer = _guessing_counts(self, super().get_route_handler())

        async def handle(request: Request) -> Response:
            if request.method not in _WRITES:
                return await _commit_what_returns(request, answer)
            await check_form_token(request)
            await keep_typed(request)
            await carry(request)
            if AGAIN in await form_of(request):
                return await _show_again(request, self, answer)
            try:
                response = await _commit_what_returns(request, answer)
            except (Problem, Refused) as refused:
                problem = as_problem(refused, request)
                again = await form_again(request, self, problem)
                if again is None:
                    raise
                tell_of(request, problem)
                return again
            await acknowledge(request, response)
            return response

        return _access_first(self, handle)


class LinkRoute(APIRoute):
    """For POSTs of programs that know nothing but the address, whose token is the proof (RFC 8058).

    There is no CSRF token: another site could only cause such a request if it knew the address, and everybody who knows
    it may send it. Cookies are ignored, so nothing is done in a person's name.
    """

    def get_route_handler(self) -> Answer:
        answer = _guessing_counts(self, super().get_route_handler())

        async def handle(request: Request) -> Response:
            return await _commit_what_returns(request, answer)

        return _access_first(self, handle)


def link_router() -> APIRouter:
    """A router of `LinkRoute`s, left out of the OpenAPI document."""
    return APIRouter(route_class=LinkRoute, include_in_schema=False)


def api_router(prefix: str = "", tags: list[str] | None = None) -> APIRouter:
    """A router of `ApiRoute`s under `/api/v1`."""
    return APIRouter(
        prefix=f"/api/v1{prefix}", route_class=ApiRoute, tags=list(tags or []), responses=PROBLEM_RESPONSES
    )


def page_router(prefix: str = "") -> APIRouter:
    """A router of `PageRoute`s, left out of the OpenAPI document."""
    return APIRouter(prefix=prefix, route_class=PageRoute, include_in_schema=False)


async def _commit_what_returns(request: Request, answer: Answer) -> Response:
    with full_storage_is_told():
        return await _committed(request, answer)


async def _committed(request: Request, answer: Answer) -> Response:
    async with kernel_of(request).database.work() as work:
        request.state.work = work
        response = await answer(request)
        await work.commit()
        return response


async def _show_again(request: Request, route: APIRoute, answer: Answer) -> Response:
    """The page of a form with what was typed, or else the typed texts alone; the work is rolled back."""
    request.state.is_only_shown = True
    async with kernel_of(request).database.work() as work:
        request.state.work = work
        try:
            response = await answer(request)
        except (Problem, Refused):
            response = None
    if response is not None and response.status_code == 422 and hasattr(request.state, "was_shown"):
        return response
    again = await form_again(request, route, Problem(UNSENT.slug, UNSENT.status))
    return again or render_page(request, "unsent.html", status=422, carried=carried_by(request), next_path=None)


def _guessing_counts(route: APIRoute, answer: Answer) -> Answer:
    """Where the path has a token, rate-limit clients that send many wrong ones."""
    if "{token}" not in route.path:
        return answer

    async def counted(request: Request) -> Response:
        with guessing(request, request.path_params["token"]):
            return await answer(request)

    return counted


def _access_first(route: APIRoute, handle: Answer) -> Answer:
    """Check the caller before the body is read, so that strangers learn nothing from validation errors."""
    access = declared_access(route.dependant)

    async def checked(request: Request) -> Response:
        if access is not None:
            await access(request)
        with full_storage_is_told():
            return await handle(request)

    return checked


async def _require_json(request: Request) -> None:
    body = await request.body()
    if not body:
        return
    essence = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if essence != "application/json" and not (essence.startswith("application/") and essence.endswith("+json")):
        raise Problem("unsupported-media-type", 415)
    if not json.detect_encoding(body).startswith("utf-8"):
        raise Problem("malformed-json", 400)
