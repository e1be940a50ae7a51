"""The operators' API of one service, spoken as somebody who has signed in."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4

import httpx

from praksis.errors import CommandError, Unreachable, WrongUsage
from praksis.over_http import client_for
from praksis.settings import Settings, host_of

ANSWER_WITHIN = 10
"""Seconds for what is asked."""
DONE_WITHIN = 30
"""Seconds for what is done: a group may be large."""
TELLS_WITHIN = 5.0
"""Seconds for who it is."""
ATTEMPTS = 2
"""A write whose answer was lost is sent again under the same key, so that it is done once."""


class OperationsApi:
    """One service. Every method raises `CommandError` with the sentence of the problem that the service answers with,
    and `Unreachable` where there is no answer."""

    def __init__(self, settings: Settings, service: str, persona: str | None) -> None:
        """`persona` is whom to be in development; else `PRAKSIS_TOKEN` says who is asking. Raises `WrongUsage`, and
        `Unreachable` where another service answers: its failures would be taken for those of this one."""
        self._service = service
        self._url = settings.web_url(service)
        self._client = client_for(self._url, ANSWER_WITHIN, **{"Accept-Language": "en", "Accept": "application/json"})
        self._require_own()
        self._client.headers["Authorization"] = f"Bearer {self._token(settings, persona)}"

    def failures(self, wanted: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Everything that has failed and is wanted, the oldest first."""
        answer = self._get("failures", wanted)
        yield from answer.json()
        while following := answer.links.get("next"):
            answer = self._get_at(httpx.URL(following["url"]).raw_path.decode(), {})  # never to another host
            yield from answer.json()

    def failure(self, id: UUID) -> dict[str, Any]:
        """One failure with what arrived."""
        found: dict[str, Any] = self._get(f"failures/{id}").json()
        return found

    def groups(self) -> list[dict[str, Any]]:
        """The failures by what they have in common."""
        found: list[dict[str, Any]] = self._get("failure-groups").json()
        return found

    def interventions(self, event_id: str) -> list[dict[str, Any]]:
        """What operators have done about an event, the latest first."""
        found: list[dict[str, Any]] = self._get("interventions", {"event_id": event_id}).json()
        return found

    def retry(self, id: UUID) -> None:
        """Have the event tried again at once."""
        self._post(f"failures/{id}/retry")

    def retry_group(self, type: str | None, reason: str, *, outgoing: bool) -> int:
        """Have everything tried again that failed alike; returns how many events that are."""
        body = {"outgoing": outgoing, "type": type, "reason": reason}
        retried: int = self._post("failure-groups/retry", body).json()["retried"]
        return retried

    def edit(self, id: UUID, version: int, data: object, reason: str) -> dict[str, Any]:
        """Give the event of this version other data; returns what it is now."""
        headers = {"If-Match": f'"{version}"'}
        edited: dict[str, Any] = self._post(f"failures/{id}/edit", {"data": data, "reason": reason}, headers).json()
        return edited

    def discard(self, id: UUID, reason: str) -> None:
        """Give the event up for good."""
        self._post(f"failures/{id}/discard", {"reason": reason})

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> httpx.Response:
        return self._get_at(f"/api/v1/operations/{path}", query or {})

    def _get_at(self, path: str, query: Mapping[str, str]) -> httpx.Response:
        return self._answer(self._client.build_request("GET", path, params=query or None))

    def _post(self, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> httpx.Response:
        sent = {"Idempotency-Key": str(uuid4()), **(headers or {})}
        request = self._client.build_request("POST", f"/api/v1/operations/{path}", json=body, headers=sent)
        request.extensions["timeout"] = httpx.Timeout(DONE_WITHIN).as_dict()
        return self._answer(request, attempts=ATTEMPTS)

    def _answer(self, request: httpx.Request, attempts: int = 1) -> httpx.Response:
        try:
            answer = self._client.send(request)
        except httpx.ConnectError:
            raise self._unreachable("cannot be reached") from None
        except httpx.TransportError as error:
            if attempts > 1:
                return self._answer(request, attempts - 1)
            if isinstance(error, httpx.TimeoutException):
                seconds = request.extensions["timeout"]["read"]
                raise self._unreachable(f"has not answered within {seconds} seconds") from None
            raise self._unreachable("has not answered") from None
        if not answer.is_success:
            raise self._refusal(answer)
        if not answer.headers.get("Content-Type", "").startswith("application/json"):
            raise self._no_praksis(answer)
        return answer

    def _token(self, settings: Settings, persona: str | None) -> str:
        if persona is not None:
            return self._sign_in(persona)
        if settings.token is None:
            raise WrongUsage("Nobody has signed in: set PRAKSIS_TOKEN or, in development, name a persona with --as.")
        token = settings.token.get_secret_value().strip()
        if not (token.isascii() and token.isprintable()) or " " in token:
            raise WrongUsage("PRAKSIS_TOKEN is no token.")
        return token

    def _require_own(self) -> None:
        try:
            # Not kept open: whoever answers may close it while the next question is on its way.
            closing = {"Connection": "close"}
            told = self._client.get("/health/live", timeout=TELLS_WITHIN, headers=closing).json()["service"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return  # what is wrong there, the question itself will show
        if told != self._service:
            raise self._unreachable(f"is {told}")

    def _sign_in(self, persona: str) -> str:
        try:
            answer = self._answer(self._client.build_request("POST", "/api/v1/sign-in", json={"name": persona}))
        except NoSuchThing:
            raise CommandError(
                f"{self._service} lets nobody in by name: it is not in development. Set PRAKSIS_TOKEN instead of --as."
            ) from None
        return str(answer.json()["token"])

    def _unreachable(self, how: str) -> Unreachable:
        where = f"PRAKSIS_{self._service.upper()}_URL says where."
        return Unreachable(f"{self._service} at {host_of(self._url)} {how}. Is it running there? {where}")

    def _no_praksis(self, answer: httpx.Response) -> Unreachable:
        return self._unreachable(f"answers with {answer.status_code}, but not as Praksis does")

    def _refusal(self, answer: httpx.Response) -> CommandError:
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            return CommandError(f"{self._service} does not know the token in PRAKSIS_TOKEN, or it has run out.")
        if answer.status_code in (
            httpx.codes.BAD_GATEWAY,
            httpx.codes.SERVICE_UNAVAILABLE,
            httpx.codes.GATEWAY_TIMEOUT,
        ):
            return self._unreachable(f"answers with {answer.status_code}")
        if answer.headers.get("Content-Type") != "application/problem+json":
            return self._no_praksis(answer)
        kind = NoSuchThing if answer.status_code == httpx.codes.NOT_FOUND else Refusal
        return kind(f"{self._service}: {_sentence_of(answer.json())}")


class Refusal(CommandError):
    """The service says no."""


class NoSuchThing(Refusal):
    """The service has no such thing."""


def _sentence_of(problem: Mapping[str, Any]) -> str:
    """A problem document in words: its title, its detail, and each field that is not valid."""
    lines = [f"{problem['title']}. {problem.get('detail', '')}".strip()]
    lines += [
        f"  {error['pointer'].strip('/') or error['in']}: {error['message']}" for error in problem.get("errors", ())
    ]
    return "\n".join(lines)
