"""What is missing in a draft, what the rules say of it already, and who may write in it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from intake.applications.eligibility import judge
from intake.applications.model import Case, Language, Verdict, Wish
from intake.drafts.merging import Merged, Said, changed, merge
from intake.drafts.model import MOST_OF_MUNICIPALITY, MOST_OF_PERSON, Draft, Progress, Step
from intake.organisations.model import Daycare
from intake.programmes.model import Programme
from intake.rounds.model import Round
from shared.errors import Refused

_UNKNOWN_YET = {
    Step.APPLICANT: frozenset({"applicant"}),
    Step.DAYCARES: frozenset({"daycare_count"}),
    Step.HOURS: frozenset({"hour_cap", "hours_stated"}),
}
"""Rules about which nothing can be said before their step is done."""
_STEP_OF = {**{step.value: step for step in Step}, "contact_email": Step.CONTACT}
"""By the names of fields."""


def progress(content: Wish, programme: Programme, wrong: Collection[str] = ()) -> tuple[Progress, ...]:
    """Each step of the form, in order. Hours are asked for where the programme has a limit to them.

    No step is done of which a field is among the `wrong`, which hold something else in the form than in the content.
    """
    steps_wrong = {_STEP_OF[name] for name in wrong if name in _STEP_OF}
    return tuple(
        replace(each, done=False, wrong=True) if each.step in steps_wrong else each
        for each in _filled(content, programme)
    )


def _filled(content: Wish, programme: Programme) -> tuple[Progress, ...]:
    steps = [
        Progress(Step.APPLICANT, content.applicant_kind is not None),
        Progress(Step.DAYCARES, bool(content.daycares)),
    ]
    if programme.hour_cap is not None:
        steps.append(Progress(Step.HOURS, content.hours is not None))
    described = {each.daycare_id for each in content.selection}
    return (
        *steps,
        Progress(Step.MOTIVATION, bool(content.motivation)),
        Progress(Step.CONTACT, bool(content.contact_name and content.contact_email)),
        Progress(Step.SELECTION, bool(content.daycares) and described.issuperset(content.daycares), needed=False),
    )


def standing(
    draft: Draft,
    daycares: Mapping[UUID, Daycare],
    programme: Programme,
    round_: Round | None,
    now: datetime,
    *,
    may_be_late: bool = False,
    taken: Collection[UUID] = (),
    wrong: Collection[str] = (),
) -> tuple[Verdict, ...]:
    """What the rules would say if the draft were sent now, but nothing of what has not been filled in.

    `taken` are the daycares that applications of the round name. Of the `wrong` fields something else stands in the
    form than in the draft: nothing is said of them either.
    """
    content = draft.content
    wish = replace(content, daycares=()) if "daycares" in wrong else content
    case = Case(draft.id, draft.owner, draft.municipality, wish, daycares)
    open_steps = [each.step for each in progress(content, programme, wrong) if not each.done]
    silent = frozenset[str]().union(*(_UNKNOWN_YET.get(step, frozenset()) for step in open_steps))
    verdicts = judge(case, programme, round_, now, may_be_late=may_be_late, taken=taken)
    return tuple(verdict for verdict in verdicts if verdict.rule not in silent)


def change(
    draft: Draft, content: Wish, writer: str, now: datetime, language: Language = "da", page: str | None = None
) -> Draft:
    """The draft with other content, which was written on a page or elsewhere; with the same content, the same draft.

    Raises `Refused("draft-sent")` where it is an application already.
    """
    _must_be_unsent(draft)
    if content == draft.content:
        return draft
    written = changed(draft.content, content)
    pages = {name: by for name, by in draft.pages.items() if name not in written}
    if page is not None:
        pages |= dict.fromkeys(written, page)
    return replace(draft, content=content, changed_at=now, changed_by=writer, language=language, pages=pages)


def hear(draft: Draft, said: Said, writer: str, now: datetime, language: Language = "da") -> tuple[Draft, Merged]:
    """The draft with what a page says, as far as nobody has changed the same field elsewhere; and how it went.

    Raises `Refused("draft-sent")` where it is an application already.
    """
    _must_be_unsent(draft)
    merged = merge(draft.content, draft.pages, said)
    return change(draft, merged.content, writer, now, language, said.page), merged


def join(draft: Draft, writer: str, municipalities: Collection[str]) -> Draft:
    """The draft with one more writer; joining again changes nothing.

    `municipalities` are all that are one with the writer's. A draft is shared within the applicant's organisation:
    raises `Refused("draft-of-another-municipality")` for anybody else, and `Refused("draft-sent")` where it is an
    application already.
    """
    _must_be_unsent(draft)
    if draft.municipality not in municipalities:
        raise Refused("draft-of-another-municipality")
    return draft if draft.may_write(writer) else replace(draft, writers=(*draft.writers, writer))


def send(draft: Draft, programme: Programme, now: datetime) -> Draft:
    """The draft as sent; what was in it is the application's from now on.

    Raises `Refused("draft-sent")` where that has happened, and `Refused("draft-incomplete")` with the steps that are
    missing.
    """
    _must_be_unsent(draft)
    if missing := [each.step.value for each in progress(draft.content, programme) if each.needed and not each.done]:
        raise Refused("draft-incomplete", steps=missing)
    return replace(draft, content=Wish(), sent_at=now, pages={})


def wish_to_send(content: Wish) -> Wish:
    """What is sent of a whole draft: nothing of daycares that were taken out of it again, nor of reminders."""
    taking_part = frozenset(content.daycares)
    selection = tuple(each for each in content.selection if each.daycare_id in taking_part)
    return replace(content, selection=selection, reminders=True)


def check_quota(of_person: int, of_municipality: int) -> None:
    """Raise `Refused`, with `too-many-drafts` or `too-many-drafts-of-municipality`, where no other can be begun."""
    if of_person >= MOST_OF_PERSON:
        raise Refused("too-many-drafts", most=MOST_OF_PERSON)
    if of_municipality >= MOST_OF_MUNICIPALITY:
        raise Refused("too-many-drafts-of-municipality", most=MOST_OF_MUNICIPALITY)


def is_to_be_reminded(draft: Draft, round_: Round, now: datetime) -> bool:
    """Whether the contact of a draft is to be reminded of the deadline of its round: once of each deadline.

    That is so while the draft is unsent, names an address and wants it, from when the round reminds until it closes.
    """
    content = draft.content
    wanted = draft.sent_at is None and content.reminders and content.contact_email is not None
    in_time = round_.reminds_at <= now < round_.closes_at
    return wanted and in_time and draft.reminded_of != round_.deadline


def _must_be_unsent(draft: Draft) -> None:
    if draft.sent_at is not None:
        raise Refused("draft-sent")
