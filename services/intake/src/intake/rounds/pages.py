"""Programmes and their rounds as pages; what is open to all needs no sign-in."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from intake.capacity.queries import READERS as RANKERS
from intake.municipalities.texts import merged
from intake.programmes.queries import programme_names, programmes
from intake.rounds import commands, queries
from intake.rounds.model import Zone
from shared.contracts.vocabulary import IntakeMode
from shared.errors import Refused, Text, require_found
from shared.identity import Identity, Role
from shared.inputs.fields import Input, NearDay, Slug, plain_text
from shared.municipalities import municipalities
from shared.office import office_date
from shared.web.access import allow, identity_of, public
from shared.web.forms import Submission, submitted
from shared.web.pages import render_page
from shared.web.returning import typed_in
from shared.web.routes import Work, page_router
from shared.web.typed import take

router = page_router()

OPENERS = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
Opener = Annotated[Identity, allow(*OPENERS)]
ZONES = {Zone.COPENHAGEN: Text("Copenhagen"), Zone.NUUK: Text("Nuuk")}
LATE_ENTRY = frozenset({"municipality"})
_REFUSALS = {
    "round-not-later": Text("The new deadline must be later than the one that the round has."),
    "round-already-over": Text("This day has passed already."),
    "day-too-far-ahead": Text("This day lies too many years ahead. See whether the year is right."),
    "round-closes-before-it-opens": Text("The deadline lies before the opening."),
}


class RoundForm(Input):
    """A round as it is announced."""

    programme: Slug
    opens_on: NearDay
    deadline: NearDay
    zone: Zone = Zone.COPENHAGEN


class ExtensionForm(Input):
    """A later deadline; `version` is what was before somebody's eyes."""

    deadline: NearDay
    reason: Annotated[str, plain_text(500)]
    version: int = Field(ge=1)


class LateEntryForm(Input):
    """Who may apply once after the deadline."""

    municipality: str


@router.get("/programmes", dependencies=[public])
async def programmes_page(request: Request, work: Work) -> Response:
    """What can be applied for today, what could be once, and the rounds."""
    today = office_date(work.now)
    every = await programmes(work)
    return render_page(
        request,
        "programmes.html",
        offered=[programme for programme in every if programme.in_force(today)],
        past=[programme for programme in every if not programme.in_force(today)],
        rounds=await queries.rounds(work),
        names=await programme_names(work),
        now=work.now,
        may_open=_may_open(request),
    )


@router.get("/rounds/new")
async def new_round_page(request: Request, work: Work, who: Opener) -> Response:
    """The form in which a round is announced."""
    return await _new_round_page(request, work, Submission(None, {"zone": Zone.COPENHAGEN}))


@router.post("/rounds/new")
async def open_round(request: Request, work: Work, who: Opener) -> Response:
    """Announce a round, and show it."""
    form = await submitted(request, RoundForm)
    if form.value is None:
        return await _new_round_page(request, work, form, 422)
    sent = form.value
    try:
        round_ = await commands.open_round(work, sent.programme, sent.opens_on, sent.deadline, sent.zone)
    except Refused as refused:
        if refused.slug in _REFUSALS:
            errors = {"deadline": _REFUSALS[refused.slug]}
            return await _new_round_page(request, work, Submission(None, form.sent, errors), 422)
        raise
    return RedirectResponse(f"/rounds/{round_.id}", 303)


@router.get("/rounds/{id}", dependencies=[public])
async def round_page(id: UUID, request: Request, work: Work) -> Response:
    """One round: until when it takes applications, and how often and why that has changed."""
    return await _round_page(id, request, work)


@router.post("/rounds/{id}/extension")
async def extend_round(id: UUID, request: Request, work: Work, who: Opener) -> Response:
    """Give the round a later deadline, and show it as it is then."""
    form = await submitted(request, ExtensionForm, elsewhere=LATE_ENTRY)
    if form.value is None:
        return await _round_page(id, request, work, form.sent, form.errors)
    sent = form.value
    try:
        await commands.extend_round(work, id, sent.version, who, sent.deadline, sent.reason)
    except Refused as refused:
        if refused.slug not in _REFUSALS:
            raise
        return await _round_page(id, request, work, form.sent, {"deadline": _REFUSALS[refused.slug]})
    return RedirectResponse(f"/rounds/{id}", 303)


@router.post("/rounds/{id}/late-entries")
async def give_late_entry(id: UUID, request: Request, work: Work, who: Opener) -> Response:
    """Let a municipality in after the deadline; the code is shown in this answer and never again."""
    form = await submitted(request, LateEntryForm, beside=frozenset({"deadline", "reason", "version"}))
    if form.value is None:
        return await _round_page(id, request, work, form.sent, form.errors)
    try:
        code = await commands.give_late_entry(work, id, who, form.value.municipality)
    except Refused as refused:
        return await _round_page(id, request, work, form.sent, {"municipality": merged(refused)})
    sent = {name: value for name, value in form.sent.items() if name not in LATE_ENTRY}
    if not any(value for name, value in typed_in(request).items() if name not in LATE_ENTRY):
        take(request)
    return await _round_page(id, request, work, sent, code=code)


async def _new_round_page(request: Request, work: Work, form: Submission[RoundForm], status: int = 200) -> Response:
    today = office_date(work.now)
    return render_page(
        request,
        "round_new.html",
        status=status,
        programmes=[each for each in await programmes(work) if _has_rounds_from(each.intake, each.valid_until, today)],
        zones=ZONES,
        sent=form.sent,
        errors=form.errors,
    )


async def _round_page(
    id: UUID,
    request: Request,
    work: Work,
    sent: Mapping[str, object] = MappingProxyType({}),
    errors: Mapping[str, Text] = MappingProxyType({}),
    *,
    code: str | None = None,
) -> Response:
    round_ = require_found(await queries.round_by_id(work, id), "round")
    may_open, who = _may_open(request), identity_of(request)
    return render_page(
        request,
        "round.html",
        status=422 if errors else 200,
        headers={"Cache-Control": "no-store"} if code else None,
        round=round_,
        name=(await programme_names(work))[round_.programme],
        zone=ZONES[round_.zone],
        now=work.now,
        may_open=may_open,
        may_rank=_may_rank(request),
        may_see_decisions=who is not None and bool((OPENERS | {Role.CASEWORKER}) & who.roles),
        late_entries=await queries.late_entries(work, id) if may_open else [],
        municipalities=municipalities(),
        code=code,
        sent=sent,
        errors=errors,
    )


def _may_open(request: Request) -> bool:
    who = identity_of(request)
    return who is not None and bool(OPENERS & who.roles)


def _may_rank(request: Request) -> bool:
    who = identity_of(request)
    return who is not None and bool(RANKERS & who.roles)


def _has_rounds_from(intake: IntakeMode, valid_until: date | None, today: date) -> bool:
    return intake is IntakeMode.ROUNDS and (valid_until is None or valid_until >= today)
