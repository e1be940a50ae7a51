"""Somebody who applies again and again, and looks when each application has reached the pipeline."""

import asyncio
import time
from math import ceil
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
from benchmarks.child import Outcome, Parent, Task

from local.story import cast

WARM_UP = 50
"""Requests before those that count."""
_PATIENCE = 30.0
"""Seconds after which an application that has not become visible is a failure."""
_TELL_WHAT_BECOMES_VISIBLE = """
create or replace function reporting.bench_tell() returns trigger language plpgsql as
$$ begin perform pg_notify('bench_visible', new.application_id::text); return new; end $$;
create or replace trigger bench_tell after insert on reporting."case"
for each row execute function reporting.bench_tell();
"""


class Visible:
    """Hears, at the commit that makes it so, which applications the pipeline shows."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._seen: dict[str, asyncio.Future[float]] = {}

    async def listen(self) -> None:
        await self._connection.execute(_TELL_WHAT_BECOMES_VISIBLE)
        await self._connection.add_listener(
            "bench_visible", lambda *heard: self._when(heard[-1]).set_result(time.monotonic())
        )

    async def moment(self, application: str) -> float:
        """When it became visible, which may be before its answer has come."""
        return await asyncio.wait_for(self._when(application), _PATIENCE)

    def _when(self, application: str) -> asyncio.Future[float]:
        return self._seen.setdefault(application, asyncio.get_running_loop().create_future())


class Applicant:
    """The leader of a private daycare, signed in."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._wish: dict[str, Any] = {}

    async def sign_in(self) -> None:
        """Sign in, make the daycare known, and wait until there are programmes."""
        answer = await self._http.post("/api/v1/sign-in", json={"name": cast.LEADER})
        self._http.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['token']}"
        self._wish = cast.short_course(await self._daycare(), hours=20)
        async with asyncio.timeout(_PATIENCE):
            while not any(each["slug"] == self._wish["programme"] for each in await self._get("programmes")):
                await asyncio.sleep(0.1)

    async def apply(self) -> str:
        """Send an application and return its id."""
        return await self._post("applications", self._wish)

    async def _daycare(self) -> str:
        for known in await self._get("daycares"):
            if known["p_number"] == cast.PRIVATE["p_number"]:
                return str(known["id"])
        return await self._post("daycares", cast.PRIVATE)

    async def _get(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self._http.get(f"/api/v1/{path}")).raise_for_status().json()
        return found

    async def _post(self, path: str, body: Any) -> str:
        answer = await self._http.post(f"/api/v1/{path}", json=body, headers={"Idempotency-Key": str(uuid4())})
        return str(answer.raise_for_status().json()["id"])


async def apply_again_and_again(task: Task, parent: Parent) -> Outcome:
    """`events` requests at a steady rate, whether the earlier ones are answered or not; tells the delays in ms."""
    every = 1 / task.options["per_second"]
    listening = await asyncpg.connect(task.place.admin_url)
    visible = Visible(listening)
    await visible.listen()
    async with httpx.AsyncClient(base_url=task.options["intake_url"], trust_env=False, timeout=_PATIENCE) as http:
        applicant = Applicant(http)
        await applicant.sign_in()
        began = time.monotonic()
        async with asyncio.TaskGroup() as under_way:
            requests = []
            for number in range(WARM_UP + task.events):
                await asyncio.sleep(max(0.0, began + number * every - time.monotonic()))
                requests.append(under_way.create_task(_delay(applicant, visible)))
    ended = time.monotonic()
    await listening.close()
    return Outcome(began, ended, _figures([request.result() for request in requests[WARM_UP:]]))


async def _delay(applicant: Applicant, visible: Visible) -> float:
    sent = time.monotonic()
    return (await visible.moment(await applicant.apply()) - sent) * 1000


def _figures(delays: list[float]) -> dict[str, float]:
    delays.sort()
    return {"p50 ms": _quantile(delays, 0.5), "p99 ms": _quantile(delays, 0.99), "longest ms": delays[-1]}


def _quantile(ordered: list[float], part: float) -> float:
    """The smallest delay that so large a part of all does not exceed."""
    return ordered[max(0, ceil(part * len(ordered)) - 1)]
