"""Failed events, as JSON API."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from shared.errors import NotFound, Problem
from shared.identity import Identity, Role
from shared.inputs.validation import described_errors
from shared.operations import commands, groups, queries
from shared.operations.documents import (
    DiscardIn,
    EditIn,
    EventId,
    FailureInFullOut,
    FailureOut,
    GroupIn,
    GroupOut,
    RetriedOut,
)
from shared.operations.editing import Unfit
from shared.operations.selection import query_of, selection
from shared.operations.views import Alike, FailureInFull, Intervention, Selection
from shared.web.access import allow
from shared.web.kernel import kernel_of, language_of
from shared.web.local_paths import path_asked
from shared.web.preconditions import Seen, etag
from shared.web.routes import Work, api_router

router = api_router("/operations", tags=["operations"])

OPERATORS = allow(Role.OPERATOR)


@router.get("/failures")
async def list_failures(
    request: Request,
    response: Response,
    work: Work,
    who: Annotated[Identity, OPERATORS],
    wanted: Annotated[Selection, Depends(selection)],
) -> list[FailureOut]:
    """What has failed and is not settled, the oldest first; at most 200, with a `Link` to the next ones."""
    page = await queries.failures(work, wanted)
    if page.next is not None:
        following = query_of(replace(wanted, after=page.next))
        response.headers["Link"] = f'<{path_asked(request)}{following}>; rel="next"'
    return [FailureOut.model_validate(failure, from_attributes=True) for failure in page.failures]


@router.get("/failures/{id}")
async def show_failure(
    id: UUID, request: Request, response: Response, work: Work, who: Annotated[Identity, OPERATORS]
) -> FailureInFullOut:
    """One failure with what arrived; its `ETag` is what an edit must match."""
    return _in_full(await queries.failure_by_id(work, id), response)


@router.post("/failures/{id}/retry", status_code=202)
async def retry_failure(id: UUID, request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> None:
    """Let the worker handle the event, or the relay send it, again at once."""
    await commands.retry(work, id, who.subject)


@router.post("/failures/{id}/edit")
async def edit_failure(
    id: UUID,
    body: EditIn,
    seen: Seen,
    request: Request,
    response: Response,
    work: Work,
    who: Annotated[Identity, OPERATORS],
) -> FailureInFullOut:
    """Give the event as it stood at `If-Match` other data, without trying it. What it was stays on record."""
    try:
        await commands.edit(work, id, who.subject, seen, body.data, body.reason)
    except Unfit as unfit:
        faults = unfit.within("body", "data")
        errors = described_errors(faults, kernel_of(request).catalogue, language_of(request))
        raise Problem("invalid-request", 422, errors=errors) from unfit
    return _in_full(await queries.failure_by_id(work, id), response)


@router.post("/failures/{id}/discard", status_code=200)
async def discard_failure(
    id: UUID, body: DiscardIn, request: Request, work: Work, who: Annotated[Identity, OPERATORS]
) -> None:
    """Give the event up for good; what waits behind it goes on."""
    await commands.discard(work, id, who.subject, body.reason)


@router.get("/failure-groups")
async def list_groups(request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> list[GroupOut]:
    """The failures by direction, type and reason, the largest group first; at most 200."""
    found = await queries.failure_groups(work)
    return [
        GroupOut(
            outgoing=group.alike.outgoing,
            type=group.alike.type,
            reason=group.alike.reason,
            failures=group.failures,
            waiting=group.waiting,
            first_failed_at=group.first_failed_at,
            last_failed_at=group.last_failed_at,
        )
        for group in found
    ]


@router.post("/failure-groups/retry", status_code=202)
async def retry_group(body: GroupIn, request: Request, work: Work, who: Annotated[Identity, OPERATORS]) -> RetriedOut:
    """Let everything that failed alike be handled or sent again at once, but for what is asked for already."""
    alike = Alike(body.outgoing, body.type, body.reason)
    retried = await groups.retry_group(work, alike, who.subject)
    return RetriedOut(retried=retried)


@router.get("/interventions")
async def list_interventions(
    event_id: EventId, request: Request, work: Work, who: Annotated[Identity, OPERATORS]
) -> list[Intervention]:
    """What operators have done about an event, the latest first; at most 200."""
    return await queries.interventions(work, event_id)


def _in_full(failure: FailureInFull | None, response: Response) -> FailureInFullOut:
    if failure is None:
        raise NotFound("failure")
    response.headers["ETag"] = etag(failure.version)
    values = {name: getattr(failure, name) for name in FailureInFullOut.model_fields}
    return FailureInFullOut.model_validate(values | {"body": failure.body.decode(errors="replace")})
