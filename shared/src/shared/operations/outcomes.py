"""Leads an operator on after a command, also if the failure had been settled already."""

from collections.abc import Awaitable
from uuid import UUID

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from shared.errors import Refused, Text
from shared.operations import queries
from shared.operations.texts import ACTION
from shared.operations.views import Intervention
from shared.web.kernel import kernel_of
from shared.web.pages import render_page
from shared.work import UnitOfWork

FAILURES = "/operations/failures"
GONE = frozenset({"already-settled", "unknown-failure"})


async def lead_on(
    deed: Awaitable[None], request: Request, work: UnitOfWork, id: UUID, then: str = FAILURES
) -> Response:
    """Run the command and redirect to `then`; if the failure is settled or unknown, show the page that says so."""
    try:
        await deed
    except Refused as refused:
        if refused.slug not in GONE:
            raise
        return await gone_page(request, work, id)
    return RedirectResponse(then, 303)


async def gone_page(request: Request, work: UnitOfWork, id: UUID) -> Response:
    """The page for a failure that is settled or unknown, with what operators did about it."""
    settled = await queries.is_settled(work, id)
    return render_page(
        request,
        "failure_gone.html",
        status=409 if settled and request.method == "POST" else 404,
        kind=kernel_of(request).kinds.get("already-settled" if settled else "unknown-failure"),
        history=await history_of(request, work, id),
    )


async def history_of(request: Request, work: UnitOfWork, identity: UUID) -> list[tuple[Intervention, Text, str]]:
    """What operators did about an event, with texts and names."""
    kernel = kernel_of(request)
    done = await queries.history(work, identity)
    return [(each, ACTION[each.action], kernel.sign_in.name_of(each.operator)) for each in done]
