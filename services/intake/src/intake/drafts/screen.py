"""The screen on which a draft is written: the form, how far it has come, and what the rules say of it."""

import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from fastapi import Request, Response

from intake.applications.texts import TRIGGER, sentence
from intake.attachments.queries import attachments
from intake.drafts.conflicts import Names, conflict, is_written
from intake.drafts.decisions import progress
from intake.drafts.inputs import Filled, fields_of, seen_by, untouched_in
from intake.drafts.merging import EMPTY, NOTHING, OF_A_DAYCARE, SELECTION, Merged, marks_of, parts_of, selection_part
from intake.drafts.model import Draft
from intake.drafts.queries import programme_of, verdicts_on
from intake.drafts.texts import STEP
from intake.enquiries.queries import enquiries
from intake.organisations.queries import daycares
from intake.programmes.texts import APPLICANT, THEME
from intake.rounds.queries import round_by_id, zone_of
from shared.alphabet import danish
from shared.contracts.vocabulary import Skill
from shared.errors import Text
from shared.identity import Identity
from shared.web.forms import Submission
from shared.web.kernel import kernel_of
from shared.web.pages import render_page
from shared.web.returning import forget_typed
from shared.work import UnitOfWork

_PAGE_BYTES = 9
"""Of chance in the name of a page."""
UNKNOWN = "unknown"
"""The mark of a field of which nobody knows what stood in it."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A draft as it is kept, beside the fields as they are shown, which may be wrong or not kept yet."""

    draft: Draft
    fields: Mapping[str, object]
    errors: Mapping[str, Text] = field(default_factory=dict)
    wrong: frozenset[str] = frozenset()
    """Fields that hold what cannot be, so that the draft holds something older; of a group, the group."""
    seen: Mapping[str, str] | None = None
    """The marks of what stands in the fields, where that is not all what the draft holds."""
    page: str | None = None
    """The name of the page, where it has one already."""
    conflicts: tuple[str, ...] = ()
    """Fields that were changed here and elsewhere; what was typed here is shown and not kept."""
    news: tuple[str, ...] = ()
    """Fields that were changed elsewhere while they are shown as they were."""
    is_kept: bool = True
    """Whether all that is right in the fields is what the draft holds."""
    was_to_be_removed: bool = False
    """It was to be thrown away, but holds what its writer has not seen."""
    would_be_refused: bool = False
    """It was to be sent, but rules are not met."""
    link: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing was typed that the draft does not hold."""
        return self.is_kept and not self.conflicts and not self.errors

    @property
    def status(self) -> int:
        """Of the answer."""
        if self.conflicts or self.was_to_be_removed:
            return 409
        return 422 if self.errors or self.would_be_refused else 200


def heard(form: Submission[Filled], draft: Draft, merged: Merged, *, stays: bool) -> Screen:
    """The screen after the draft has heard a form: with what was typed where it was not kept, else as the draft is.

    Where the page `stays` as it is, and only what is beside the form is shown anew, its fields still hold all that was
    typed, and not what others have changed; their marks stay what they were too.
    """
    seen = seen_by(form)
    wrong = {name.partition(".")[0] for name in form.errors}
    typed = {name for name in {**seen, **form.sent} if name.partition(".")[0] in wrong} | {*merged.conflicts}
    old = typed | {*merged.news} if stays else typed
    return Screen(
        draft,
        _with_typed(draft, form, {*seen} if stays else typed),
        form.errors,
        wrong=frozenset(wrong),
        seen={**marks_of(draft.content), **{name: seen.get(name, UNKNOWN) for name in old}},
        page=_page_of(form),
        conflicts=merged.conflicts,
        news=merged.news if stays else (),
    )


def unheard(form: Submission[Filled], draft: Draft) -> Screen:
    """The screen with a form as it was typed, of which nothing has been kept yet."""
    seen = seen_by(form)
    marks = {**marks_of(draft.content), **seen}
    return Screen(draft, _with_typed(draft, form, {*seen}), form.errors, seen=marks, page=_page_of(form), is_kept=False)


def _page_of(form: Submission[Filled]) -> str | None:
    page = form.sent.get("page")
    return page if isinstance(page, str) and "page" not in form.errors else None


def _with_typed(draft: Draft, form: Submission[Filled], names: Collection[str]) -> Mapping[str, object]:
    stands = {name: value for name, value in fields_of(draft.content).items() if name not in names}
    typed = {name: form.sent[name] for name in {*names, "late_code"} if name in form.sent}
    return {**stands, **typed}


async def sent_screen(request: Request, work: UnitOfWork, draft: Draft, form: Submission[Filled]) -> Response:
    """What somebody typed into a draft that was sent meanwhile: not kept, but there to be copied.

    Only what they changed is: the rest went with the application.
    """
    names = Names({each.id: each for each in await daycares(work, [draft.municipality])}, ())
    untouched = untouched_in(form)
    forget_typed(request, untouched)
    written = [name for name in form.sent if is_written(name) and name not in untouched]
    return render_page(
        request,
        "draft_sent.html",
        status=409,
        draft=draft,
        zone=await zone_of(work, draft.round_id),
        written=[(names.label(name), form.sent[name]) for name in written],
    )


async def gone_screen(request: Request, work: UnitOfWork, who: Identity, form: Submission[Filled]) -> Response:
    """What somebody typed into a draft that is not there any more: not kept, but there to be copied.

    Who has thrown it away is not known: nothing of a draft stays. A draft of others is answered for in the same way.
    """
    own = [who.municipality] if who.municipality else []
    names = Names({each.id: each for each in await daycares(work, own)}, ())
    written = [(names.label(name), value) for name, value in form.sent.items() if is_written(name)]
    return render_page(request, "draft_gone.html", status=404, written=written)


async def draft_screen(request: Request, work: UnitOfWork, who: Identity, screen: Screen) -> Response:
    """Render it, in as many queries whatever the draft holds."""
    draft = screen.draft
    programme, is_offered = await programme_of(work, draft)
    round_ = await round_by_id(work, draft.round_id) if draft.round_id else None
    offered = {each.id: each for each in await daycares(work, [draft.municipality]) if each.end is None}
    name_of = kernel_of(request).sign_in.name_of
    verdicts = await verdicts_on(work, draft, programme, offered, wrong=screen.wrong) if is_offered else ()
    answered = [each for each in await enquiries(work, draft.owner) if each.answer]
    is_late = round_ is not None and work.now >= round_.closes_at
    chosen = [offered[id] for id in draft.content.daycares if id in offered]
    left_out = {
        *([] if programme.hour_cap else ["hours"]),
        *([] if answered else ["enquiry_id"]),
        *([] if round_ and not is_late else ["reminders"]),
    }
    shown = [
        *(name for name in parts_of(EMPTY) if name not in left_out),
        *(selection_part(each.id, name) for each in chosen for name in OF_A_DAYCARE),
    ]
    held = marks_of(draft.content)
    marks = held if screen.seen is None else screen.seen
    names = Names(offered, answered)
    return render_page(
        request,
        "draft.html",
        status=screen.status,
        screen=screen,
        draft=draft,
        page=screen.page or secrets.token_hex(_PAGE_BYTES),
        seen={name: marks.get(name, NOTHING) for name in shown},
        of_selection=[name for name in shown if name.startswith(SELECTION)],
        of_form=[name for name in shown if not name.startswith(SELECTION)],
        held=json.dumps(dict(held)),
        conflicts=[conflict(name, screen.fields, draft.content, names) for name in screen.conflicts],
        labels={name: names.label(name) for name in screen.errors if names.has_label(name)},
        news=[names.label(name) for name in screen.news],
        programme=programme,
        is_offered=is_offered,
        round=round_,
        is_late=is_late,
        steps=[(STEP[each.step], each) for each in progress(draft.content, programme, screen.wrong)],
        verdicts=[(sentence(each), each.passed) for each in verdicts],
        unmet=sum(not each.passed for each in verdicts),
        daycares=offered,
        chosen=chosen,
        applicants=APPLICANT,
        themes={each: THEME[each] for each in programme.offer.themes or tuple(Skill)},
        triggers=TRIGGER,
        enquiries=answered,
        attachments=await attachments(work, draft.id),
        changed_by=name_of(draft.changed_by),
        writers=[name_of(draft.owner), *sorted(map(name_of, draft.writers), key=danish)],
        is_owner=draft.owner == who.subject,
    )
