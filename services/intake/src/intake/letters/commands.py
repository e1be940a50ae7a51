"""What is done to letters, the same from a page, through the API and after an event: load, decide, save, post."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from uuid import UUID
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

from intake.applications.locks import hold_application
from intake.applications.model import Application, ApplicationStatus, Contact
from intake.applications.queries import (
    application_by_id,
    applied_as,
    outlines,
    refused_in_round,
    rules_said,
    rules_unmet,
)
from intake.assessments.queries import result_of
from intake.letters import decisions, store
from intake.letters.composing import compose
from intake.letters.documents import document_of
from intake.letters.model import CriterionSaid, Discard, Facts, Language, Letter, LetterKind, Unmet, Way, Words
from intake.municipalities.model import with_predecessors
from intake.municipalities.queries import mergers
from intake.programmes.queries import programme_names, programme_version
from intake.rounds.queries import zone_of
from shared.errors import Text, require_seen
from shared.formats import format_date, format_number
from shared.identity import Identity
from shared.mail.outbox import Enclosure, Mail, post
from shared.municipalities import municipalities
from shared.office import office_date
from shared.translations import Catalogue
from shared.work import UnitOfWork

_PLAIN = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


async def reword_letter(work: UnitOfWork, id: UUID, version: int, words: Words) -> Letter:
    """Put what stood at `version` into other words. Raises `unknown-letter`, `stale-version`, or what is refused."""
    letter = await _locked(work, id, version)
    return await store.save_letter(work, work.record(decisions.reword(letter, words)))


async def approve_letter(work: UnitOfWork, id: UUID, version: int, who: Identity, words: Words | None = None) -> Letter:
    """Approve what stood at `version`, in these words if they are given.

    It becomes a PDF, and leaves by e-mail where the application names an address. Raises like `reword_letter`. That a
    mail server is away keeps nobody from approving: the e-mail waits.
    """
    pdf = await _printed(work, id, version, who, words)
    letter = _worded(await _locked(work, id, version), words)
    application = await application_by_id(work, letter.application_id)
    assert application is not None  # a foreign key says so
    contact = application.case.contact
    approved = work.record(decisions.approve(letter, who.subject, work.now, Way.EMAIL if contact else Way.POST))
    store.add_document(work, id, pdf)
    if contact is not None:
        mail = await _mail(work, approved, contact, application.programme, application.case.municipality, pdf)
        approved = replace(approved, mail_id=await post(work, mail))
    return await store.save_letter(work, approved)


async def note_posted(work: UnitOfWork, id: UUID, version: int, who: Identity) -> Letter:
    """Note that what stood at `version` has been put into the post. Raises like `reword_letter`."""
    letter = await _locked(work, id, version)
    return await store.save_letter(work, work.record(decisions.note_posted(letter, who.subject, work.now)))


async def discard_letter(
    work: UnitOfWork, id: UUID, version: int, who: Identity, reason: str, words: Words | None = None
) -> Letter:
    """Let the draft that stood at `version` rest, in these words if they are given. Raises like `reword_letter`."""
    letter = _worded(await _locked(work, id, version), words)
    discarded = Discard(who.subject, work.now, reason)
    return await store.save_letter(work, work.record(decisions.discard(letter, discarded)))


def file_name(letter: Letter, municipality: str) -> str:
    """What the PDF is called: whose it is and of which day, in plain letters, and nothing of what is in it."""
    name = municipalities()[municipality].name.casefold().translate(_PLAIN)
    place = re.sub("[^a-z0-9]+", "-", name).strip("-")
    return f"{'letter' if letter.language == 'en' else 'brev'}-{place}-{letter.decided_on.isoformat()}.pdf"


KINDS: Mapping[ApplicationStatus, LetterKind] = MappingProxyType(
    {
        ApplicationStatus.ACCEPTED: LetterKind.ACCEPTANCE,
        ApplicationStatus.AGREED: LetterKind.ACCEPTANCE,
        ApplicationStatus.DECLINED: LetterKind.DECLINE,
        ApplicationStatus.WAITLISTED: LetterKind.WAITING,
        ApplicationStatus.REFUSED: LetterKind.REFUSAL,
    }
)
"""Which decision is told by which letter. An agreement that is signed before the letters have heard of the acceptance
takes nothing of it back."""

LOCALE = Path(__file__).resolve().parent.parent / "locale"


async def draft_letter(work: UnitOfWork, application_id: UUID, kind: LetterKind, decided_on: date) -> Letter | None:
    """Write a draft about a decision of this day, unless the application has moved on since; an older draft is void."""
    application = await application_by_id(work, application_id)
    if application is None or KINDS.get(application.status) is not kind or _day_of(application) != decided_on:
        return None
    await void_drafts(work, application_id)
    language: Language = application.case.contact.language if application.case.contact else "da"
    words = compose(kind, language, await _facts(work, application, language))
    letter = Letter(
        id=uuid7(),
        application_id=application_id,
        kind=kind,
        language=language,
        words=words,
        decided_on=decided_on,
        composed_at=work.now,
    )
    store.add_letter(work, letter)
    return letter


async def draft_refusals(work: UnitOfWork, round_id: UUID) -> None:
    """Write to those whom the rules of a round turned away and who have no letter yet, because the round was sealed."""
    refused = await refused_in_round(work, round_id)
    told = await store.told_of(work, [each.id for each in refused], LetterKind.REFUSAL)
    for each in refused:
        if each.id not in told:
            await write_refusal(work, each.id, office_date(each.submitted_at))


async def write_refusal(work: UnitOfWork, application_id: UUID, refused_on: date) -> None:
    """Write the one draft about a refusal of this day, whichever of it and the end of its round is heard of first."""
    await hold_application(work, application_id)
    if not await store.told_of(work, [application_id], LetterKind.REFUSAL):
        await draft_letter(work, application_id, LetterKind.REFUSAL, refused_on)


async def void_drafts(work: UnitOfWork, application_id: UUID) -> None:
    """Let nobody approve what has been drafted about an application, since that does not hold any more."""
    for draft in await store.lock_drafts(work, application_id):
        await store.save_letter(work, work.record(decisions.supersede(draft)))


async def draft_letters_anew(work: UnitOfWork, municipality: str) -> None:
    """Write the drafts anew that name a municipality which has become part of another; the old ones are void.

    What has been approved went out under the name of its day.
    """
    moved = applied_as(with_predecessors(await mergers(work), municipality))
    drafts = await store.load_drafts(work, moved)
    readable = {each.id for each in await outlines(work, [draft.application_id for draft in drafts])}
    for draft in drafts:
        if draft.application_id in readable:
            await draft_letter(work, draft.application_id, draft.kind, draft.decided_on)


@cache
def _catalogue() -> Catalogue:
    return Catalogue.read([LOCALE])


async def _printed(work: UnitOfWork, id: UUID, version: int, who: Identity, words: Words | None) -> bytes:
    """The PDF of what stands at `version`, as it would be approved; printed before anything is held, since it takes
    long. Whoever locks that version afterwards has what was printed. Nothing of it is saved, or recorded."""
    letter = _worded(require_seen(await store.load_letter(work, id), "letter", version), words)
    return await document_of(decisions.approve(letter, who.subject, work.now, Way.POST).state, who.subject)


async def _locked(work: UnitOfWork, id: UUID, version: int) -> Letter:
    return require_seen(await store.lock_letter(work, id), "letter", version)


def _worded(letter: Letter, words: Words | None) -> Letter:
    """The letter that is decided on, which is in these words if they are given."""
    return letter if words is None else replace(letter, words=words)


async def _mail(
    work: UnitOfWork, letter: Letter, contact: Contact, programme: str, municipality: str, pdf: bytes
) -> Mail:
    name: str = getattr((await programme_names(work))[programme], letter.language)
    return Mail(
        to=contact.email,
        language=letter.language,
        subject=Text("A letter about your application for {programme}", {"programme": name}),
        paragraphs=(
            Text("Dear {name}", {"name": contact.name}),
            Text("Your application for {programme} has been dealt with. The letter is enclosed.", {"programme": name}),
            Text("You can also read it, and follow the application, here:"),
        ),
        link=f"/letters/{letter.id}",
        enclosures=(Enclosure(file_name(letter, municipality), "application/pdf", pdf),),
    )


async def _facts(work: UnitOfWork, application: Application, language: Language) -> Facts:
    case = application.case
    programme = await programme_version(work, application.programme, application.programme_version)
    municipality = municipalities()[case.municipality].name
    catalogue = _catalogue()
    return Facts(
        recipient=case.contact.name if case.contact else municipality,
        municipality=municipality,
        programme=getattr(programme.names, language),
        programme_version=programme.version,
        received_on=format_date(
            application.submitted_at, language, ZoneInfo(await zone_of(work, application.round_id))
        ),
        decided_on=format_date(_day_of(application), language),
        daycares=tuple(daycare.name for daycare in case.daycares),
        reason=application.reason,
        rules=tuple(catalogue.translate(each, language) for each in rules_said(application)),
        criteria=tuple(getattr(each.names, language) for each in programme.criteria),
        is_free=programme.offer.fee == 0,
        wish=case.wish,
        scores=await _scores(work, application, language),
        unmet=tuple(
            Unmet(daycare, tuple(catalogue.translate(each, language) for each in said))
            for daycare, said in rules_unmet(application)
        ),
    )


async def _scores(work: UnitOfWork, application: Application, language: Language) -> tuple[CriterionSaid, ...]:
    """What the reviewers say on average, where enough of them have said it."""
    result = await result_of(work, application.case.id)
    if result is None:
        return ()
    return tuple(
        CriterionSaid(
            name=getattr(each.criterion.names, language),
            mean=format_number(round(float(each.mean), 1), language),
            highest=format_number(each.criterion.highest, language),
        )
        for each in result.criteria
    )


def _day_of(application: Application) -> date:
    """The day on which the application came to where it stands."""
    return office_date(application.decided_at or application.submitted_at)
