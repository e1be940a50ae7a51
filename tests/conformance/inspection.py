"""Requests to one operation after its description, and what is wrong with the answers."""

from collections.abc import Iterator, Mapping
from random import Random

from conformance.known import Known
from conformance.requests_drawn import Operation, Request, requests_to
from conformance.signed_in import Headers, SignedIn
from schemathesis import BaseSchema, Response
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi import checks

CHECKS: list[CheckFunction] = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
    checks.unsupported_method,
    checks.allow_header_conformance,
]
"""All but four. `positive_data_acceptance` knows nothing of refusals (409, 412) and is replaced by `_refused_as_unfit`.
`ensure_resource_availability` follows links, of which the documents have none: `_not_there` follows `Location`.
`use_after_free` needs a DELETE, and there is none. `ignored_auth` is what test_routes.py tests for every route."""

_UNFIT = {
    "/problems/invalid-request",
    "/problems/malformed-request",
    "/problems/malformed-json",
    "/problems/unsupported-media-type",
    "/problems/idempotency-key-missing",
    "/problems/idempotency-key-malformed",
    "/problems/if-match-missing",
    "/problems/if-match-malformed",
}
"""The problems that say: this is not what the description asks for. A fitting request may meet any other."""
_BEFORE_THE_SERVICE = _UNFIT | {
    "/problems/not-signed-in",
    "/problems/role-not-allowed",
    "/problems/method-not-allowed",
    "/problems/idempotency-key-reused",
}
"""The problems that the frame answers with; the operation has then not been asked."""
_ENDS_SESSIONS = {"/api/v1/sign-out", "/api/v1/sign-out-everywhere", "/api/v1/ended-sessions"}


class Inspection:
    """Asks as each role in turn. `excused` are the operations and places where a description cannot say it all."""

    def __init__(self, schema: BaseSchema, people: SignedIn, known: Known, excused: Mapping[str, str]) -> None:
        self._schema = schema
        self._people = people
        self._known = known
        self._excused = excused

    def of(self, operation: Operation) -> list[str]:
        """What is wrong with the operation, each kind of fault once with a request that shows it."""
        wrong: dict[str, str] = {}
        reached = False
        chance = Random(operation.label)
        roles = operation.definition.raw.get("x-roles", [])
        ends_sessions = operation.path in _ENDS_SESSIONS
        for number, case in enumerate(requests_to(self._schema, operation)):
            self._known.make_real(case, chance)
            if ends_sessions:
                self._people.sign_in()
            caller = self._people.turn(number, roles)
            response = case.call(headers=caller)
            reached = reached or response.status_code < 400 or _type(response) not in _BEFORE_THE_SERVICE
            for title, what in self._faults(case, response, caller):
                wrong.setdefault(title, f"{title}: {what}\n{_exchange(response)}")
        if ends_sessions:
            self._people.sign_in()
        return [*wrong.values(), *([] if reached else ["No request was one that the operation could answer."])]

    def _faults(self, case: Request, response: Response, caller: Headers) -> Iterator[tuple[str, str]]:
        try:
            case.validate_response(response, checks=CHECKS, headers=caller)
        except FailureGroup as group:
            for failure in group.exceptions:
                yield str(getattr(failure, "title", "Failure")), str(failure)
        except Failure as failure:
            yield failure.title, str(failure)
        if self._refused_as_unfit(case, response):
            yield "What fits is said to be unfit", ""
        if self._not_there(response, caller):
            yield "What was created is not there", ""

    def _refused_as_unfit(self, case: Request, response: Response) -> bool:
        assert case.meta is not None
        if response.status_code < 400 or not case.meta.generation.mode.is_positive or _type(response) not in _UNFIT:
            return False
        places = [f"{case.operation.label} {error['pointer']}" for error in response.json().get("errors", [])]
        return not places or not all(place.startswith(tuple(self._excused)) for place in places)

    def _not_there(self, response: Response, caller: Headers) -> bool:
        created = response.headers.get("location", []) if response.status_code == 201 else []
        return any(self._people.status(address, caller) != 200 for address in created)


def _type(response: Response) -> str | None:
    is_problem = response.headers.get("content-type") == ["application/problem+json"]
    return response.json()["type"] if is_problem else None


def _exchange(response: Response) -> str:
    sent = response.request
    body = repr(sent.body)[:500]
    return f"{sent.method} {sent.url}\n{dict(sent.headers)}\n{body}\n{response.status_code} {response.text[:500]}\n"
