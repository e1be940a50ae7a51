"""Letters about decisions: composed by themselves, approved by a caseworker."""

from functools import partial

from local.demo.applications import Fate
from local.demo.loading import CASEWORKER, Loading, Sent
from local.story.client import wait_for

ABOUT = {Fate.AGREED: "acceptance", Fate.WAITLISTED: "waiting"}
"""What is approved; the letters about other decisions stay drafts, or are overtaken by a later decision."""


def approve(loading: Loading, name: str) -> None:
    """Approve the letters of a round that are approved, as soon as they are composed."""
    for sent in loading.live(name):
        if sent.wish.fate in ABOUT:
            letter = wait_for("the letter is composed", partial(_letter, loading, sent))
            version = loading.people.version(CASEWORKER, f"letters/{letter}")
            loading.people.do(CASEWORKER, f"letters/{letter}/approval", version=version)


def _letter(loading: Loading, sent: Sent) -> str | None:
    found = loading.people.get(CASEWORKER, f"letters?application_id={sent.id}")
    return next((each["id"] for each in found if each["kind"] == ABOUT[sent.wish.fate]), None)
