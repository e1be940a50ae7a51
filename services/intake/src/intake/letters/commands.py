"""What is done to letters, the same from a page and through the API: load, decide, save, post."""

import re
from dataclasses import replace
from uuid import UUID

from intake.applications.model import Contact
from intake.applications.queries import application_by_id
from intake.letters import decisions, store
from intake.letters.documents import document_of
from intake.letters.model import Discard, Letter, Way, Words
from intake.programmes.queries import programme_names
from shared.errors import NotFound, Text, require_version
from shared.identity import Identity
from shared.mail.outbox import Enclosure, Mail, post
from shared.municipalities import municipalities
from shared.work import UnitOfWork

_PLAIN = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


async def reword_letter(work: UnitOfWork, id: UUID, version: int, words: Words) -> Letter:
    """Put what stood at `version` into other words. Raises `unknown-letter`, `stale-version`, or what is refused."""
    letter = await _locked(work, id, version)
    return await store.save_letter(work, decisions.reword(letter, words).state)


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
    approved = decisions.approve(letter, who.subject, work.now, Way.EMAIL if contact else Way.POST).state
    store.add_document(work, id, pdf)
    if contact is not None:
        mail = await _mail(work, approved, contact, application.programme, application.case.municipality, pdf)
        approved = replace(approved, mail_id=await post(work, mail))
    return await store.save_letter(work, approved)


async def note_posted(work: UnitOfWork, id: UUID, version: int, who: Identity) -> Letter:
    """Note that what stood at `version` has been put into the post. Raises like `reword_letter`."""
    letter = await _locked(work, id, version)
    return await store.save_letter(work, decisions.note_posted(letter, who.subject, work.now).state)


async def discard_letter(
    work: UnitOfWork, id: UUID, version: int, who: Identity, reason: str, words: Words | None = None
) -> Letter:
    """Let the draft that stood at `version` rest, in these words if they are given. Raises like `reword_letter`."""
    letter = _worded(await _locked(work, id, version), words)
    return await store.save_letter(work, decisions.discard(letter, Discard(who.subject, work.now, reason)).state)


async def _printed(work: UnitOfWork, id: UUID, version: int, who: Identity, words: Words | None) -> bytes:
    """The PDF of what stands at `version`, as it would be approved; printed before anything is held, since it takes
    long. Whoever locks that version afterwards has what was printed."""
    letter = _worded(_at(version, await store.load_letter(work, id)), words)
    return await document_of(decisions.approve(letter, who.subject, work.now, Way.POST).state, who.subject)


async def _locked(work: UnitOfWork, id: UUID, version: int) -> Letter:
    return _at(version, await store.lock_letter(work, id))


def _at(version: int, letter: Letter | None) -> Letter:
    if letter is None:
        raise NotFound("letter")
    require_version(version, letter.version)
    return letter


def _worded(letter: Letter, words: Words | None) -> Letter:
    return letter if words is None else decisions.reword(letter, words).state


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


def file_name(letter: Letter, municipality: str) -> str:
    """What the PDF is called: whose it is and of which day, in plain letters, and nothing of what is in it."""
    name = municipalities()[municipality].name.casefold().translate(_PLAIN)
    place = re.sub("[^a-z0-9]+", "-", name).strip("-")
    return f"{'letter' if letter.language == 'en' else 'brev'}-{place}-{letter.decided_on.isoformat()}.pdf"
