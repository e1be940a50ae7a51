"""Completes the OpenAPI document with what FastAPI does not read from endpoints: problems, header fields and roles."""

from typing import Any

from fastapi import FastAPI

from shared.identity import Role
from shared.inputs.text_patterns import NO_CONTROLS

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "instance"],
    "properties": {
        "type": {
            "type": "string",
            "description": "`/problems/<slug>`, whose slug is stable and whose page explains it.",
        },
        "title": {"type": "string", "description": "What this kind of problem is called, in the caller's language."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong this time, in the caller's language."},
        "instance": {"type": "string"},
        "texts": {
            "type": "object",
            "description": "`detail` in every language.",
            "additionalProperties": {"type": "string"},
        },
    },
    "additionalProperties": True,
}
PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "A problem (RFC 9457)",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
_IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Chosen by the caller. The same request with the same key has its effect once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}


_IF_MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The `ETag` of what the caller has seen. If it has changed meanwhile, the answer is 412.",
    "schema": {"type": "string", "pattern": '^"(0|[1-9][0-9]{0,9})"$'},
}


def described_operation(*, writes: bool, changes: bool, roles: frozenset[Role]) -> dict[str, Any]:
    """The additions to one operation; `changes` says that it needs an `If-Match`."""
    extra: dict[str, Any] = {}
    if writes:
        extra["parameters"] = [_IDEMPOTENCY_KEY, *([_IF_MATCH] if changes else [])]
    if roles:
        extra["security"] = [{"session": []}]
        extra["x-roles"] = [role.value for role in Role if role in roles]
    return extra


def describe(app: FastAPI) -> dict[str, Any]:
    """The whole OpenAPI document."""
    document = dict(app.openapi())
    document["paths"] = {path: _described(operations) for path, operations in document["paths"].items()}
    components = {**document.get("components", {})}
    components["schemas"] = {**components.get("schemas", {}), "Problem": _PROBLEM}
    components["securitySchemes"] = {"session": {"type": "http", "scheme": "bearer", "description": "A session token."}}
    return {**document, "components": components}


def _described(operations: dict[str, Any]) -> dict[str, Any]:
    return {
        method: {**operation, "parameters": [_without_controls(each) for each in operation["parameters"]]}
        if "parameters" in operation
        else operation
        for method, operation in operations.items()
    }


def _without_controls(parameter: dict[str, Any]) -> dict[str, Any]:
    """Add a pattern without control characters, since `RequestLimits` refuses them in every address."""
    free = parameter["in"] in ("path", "query") and parameter["schema"].get("type") == "string"
    if not free or {"pattern", "format", "enum", "const"} & parameter["schema"].keys():
        return parameter
    return {**parameter, "schema": {**parameter["schema"], "pattern": NO_CONTROLS}}
