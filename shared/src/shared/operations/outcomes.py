"""Where an operator is led after a deed, also when there was nothing left to do."""

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
    """Lead on when the deed is done; where there was nothing left to do, say so."""
    try:
        await deed
    except Refused as refused:
        if refused.slug not in GONE:
            raise
        return await gone_page(request, work, id)
    return RedirectResponse(then, 303)


async def gone_page(request: Request, work: UnitOfWork, id: UUID) -> Response:
    """That there is no such failure any more, or never was, with what has been done about it."""
    settled = await queries.is_settled(work, id)
    return render_page(
        request,
        "failure_gone.html",
        status=409 if settled and request.method == "POST" else 404,
        kind=kernel_of(request).kinds.get("already-settled" if settled else "unknown-failure"),
        history=await history_of(request, work, id),
    )


async def history_of(request: Request, work: UnitOfWork, identity: UUID) -> list[tuple[Intervention, Text, str]]:
    """What has been done about an event, in words, and by whom."""
    kernel = kernel_of(request)
    done = await queries.history(work, identity)
    return [(each, ACTION[each.action], kernel.sign_in.name_of(each.operator)) for each in done]
