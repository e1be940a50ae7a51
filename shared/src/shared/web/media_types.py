"""Content negotiation: whether the caller wants an HTML page or JSON."""

from collections.abc import Iterator

from starlette.requests import HTTPConnection


def prefers_page(request: HTTPConnection) -> bool:
    """Whether `Accept` names HTML with at least the quality of JSON. Never under `/api`."""
    if request.url.path.startswith("/api/"):
        return False
    qualities = dict(weighted(request.headers.get("Accept", "")))
    html = qualities.get("text/html", 0.0)
    json = max(qualities.get("application/json", 0.0), qualities.get("application/problem+json", 0.0))
    return html > 0 and html >= json


def is_live(request: HTTPConnection) -> bool:
    """Whether htmx requests a part of the page that is open."""
    return "HX-Request" in request.headers


def weighted(header: str) -> Iterator[tuple[str, float]]:
    """The values of an `Accept…` header with their qualities; an invalid quality counts as 0."""
    for part in header.split(","):
        value, *parameters = [piece.strip().lower() for piece in part.split(";")]
        if value:
            yield value, _quality(parameters)


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
