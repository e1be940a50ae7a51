"""Letters about decisions and refusals: composed by themselves, approved by a caseworker."""

from collections.abc import Iterable
from functools import partial

from local.demo.applications import Fate
from local.demo.loading import CASEWORKER, Loading, Sent
from local.story.client import wait_for

ABOUT = {Fate.AGREED: "acceptance", Fate.WAITLISTED: "waiting"}
"""What is approved; the other letters stay drafts, or are overtaken by what happens later."""


def approve(loading: Loading, name: str) -> None:
    """Approve the letters of a round that are approved, as soon as all of them are composed."""
    decided = [sent for sent in loading.live(name) if sent.planned.fate is not Fate.WITHDRAWN]
    _wait_for_letters(loading, decided)
    for sent in decided:
        if sent.planned.fate in ABOUT:
            letter = next(each["id"] for each in _letters(loading, sent) if each["kind"] == ABOUT[sent.planned.fate])
            version = loading.people.version(CASEWORKER, f"letters/{letter}")
            loading.people.do(CASEWORKER, f"letters/{letter}/approval", version=version)


def refuse(loading: Loading, *rounds: str) -> None:
    """Wait for the letters about what the rules have turned away, before anything else happens to it."""
    _wait_for_letters(loading, [sent for name in rounds for sent in loading.sent[name] if sent.planned.refused_by])


def _wait_for_letters(loading: Loading, about: Iterable[Sent]) -> None:
    for sent in about:
        wait_for("the letter is composed", partial(_letters, loading, sent))


def _letters(loading: Loading, sent: Sent) -> list[dict[str, str]]:
    found: list[dict[str, str]] = loading.people.get(CASEWORKER, f"letters?application_id={sent.id}")
    return found
