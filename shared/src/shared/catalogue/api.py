"""Serves the contracts of all services: an index, and the JSON Schema of every event version."""

from functools import cache
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from shared.catalogue.schemas import INDEX, index, schema_of
from shared.contracts.published import PUBLISHED
from shared.errors import Problem
from shared.web.access import public

router = APIRouter(include_in_schema=False, dependencies=[public])


@router.get(INDEX)
async def list_contracts() -> Response:
    """Every event version and where its schema is."""
    return JSONResponse(index())


@router.get(INDEX + "{routing_key}.json")
async def read_contract(routing_key: str) -> Response:
    """The schema of one event version's data; the `dataschema` of every envelope leads here."""
    schema = _schemas().get(routing_key)
    if schema is None:
        raise Problem("not-found", 404)
    return JSONResponse(schema, media_type="application/schema+json")


@cache
def _schemas() -> dict[str, dict[str, Any]]:
    return {event.routing_key(): schema_of(event) for event in PUBLISHED.values()}
