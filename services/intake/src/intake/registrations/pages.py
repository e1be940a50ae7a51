"""Gatherings as everybody sees them, and registering without signing in."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from intake.confirmations.model import DAYS_TO_CONFIRM
from intake.gatherings.model import Cohort
from intake.gatherings.queries import ARRANGERS, OFFICE, changes, cohort_by_id, cohorts
from intake.gatherings.texts import STATUS as GATHERING
from intake.gatherings.texts import ZONES, everything, hours_there
from intake.programmes.offer import Admission, Audience
from intake.programmes.queries import programme_names
from intake.programmes.texts import ADMISSION, AUDIENCE
from intake.registrations import commands, queries
from intake.registrations.forms import TRAP, people_in, sentence_on, submitted_registration, unanswered
from intake.registrations.inputs import MOST_PEOPLE, RegistrationIn
from shared.errors import Refused, Text, require_found
from shared.identity import Role
from shared.mail.standing import mail_is_held_up
from shared.municipalities import municipalities
from shared.web.access import identity_of, public
from shared.web.forms import Submission
from shared.web.kernel import language_of
from shared.web.pages import render_page
from shared.web.returning import form_on, typed_in, was_done
from shared.web.routes import Work, page_router
from shared.web.strangers import stranger_unless

router = page_router()

_FIELDS = {
    "not-the-audience": "audience-{attendee}",
    "group-missing": "group-{attendee}",
    "unknown-group": "group-{attendee}",
    "municipality-not-on-a-course": "municipality",
    "party-too-large": "number",
    "waiting-list-full": "number",
}
"""At which field a refusal is shown."""


@router.get("/gatherings", dependencies=[public])
async def gatherings_page(request: Request, work: Work) -> Response:
    """What takes place soon, and for the office what has been."""
    every = await cohorts(work)
    coming = [each for each in reversed(every) if work.now < each.is_over_at]
    return render_page(
        request,
        "gatherings.html",
        coming=coming,
        past=[each for each in every if each not in coming] if _is(request, OFFICE) else [],
        counts=await queries.counts(work, [each.id for each in every]),
        programmes=await programme_names(work),
        statuses=GATHERING,
        now=work.now,
        may_see=_is(request, OFFICE),
        may_announce=_is(request, ARRANGERS),
    )


@router.get("/gatherings/{id}", dependencies=[public])
async def gathering_page(id: UUID, request: Request, work: Work) -> Response:
    """One gathering, with the form in which people register."""
    people = people_in(str(typed_in(request).get("people") or request.query_params.get("people", "")))
    return await _gathering_page(id, request, work, Submission(None, {"people": str(people)}))


@router.post("/gatherings/{id}/people", dependencies=[public])
async def change_number(id: UUID, request: Request, work: Work) -> Response:
    """The form for as many people as are chosen, with what has been typed so far; nothing is stored."""
    sent = {name: value for name, value in (await submitted_registration(request)).sent.items() if value}
    return await _gathering_page(id, request, work, Submission(None, {**sent, "people": str(sent.get("number", ""))}))


@router.post("/gatherings/{id}/registrations", dependencies=[public, form_on("/gatherings/{id}")])
async def register(id: UUID, request: Request, work: Work) -> Response:
    """Register people, and say that an e-mail is on its way; the answer is the same for those who had registered."""
    form = await submitted_registration(request)
    if form.value is None:
        return await _gathering_page(id, request, work, form)
    if TRAP not in form.sent:
        try:
            await commands.register(work, id, form.value, language_of(request), stranger_unless(request, OFFICE))
        except Refused as refused:
            field = _FIELDS.get(refused.slug)
            if field is None:
                raise
            errors = {field.format(**refused.parameters): sentence_on(request, refused, form.sent)}
            return await _gathering_page(id, request, work, Submission(None, form.sent, errors))
    return RedirectResponse(f"/gatherings/{id}?sent={'registered' if _is(request, OFFICE) else '1'}", 303)


async def _gathering_page(id: UUID, request: Request, work: Work, form: Submission[RegistrationIn]) -> Response:
    cohort = require_found(await cohort_by_id(work, id), "gathering")
    occupancy = await queries.occupancy(work, cohort)
    errors = form.errors
    if errors and not form.is_unsent:
        errors = {
            **errors,
            **{name: said for name, said in unanswered(cohort, form.sent).items() if name not in errors},
        }
    return render_page(
        request,
        "gathering.html",
        status=422 if errors else 200,
        needs_proof=not _is(request, OFFICE),
        days_to_confirm=DAYS_TO_CONFIRM,
        was_deleted=was_done(request, "deleted"),
        was_changed=was_done(request, "changed") and _is(request, OFFICE),
        cohort=cohort,
        programme=(await programme_names(work))[cohort.programme],
        room=occupancy.room,
        waiting=occupancy.waiting,
        is_open=cohort.takes_registrations(work.now),
        was_sent=was_done(request, "sent"),
        mail_is_held_up=was_done(request, "sent") and await mail_is_held_up(work),
        people=people_in(str(form.sent.get("people", ""))),
        labels=_labels(errors),
        trap=TRAP,
        **_words(cohort),
        history=[
            (each.made_at, each.reason, list(everything(each)))
            for each in (await changes(work, cohort) if _is(request, OFFICE) else [])
        ],
        may_see=_is(request, OFFICE),
        may_change=_is(request, OFFICE) and cohort.may_be_changed(work.now),
        may_call_off=_is(request, ARRANGERS),
        sent=form.sent,
        errors=errors,
    )


def _words(cohort: Cohort) -> dict[str, Any]:
    return {
        "most_people": MOST_PEOPLE,
        "hours": hours_there(cohort),
        "municipalities": municipalities(),
        "zone": ZONES[cohort.zone],
        "admission": ADMISSION[cohort.admits],
        "audiences": {each: AUDIENCE[each] for each in cohort.audiences or Audience},
        "audience_wanted": cohort.admits is not Admission.EVERYBODY,
        "municipality_wanted": cohort.admits is Admission.PARTICIPANTS,
        "statuses": GATHERING,
    }


def _labels(errors: Mapping[str, Text]) -> dict[str, tuple[str, int]]:
    """Of which field of which person each error is."""
    return {
        name: (field, int(number))
        for name in errors
        for field, _, number in [name.partition("-")]
        if number.isdecimal()
    }


def _is(request: Request, roles: frozenset[Role]) -> bool:
    who = identity_of(request)
    return who is not None and bool(roles & who.roles)
