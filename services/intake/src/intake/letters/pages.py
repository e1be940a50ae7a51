"""Letters as pages, and as PDF."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from intake.applications.queries import READERS as APPLICATION_READERS
from intake.letters import commands, queries
from intake.letters.documents import document_of
from intake.letters.inputs import LetterText, Reason
from intake.letters.model import LetterKind, LetterStatus, Words
from intake.letters.queries import Delivery, LetterLine
from intake.letters.texts import KIND, STATUS
from intake.programmes.queries import programme_names
from shared.errors import Problem, Text, require_found
from shared.identity import Identity, Role
from shared.inputs.fields import Input, PlainText
from shared.mail.standing import mail_is_held_up
from shared.municipalities import municipalities
from shared.web.access import allow
from shared.web.forms import Submission, pressed, submitted
from shared.web.kernel import kernel_of
from shared.web.pages import render_page
from shared.web.returning import typed_in
from shared.web.routes import Work, page_router

router = page_router()

READERS = queries.STAFF | {Role.APPLICANT}
Reader = Annotated[Identity, allow(*READERS)]
Caseworker = Annotated[Identity, allow(Role.CASEWORKER)]
Poster = Annotated[Identity, allow(Role.CASEWORKER, Role.SECRETARY)]

REASON = frozenset({"reason"})
BADGES = {
    LetterStatus.DRAFT: "info",
    LetterStatus.APPROVED: "success",
    LetterStatus.SUPERSEDED: "none",
    LetterStatus.DISCARDED: "none",
}
DELIVERY = {
    Delivery.EMAIL_WAITS: ("info", Text("The e-mail waits to be sent")),
    Delivery.EMAIL_SENT: ("success", Text("Sent by e-mail")),
    Delivery.EMAIL_FAILED: ("error", Text("The e-mail could not be delivered")),
    Delivery.TO_BE_POSTED: ("warning", Text("To be sent by post")),
    Delivery.POSTED: ("success", Text("Sent by post")),
}


class LetterForm(Input):
    """What the form of a draft says; `version` is what was before somebody's eyes."""

    version: int = Field(ge=1)
    theme: PlainText
    text: LetterText

    @property
    def words(self) -> Words:
        return Words(self.theme, self.text)


class Deed(Input):
    """The form behind a button; `version` is what was before somebody's eyes."""

    version: int = Field(ge=1)


class DiscardedDraft(LetterForm):
    """A draft with why it need not go out."""

    reason: Reason


class Discarding(Deed):
    """Why it need not go out, as it was last kept."""

    reason: Reason


@router.get("/letters")
async def letters_page(request: Request, work: Work, who: Reader, application_id: UUID | None = None) -> Response:
    """The journal: what waits for approval first, then the newest."""
    return render_page(
        request,
        "letters.html",
        lines=await queries.journal(work, queries.own_only(who), application_id),
        application_id=application_id,
        is_recipient=queries.own_only(who) is not None,
        may_read_application=bool(APPLICATION_READERS & who.roles),
        programmes=await programme_names(work),
        municipalities=municipalities(),
        statuses=STATUS,
        badges=BADGES,
        deliveries=DELIVERY,
        name_of=kernel_of(request).sign_in.name_of,
        shown=queries.SHOWN,
    )


@router.get("/letters/{id}")
async def letter_page(id: UUID, request: Request, work: Work, who: Reader) -> Response:
    """One letter with where it is, and for caseworkers what may be done."""
    return await _letter_page(id, request, work, who)


@router.post("/letters/{id}/words")
async def reword(id: UUID, request: Request, work: Work, who: Caseworker) -> Response:
    """Keep the draft in other words, and show it."""
    form = await submitted(request, LetterForm, beside=REASON)
    if form.value is None:
        return await _with_errors(id, request, work, who, form)
    await commands.reword_letter(work, id, form.value.version, form.value.words)
    return RedirectResponse(f"/letters/{id}", 303)


@router.post("/letters/{id}/approval")
async def approve(id: UUID, request: Request, work: Work, who: Caseworker) -> Response:
    """Let the letter go out as it stands in the form, and show where it is."""
    form: Submission[Any] = await submitted(request, LetterForm if _has_words(request) else Deed, elsewhere=REASON)
    if form.value is None:
        return await _with_errors(id, request, work, who, form)
    await commands.approve_letter(work, id, form.value.version, who, getattr(form.value, "words", None))
    return RedirectResponse(f"/letters/{id}", 303)


@router.post("/letters/{id}/discard")
async def discard(id: UUID, request: Request, work: Work, who: Caseworker) -> Response:
    """Let the draft rest, and show it."""
    form: Submission[Any] = await submitted(request, DiscardedDraft if _has_words(request) else Discarding)
    if form.value is None:
        return await _with_errors(id, request, work, who, form)
    words = getattr(form.value, "words", None)
    await commands.discard_letter(work, id, form.value.version, who, form.value.reason, words)
    return RedirectResponse(f"/letters/{id}", 303)


@router.post("/letters/{id}/posting")
async def note_posted(id: UUID, request: Request, work: Work, who: Poster) -> Response:
    """Note that the letter has been put into the post, and show it."""
    await commands.note_posted(work, id, await _seen(request), who)
    return RedirectResponse(f"/letters/{id}", 303)


@router.get("/letters/{id}/document")
async def document(id: UUID, work: Work, who: Reader) -> Response:
    """The letter as PDF: as it went out, or of a draft as it would."""
    line = await _line(id, work, who)
    content = await queries.document(work, line.letter)
    if content is None:
        content = await document_of(line.letter, who.subject)
    name = commands.file_name(line.letter, line.application.municipality)
    return Response(
        content, media_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


async def _with_errors(id: UUID, request: Request, work: Work, who: Identity, form: Submission[Any]) -> Response:
    """The page with what is wrong. Raises `invalid-request` where that is nothing that somebody could have typed."""
    if not set(form.errors) <= {"theme", "text", "reason"}:
        raise Problem("invalid-request", 422)
    return await _letter_page(id, request, work, who, form.sent, form.errors)


def _has_words(request: Request) -> bool:
    """Whether the form carries the letter; without it, the letter is as it was last kept."""
    return bool({"theme", "text"} & typed_in(request).keys())


async def _seen(request: Request) -> int:
    sent = await pressed(request, Deed)
    return sent.version


async def _line(id: UUID, work: Work, who: Identity) -> LetterLine:
    return require_found(await queries.line_by_id(work, id, queries.own_only(who)), "letter")


async def _letter_page(
    id: UUID,
    request: Request,
    work: Work,
    who: Identity,
    sent: Mapping[str, object] = MappingProxyType({}),
    errors: Mapping[str, Text] = MappingProxyType({}),
) -> Response:
    line = await _line(id, work, who)
    letter = line.letter
    is_draft = letter.status is LetterStatus.DRAFT
    words = {"theme": letter.words.theme, "text": letter.words.text}
    return render_page(
        request,
        "letter.html",
        status=422 if errors else 200,
        line=line,
        letter=letter,
        is_recipient=queries.own_only(who) is not None,
        may_read_application=bool(APPLICATION_READERS & who.roles),
        programme=(await programme_names(work))[line.application.programme],
        municipality=municipalities()[line.application.municipality],
        contact=await queries.contact_of(work, letter) if is_draft else None,
        kind=KIND[letter.kind],
        standing=STATUS[letter.status],
        badges=BADGES,
        delivery=DELIVERY[line.delivery] if line.delivery else None,
        mail_is_held_up=line.delivery is Delivery.EMAIL_WAITS and await mail_is_held_up(work),
        approver=kernel_of(request).sign_in.name_of(letter.approved_by) if letter.approved_by else None,
        discarder=kernel_of(request).sign_in.name_of(letter.discard.by) if letter.discard else None,
        is_draft=is_draft,
        may_discard=is_draft and letter.kind is LetterKind.REFUSAL and Role.CASEWORKER in who.roles,
        may_approve=is_draft and Role.CASEWORKER in who.roles,
        may_post=letter.status is LetterStatus.APPROVED
        and line.delivery in (Delivery.TO_BE_POSTED, Delivery.EMAIL_FAILED)
        and bool({Role.CASEWORKER, Role.SECRETARY} & who.roles),
        sent=dict(sent) if sent and _has_words(request) else words | dict(sent),
        errors=errors,
    )
