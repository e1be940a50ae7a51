"""Applications per second through the API, against a bare server that writes the same rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from benchmarks.bench import Bench, Contender
from benchmarks.children import Child
from benchmarks.outcomes import RATE, Measured, Run, ratio
from benchmarks.places import Place

from local.ports import free_port
from local.story import cast

NAME = "submission"
MOST = 3_000
"""Applications per run: enough for some seconds on a slow machine."""
_OURS = "Praksis: POST /api/v1/applications"
_BARE = "Starlette + asyncpg, the same inserts"


def measure(bench: Bench) -> Measured:
    sides = bench.take_turns(
        NAME,
        (
            Contender(_OURS, lambda: _run(bench, _OURS, ours=True), ours=True),
            Contender(_BARE, lambda: _run(bench, _BARE, ours=False)),
        ),
    )
    verdicts = (ratio("API against the bare server", sides[_OURS], sides[_BARE], 0.5),) if _BARE in sides else ()
    return Measured(NAME, tuple(sides.values()), verdicts)


def _run(bench: Bench, name: str, *, ours: bool) -> Run:
    with bench.servers.place() as place:
        with intake(bench, place) as (server, port):
            token, wish = first_application(bench, place, port)
            if ours:
                return _load(bench, name, server, place, port, token, wish)
        port = free_port()
        with bench.child(name, "serving.bare", place, port=port) as server:
            server.wait_ready()
            return _load(bench, name, server, place, port, token, wish)


@contextmanager
def intake(bench: Bench, place: Place) -> Iterator[tuple[Child, int]]:
    """Intake's HTTP process on this place, ready, and its port."""
    port = free_port()
    with bench.child("intake", "serving.praksis", place, ours=True, port=port) as server:
        server.wait_ready()
        yield server, port


def first_application(bench: Bench, place: Place, port: int) -> tuple[str, dict[str, Any]]:
    """The token of an applicant who has applied once, and what they applied for."""
    bench.prepare("asking.first_application", place, port=port)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", trust_env=False) as http:
        token = http.post("/sign-in", json={"name": cast.LEADER}).raise_for_status().json()["token"]
        (daycare,) = http.get("/daycares", headers={"Authorization": f"Bearer {token}"}).raise_for_status().json()
    return token, cast.short_course(daycare["id"], hours=20)


def _load(bench: Bench, name: str, server: Child, place: Place, port: int, token: str, wish: dict[str, Any]) -> Run:
    count = min(MOST, bench.plan.events)
    with Child("applicants", "asking.submissions", place, count, port=port, token=token, wish=wish) as load:
        outcome = load.outcome(bench.plan.longest, beside=[server])
    server.stop()
    return Run({RATE: count / (outcome.ended - outcome.began)}, {"server": server.peak, "load": load.peak})
