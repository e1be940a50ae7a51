"""schemathesis reads each API description, asks what it describes, and holds every answer against it.

What it asks is the same in every run, whichever process asks: a part has a service of its own, filled anew, and the
operations of a part come in the order of the description. `CONFORMANCE=long` asks each operation many hundred times.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
import schemathesis
from conformance.built import built
from conformance.filled import FILLED, Shown
from conformance.inspection import Inspection
from conformance.known import Known
from conformance.parts import PARTS, Part
from conformance.signed_in import SignedIn
from conformance.size import LONG
from fastapi import FastAPI
from schemathesis.core.result import Ok
from schemathesis.python import asgi
from service_under_test import ServiceUnderTest

from shared.settings import KernelSettings
from shared.web import guesses

EXCUSED = {
    "POST /api/v1/operations/failures/{id}/edit /data": "what an event's data must be depends on the type of the event",
    "POST /api/v1/daycares ": "that the oldest children are no younger than the youngest binds two fields",
}
"""What may be refused as unfit although the description allows it, by operation and place in the body, and why."""


@pytest.fixture(params=PARTS, ids=str)
def part(request: pytest.FixtureRequest) -> Part:
    assert isinstance(request.param, Part)
    return request.param


@pytest.fixture
def build(
    part: Part, kernel_settings: KernelSettings, database_url: Callable[[str], str], tmp_path: Path
) -> Callable[[], FastAPI]:
    """Builds the application, once for each event loop that it runs in."""
    url = database_url(part.service)
    return lambda: built(part.service, kernel_settings, url, tmp_path / "attachments")


@pytest.fixture
async def shown(part: Part, build: Callable[[], FastAPI], kernel_settings: KernelSettings) -> Shown:
    async with ServiceUnderTest(build(), kernel_settings) as service:
        return await FILLED[part.service](service)


@pytest.mark.timeout(0 if LONG else 1200)
def test_every_answer_is_as_the_api_description_says(
    part: Part,
    build: Callable[[], FastAPI],
    shown: Shown,
    subtests: pytest.Subtests,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guesses, "WRONG", replace(guesses.WRONG, most=1_000_000))  # most links that are sent are none
    app = build()
    with asgi.get_client(cast(asgi.ASGIApp, app)) as client:
        schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, config=_configuration())
        people = SignedIn(client)
        inspection = Inspection(schema, people, Known(schema.raw_schema, shown, people), EXCUSED)
        asked = 0
        for described in schema.get_all_operations():
            assert isinstance(described, Ok)
            operation = described.ok()
            if part.has(operation.path):
                asked += 1
                with subtests.test(operation.label):
                    wrong = inspection.of(operation)
                    assert not wrong, "\n".join(wrong)
        assert asked, "a part of the description that nothing belongs to"
    asgi.shutdown_lifespans()


def _configuration() -> schemathesis.Config:
    refused = ["400", "401", "403", "404", "405", "409", "413", "415", "422", "428"]
    # 413: what is too long for its field may be too long to be read at all.
    headers = ["400", "401", "403", "415", "422", "428"]
    # 428: the version that a change rests on is missing.
    return schemathesis.Config.from_dict(
        {
            "seed": 1,
            "analysis": {"constants": {"enabled": False}},  # they depend on which other tests have been imported
            "generation": {"deterministic": True, "with-security-parameters": False},  # people have their own tokens
            "checks": {
                "negative_data_rejection": {"expected-statuses": refused},
                "missing_required_header": {"expected-statuses": headers},
            },
        }
    )
