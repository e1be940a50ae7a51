"""Agreements as pages."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from intake.agreements import commands, queries, texts
from intake.agreements.model import Agreement, Party, Terms
from intake.applications.queries import application_by_id, outlines, own_only
from intake.programmes.queries import programme_names
from intake.quantities import Hours
from shared.errors import Problem, Refused, Text, require_found
from shared.identity import Identity, Role
from shared.inputs.fields import Input, NearDay
from shared.municipalities import municipalities
from shared.office import office_date
from shared.web.access import allow
from shared.web.forms import Submission, pressed, refuse_untyped, submitted
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()

READERS = queries.STAFF | {Role.APPLICANT}
Reader = Annotated[Identity, allow(*READERS)]
Caseworker = Annotated[Identity, allow(Role.CASEWORKER)]
Signatory = Annotated[Identity, allow(Role.APPLICANT, *commands.OFFICE)]
NOTHING: Submission[Any] = Submission(None)
TERMS = frozenset({"starts_on", "hours"})
UNSAVED = Text("You have changed this without saving it. Press Change the agreement, and sign then.")


class AgreementForm(Input):
    """The form behind the button."""

    application_id: UUID


class TermsForm(Input):
    """Other terms; `version` is what was before somebody's eyes."""

    starts_on: NearDay
    hours: Hours | None = None
    version: int = Field(ge=1)


class SignatureForm(Input):
    """The form behind the button; `version` is what was before somebody's eyes."""

    version: int = Field(ge=1)


@router.get("/agreements")
async def agreements_page(request: Request, work: Work, who: Reader) -> Response:
    """The agreements that somebody may see, and where each stands."""
    found, today = await queries.agreements(work, who), office_date(work.now)
    outlined = await outlines(work, [each.application_id for each in found])
    status = {each.id: each.status for each in outlined}
    return render_page(
        request,
        "agreements.html",
        agreements=[
            (each, *texts.standing(each, status[each.application_id], today))
            for each in found
            if each.application_id in status
        ],
        programmes=await programme_names(work),
        municipalities=municipalities(),
    )


@router.get("/applications/{id}/agreement")
async def agreement_on_application(id: UUID, request: Request, work: Work, who: Reader) -> Response:
    """The agreement on an application; where there is none yet, the button that proposes one."""
    agreement = await queries.agreement_on(work, id, who)
    if agreement is not None:
        return RedirectResponse(f"/agreements/{agreement.id}", 303)
    application = require_found(await application_by_id(work, id, own_only(who)), "application")
    return render_page(
        request,
        "agreement_none.html",
        application=application,
        name=(await programme_names(work))[application.programme],
        municipality=municipalities()[application.case.municipality],
        may_draft=Role.CASEWORKER in who.roles,
    )


@router.post("/agreements")
async def draft(request: Request, work: Work, who: Caseworker) -> Response:
    """Propose an agreement, and show it."""
    sent = await pressed(request, AgreementForm)
    agreement = await commands.draft_agreement(work, sent.application_id, who)
    return RedirectResponse(f"/agreements/{agreement.id}", 303)


@router.get("/agreements/{id}")
async def agreement_page(id: UUID, request: Request, work: Work, who: Reader) -> Response:
    """One agreement: what it says, who has signed it, and what happens next."""
    return await _agreement_page(id, request, work, who)


@router.post("/agreements/{id}/terms")
async def change(id: UUID, request: Request, work: Work, who: Caseworker) -> Response:
    """Change the terms, and show the agreement as it is then."""
    form = await submitted(request, TermsForm)
    if form.value is None:
        refuse_untyped(form, "version")
        return await _agreement_page(id, request, work, who, form)
    sent = form.value
    try:
        await commands.change_agreement(work, id, sent.version, who, Terms(sent.starts_on, sent.hours))
    except Refused as refused:
        return await _agreement_page(id, request, work, who, _told(form, refused))
    return RedirectResponse(f"/agreements/{id}", 303)


@router.post("/agreements/{id}/signature")
async def sign(id: UUID, request: Request, work: Work, who: Signatory) -> Response:
    """Sign, and show the agreement as it is then."""
    form = await submitted(request, SignatureForm, beside=TERMS)
    if form.value is None:
        raise Problem("invalid-request", 422)
    if unsaved := await _unsaved(request, work, id, who, form):
        return await _agreement_page(id, request, work, who, unsaved)
    await commands.sign_agreement(work, id, form.value.version, who)
    return RedirectResponse(f"/agreements/{id}", 303)


async def _unsaved(
    request: Request, work: Work, id: UUID, who: Identity, form: Submission[Any]
) -> Submission[Any] | None:
    """The form with what was changed in it and is not what would be signed, if there is anything."""
    agreement = await queries.agreement_by_id(work, id, who)
    if agreement is None or not form.sent.keys() & TERMS:
        return None
    read = await submitted(request, TermsForm)
    if read.value is None:
        return read
    there, said = agreement.terms, Terms(read.value.starts_on, read.value.hours)
    changed = [name for name in sorted(TERMS) if getattr(said, name) != getattr(there, name)]
    return Submission(None, form.sent, dict.fromkeys(changed, UNSAVED)) if changed else None


def _as_sent(agreement: Agreement) -> dict[str, object]:
    """The terms as the form shows them."""
    return {"starts_on": agreement.terms.starts_on.isoformat(), "hours": agreement.terms.hours or ""}


def _told(form: Submission[Any], refused: Refused) -> Submission[Any]:
    """What was refused, at the field that it is about; raises again what is about none."""
    if refused.slug not in texts.REFUSALS:
        raise refused
    field, sentence = texts.REFUSALS[refused.slug]
    return Submission(None, form.sent, {field: sentence})


async def _agreement_page(
    id: UUID, request: Request, work: Work, who: Identity, form: Submission[Any] = NOTHING
) -> Response:
    agreement = require_found(await queries.agreement_by_id(work, id, who), "agreement")
    application = await application_by_id(work, agreement.application_id)
    assert application is not None, "an agreement is on an application"
    is_open = not agreement.is_signed and not texts.is_given_up(application.status)
    party = _signs_for(who)
    today = office_date(work.now)
    badge_text, badge_kind = texts.standing(agreement, application.status, today)
    return render_page(
        request,
        "agreement.html",
        status=422 if form.errors else 200,
        agreement=agreement,
        application=application,
        sees_application=own_only(who) in (None, application.case.applicant),
        name=(await programme_names(work))[agreement.programme],
        municipality=municipalities()[agreement.municipality],
        parties=_parties(agreement),
        badge_text=badge_text,
        badge_kind=badge_kind,
        next_step=texts.next_step(agreement, application.status, party, today),
        may_sign=is_open and party in agreement.missing and not agreement.has_missed_its_start(today),
        may_change=is_open and Role.CASEWORKER in who.roles,
        sent=form.sent or _as_sent(agreement),
        errors=form.errors,
    )


def _signs_for(who: Identity) -> Party | None:
    signatories = commands.OFFICE | {Role.APPLICANT}
    return commands.party_of(who) if who.roles & signatories else None


def _parties(agreement: Agreement) -> list[tuple[Text, Any]]:
    """Each party with its signature, if it has signed."""
    signed = {signature.party: signature for signature in agreement.signatures}
    return [(texts.PARTY[party], signed.get(party)) for party in Party]
