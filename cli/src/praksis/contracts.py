"""What the services promise each other and everybody who listens, as files."""

from importlib.metadata import version
from pathlib import Path

import intake.worker
import reporting.worker
import scheduling.worker
from shared.catalogue.asyncapi import asyncapi_of
from shared.catalogue.schemas import write_document, write_schemas

HANDLERS = {
    "intake": intake.worker.handlers,
    "scheduling": scheduling.worker.handlers,
    "reporting": reporting.worker.handlers,
}


def export(folder: Path) -> list[Path]:
    """Write `contracts/`, the schema of every event, and `asyncapi/`, a description per service. Raises `OSError`."""
    return [*write_schemas(folder), *write_descriptions(folder / "asyncapi")]


def write_descriptions(folder: Path) -> list[Path]:
    """Write the AsyncAPI document of every service. Raises `OSError`."""
    return [
        write_document(
            folder / f"{service}.json", asyncapi_of(service, handlers, version=version(f"praksis-{service}"))
        )
        for service, handlers in HANDLERS.items()
    ]
