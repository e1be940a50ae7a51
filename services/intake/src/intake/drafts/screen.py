"""The screen on which a draft is written: the form, how far it has come, and what the rules say of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request, Response

from intake.applications.texts import TRIGGER, sentence
from intake.attachments.queries import attachments
from intake.drafts.decisions import progress
from intake.drafts.model import Draft
from intake.drafts.queries import programme_of, verdicts_on
from intake.drafts.texts import STEP
from intake.enquiries.queries import enquiries
from intake.organisations.queries import daycares
from intake.programmes.texts import APPLICANT, THEME
from intake.rounds.queries import round_by_id
from shared.alphabet import danish
from shared.contracts.intake import Skill
from shared.errors import Text
from shared.identity import Identity
from shared.web.kernel import kernel_of
from shared.web.pages import render_page
from shared.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Screen:
    """A draft as it is kept, beside the fields as they are shown, which may be wrong or not kept yet."""

    draft: Draft
    fields: Mapping[str, object]
    errors: Mapping[str, Text] = field(default_factory=dict)
    overtaken: bool = False
    """Somebody else has changed the draft meanwhile, and nothing of this was kept."""
    would_be_refused: bool = False
    """It was to be sent, but rules are not met."""
    link: str | None = None

    @property
    def status(self) -> int:
        """Of the answer."""
        if self.overtaken:
            return 409
        return 422 if self.errors or self.would_be_refused else 200


async def draft_screen(request: Request, work: UnitOfWork, who: Identity, screen: Screen) -> Response:
    """Render it, in as many queries whatever the draft holds."""
    draft = screen.draft
    programme, is_offered = await programme_of(work, draft)
    round_ = await round_by_id(work, draft.round_id) if draft.round_id else None
    offered = {each.id: each for each in await daycares(work, [draft.municipality]) if each.end is None}
    name_of = kernel_of(request).sign_in.name_of
    verdicts = await verdicts_on(work, draft, programme, offered) if is_offered else ()
    answered = [each for each in await enquiries(work, draft.owner) if each.answer]
    return render_page(
        request,
        "draft.html",
        status=screen.status,
        screen=screen,
        draft=draft,
        programme=programme,
        is_offered=is_offered,
        round=round_,
        is_late=round_ is not None and work.now >= round_.closes_at,
        steps=[(STEP[each.step], each) for each in progress(draft.content, programme)],
        verdicts=[(sentence(each), each.passed) for each in verdicts],
        unmet=sum(not each.passed for each in verdicts),
        daycares=offered,
        chosen=[offered[id] for id in draft.content.daycares if id in offered],
        applicants=APPLICANT,
        themes={each: THEME[each] for each in programme.offer.themes or tuple(Skill)},
        triggers=TRIGGER,
        enquiries=answered,
        attachments=await attachments(work, draft.id),
        changed_by=name_of(draft.changed_by),
        writers=[name_of(draft.owner), *sorted(map(name_of, draft.writers), key=danish)],
        is_owner=draft.owner == who.subject,
    )
