"""What becomes of a letter."""

from dataclasses import replace
from datetime import datetime

from intake.letters.model import Discard, Letter, LetterKind, LetterStatus, Way, Words
from shared.decision import Decision
from shared.errors import Refused


def reword(letter: Letter, words: Words) -> Decision[Letter]:
    """Say it in other words, while it is a draft. Raises `Refused("letter-not-draft")`."""
    _must_be_draft(letter)
    return Decision(replace(letter, words=words))


def approve(letter: Letter, caseworker: str, now: datetime, way: Way) -> Decision[Letter]:
    """Let the letter go out as it stands, once. Raises `Refused("letter-not-draft")`.

    No event tells of it: nobody but the applicant acts on a letter, and the decision it tells of is a fact already.
    """
    _must_be_draft(letter)
    return Decision(replace(letter, status=LetterStatus.APPROVED, approved_by=caseworker, approved_at=now, way=way))


def note_posted(letter: Letter, by: str, now: datetime) -> Decision[Letter]:
    """Somebody has put the printed letter into the post, also where its e-mail could not be delivered.

    Raises `Refused("letter-not-approved")`, and `Refused("letter-posted")` the second time.
    """
    if letter.status is not LetterStatus.APPROVED:
        raise Refused("letter-not-approved")
    if letter.posted_at is not None:
        raise Refused("letter-posted")
    return Decision(replace(letter, way=Way.POST, posted_by=by, posted_at=now))


def supersede(letter: Letter) -> Decision[Letter]:
    """What has happened to the application makes this draft void. Raises `Refused("letter-not-draft")`."""
    _must_be_draft(letter)
    return Decision(replace(letter, status=LetterStatus.SUPERSEDED))


def discard(letter: Letter, discarded: Discard) -> Decision[Letter]:
    """Let the draft of a refusal by the rules rest: the applicant was told why when the application came in.

    Raises `Refused("letter-not-draft")`, and `Refused("letter-must-go-out")` for what somebody has decided: that has
    to reach the applicant in writing.
    """
    _must_be_draft(letter)
    if letter.kind is not LetterKind.REFUSAL:
        raise Refused("letter-must-go-out")
    return Decision(replace(letter, status=LetterStatus.DISCARDED, discard=discarded))


def _must_be_draft(letter: Letter) -> None:
    if letter.status is not LetterStatus.DRAFT:
        raise Refused("letter-not-draft")
