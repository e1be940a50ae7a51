"""Health checks of an HTTP process: liveness and readiness."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from fastapi import APIRouter, Request

from shared.errors import Problem
from shared.web.access import public
from shared.web.description import PROBLEM_RESPONSES
from shared.web.kernel import kernel_of
from shared.web.static_files import StaticFolders

Check = Callable[[Request], Awaitable[None]]
"""A readiness check; raises if it fails."""

_LIMIT_IN_SECONDS = 2.0
_log = structlog.get_logger("shared.web.health")


def health_router(checks: Mapping[str, Check], static: StaticFolders) -> APIRouter:
    """`/health/live` and `/health/ready`; the latter checks the database, the clock and static files, and runs
    `checks`."""
    router = APIRouter(prefix="/health", tags=["health"], dependencies=[public])

    @router.get("/live")
    async def live(request: Request) -> dict[str, str]:
        """The process answers, and says whose it is: an address may lead to another service than one thinks."""
        return {"status": "alive", "service": kernel_of(request).database.service}

    @router.get("/ready", responses={503: PROBLEM_RESPONSES["4XX"]})
    async def ready(request: Request) -> dict[str, object]:
        """The process can do its work. 503 `not-ready` says what is missing."""

        async def database(_: Request) -> None:
            await kernel.database.ping()

        async def static_files(_: Request) -> None:
            if static.missing:
                raise FileNotFoundError(", ".join(static.missing))

        async def clock(_: Request) -> None:
            kernel.clock.now()  # a simulated clock reads a file, which may be invalid

        kernel = kernel_of(request)
        every = {"database": database, "clock": clock, "static-files": static_files, **checks}
        outcomes = await asyncio.gather(*(_passes(request, name, check) for name, check in every.items()))
        results = {name: "passed" if passed else "failed" for name, passed in zip(every, outcomes, strict=True)}
        service = kernel.database.service
        if not all(outcomes):
            raise Problem("not-ready", 503, headers={"Retry-After": "5"}, service=service, checks=results)
        return {"status": "ready", "service": service, "checks": results}

    return router


async def _passes(request: Request, name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(_LIMIT_IN_SECONDS):
            await check(request)
    except Exception as error:
        # The reason is logged and not shown to the caller, since the route is public.
        _log.warning("not_ready", check=name, reason=repr(error))
        return False
    return True
