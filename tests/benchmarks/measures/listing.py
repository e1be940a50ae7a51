"""The list of 10,000 applications, with filters and a search, as a caseworker opens it."""

import httpx
from benchmarks.bench import Bench, Contender
from benchmarks.children import Child
from benchmarks.measures.submission import first_application, intake
from benchmarks.outcomes import Measured, Run, Verdict

NAME = "list"
APPLICATIONS = 10_000
LOOKS = 500
PATHS = (
    "/applications",
    "/applications?status=submitted",
    "/applications?q=odense",
    "/applications?q=%C3%A6blehaven&status=waitlisted",
    "/applications?q=contact+99",
    "/applications?municipality=0390&page=20",
    "/applications?programme=short-course&page=150",
    "/applications?q=nothing+fits",
)
_SIDE = f"GET /applications of {APPLICATIONS:,}"


def measure(bench: Bench) -> Measured:
    sides = bench.take_turns(NAME, (Contender(_SIDE, lambda: _run(bench), ours=True),))
    side = sides[_SIDE]
    verdicts = (
        Verdict("list with filters and search, p50", side.median("p50 ms"), "ms"),
        Verdict("list with filters and search, p99", side.median("p99 ms"), "ms", at_most=100),
    )
    return Measured(NAME, (side,), verdicts)


def _run(bench: Bench) -> Run:
    with bench.servers.place() as place, intake(bench, place) as (server, port):
        first_application(bench, place, port)
        with Child("copies", "asking.copies", place, APPLICATIONS) as copies:
            copies.outcome(bench.plan.longest)
        session = _session(port)
        with Child("caseworker", "asking.lists", place, LOOKS, port=port, session=session, paths=PATHS) as looking:
            outcome = looking.outcome(bench.plan.longest, beside=[server])
        server.stop()
    return Run(dict(outcome.figures or {}), {"server": server.peak})


def _session(port: int) -> str:
    """The token of a caseworker, which is also what the browser's cookie holds."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", trust_env=False) as http:
        return str(http.post("/sign-in", json={"name": "clara"}).raise_for_status().json()["token"])
