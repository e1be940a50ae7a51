"""Writing newsletters, looking at them before they go, and seeing how far they have come."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from intake.newsletter import commands, queries
from intake.newsletter.inputs import IssueIn
from intake.newsletter.model import IssueStatus
from intake.newsletter.texts import STATUS, TOPIC
from shared.errors import require_found
from shared.identity import Identity
from shared.inputs.fields import Input
from shared.web.access import allow
from shared.web.forms import Submission, submitted
from shared.web.pages import render_page
from shared.web.returning import typed_in
from shared.web.routes import Work, page_router

router = page_router()

Writer = Annotated[Identity, allow(*queries.WRITERS)]
SEVERAL = frozenset({"topics"})


class IssueReleaseForm(Input):
    """The button alone: the newsletter goes as it was last kept."""

    version: int = Field(ge=1)


class RewriteForm(IssueIn):
    """What is written now; `version` is what was before somebody's eyes."""

    version: int = Field(ge=1)


@router.get("/newsletters")
async def issues_page(request: Request, work: Work, who: Writer) -> Response:
    """Every newsletter, and the form in which one is begun."""
    return await _issues_page(request, work, Submission(None))


@router.post("/newsletters")
async def write(request: Request, work: Work, who: Writer) -> Response:
    """Begin a newsletter, and show how it will look."""
    form = await submitted(request, IssueIn, several=SEVERAL)
    if form.value is None:
        return await _issues_page(request, work, form)
    issue = await commands.write(work, form.value)
    return RedirectResponse(f"/newsletters/{issue.id}", 303)


@router.get("/newsletters/{id}")
async def issue_page(id: UUID, request: Request, work: Work, who: Writer) -> Response:
    """One newsletter as its readers see it, and how many have been sent it."""
    return await _issue_page(id, request, work, Submission(None))


@router.post("/newsletters/{id}/text")
async def rewrite(id: UUID, request: Request, work: Work, who: Writer) -> Response:
    """Change a newsletter, and show how it will look."""
    form = await submitted(request, RewriteForm, several=SEVERAL)
    if form.value is None:
        return await _issue_page(id, request, work, form)
    await commands.rewrite(work, id, form.value.version, form.value)
    return RedirectResponse(f"/newsletters/{id}", 303)


@router.post("/newsletters/{id}/release")
async def release(id: UUID, request: Request, work: Work, who: Writer) -> Response:
    """Send a newsletter as it stands in the form, and show how far it has come."""
    is_written = bool({"subject", "text"} & typed_in(request).keys())
    form: Submission[Any] = await submitted(request, RewriteForm if is_written else IssueReleaseForm, several=SEVERAL)
    if form.value is None:
        return await _issue_page(id, request, work, form)
    said = form.value if isinstance(form.value, RewriteForm) else None
    await commands.release(work, id, form.value.version, said)
    return RedirectResponse(f"/newsletters/{id}", 303)


async def _issues_page(request: Request, work: Work, form: Submission[IssueIn]) -> Response:
    return render_page(
        request,
        "issues.html",
        status=422 if form.errors else 200,
        issues=await queries.issues(work),
        topics=TOPIC,
        statuses=STATUS,
        sent=form.sent,
        errors=form.errors,
    )


async def _issue_page(id: UUID, request: Request, work: Work, form: Submission[Any]) -> Response:
    issue = require_found(await queries.issue_by_id(work, id), "newsletter")
    written = {"subject": issue.subject, "text": issue.text, "topics": sorted(issue.topics)}
    is_draft = issue.status is IssueStatus.DRAFT
    return render_page(
        request,
        "issue.html",
        status=422 if form.errors else 200,
        issue=issue,
        is_draft=is_draft,
        readers=await queries.readers(work, issue.topics) if is_draft else issue.recipients,
        topics=TOPIC,
        statuses=STATUS,
        sent=form.sent or written,
        errors=form.errors,
    )
