"""Deciding on applications: one by one, or prepared and released together; and setting a rule aside."""

from local.demo.applications import Fate
from local.demo.loading import CASEWORKER, Loading, Sent, side_by_side
from local.demo.people import People
from local.demo.words import REASONS

ACCEPTED = frozenset({Fate.ACCEPTED, Fate.PROPOSED, Fate.HALF_SIGNED, Fate.AGREED, Fate.GIVEN_UP})
LISTED = frozenset({Fate.WAITLISTED, Fate.DECLINED_FROM_LIST, Fate.MOVED_UP})
PREPARED = {
    "accept": ACCEPTED,
    "waitlist": LISTED,
    "decline": frozenset({Fate.DECLINED}),
}
_REASONS = {"accept": None, "waitlist": REASONS["wait"], "decline": REASONS["decline"]}


def release(loading: Loading, name: str) -> None:
    """Decide on a round: each decision is prepared, and all are told at once."""
    for outcome, fates in PREPARED.items():
        _prepare(loading, name, outcome, [sent for sent in loading.live(name) if sent.planned.fate in fates])
    path = f"releases/{loading.rounds[name]['id']}"
    loading.people.do(CASEWORKER, f"{path}/release", version=loading.people.version(CASEWORKER, path))


def prepare(loading: Loading, name: str) -> None:
    """Prepare what the office means to tell some of a round, and tell nobody."""
    for outcome in PREPARED:
        _prepare(loading, name, outcome, [sent for sent in loading.live(name) if sent.planned.prepared == outcome])


def decide(loading: Loading, name: str) -> None:
    """Decide one by one on applications that have no round."""
    side_by_side(lambda sent: _decide(loading.people, sent), loading.live(name))


def settle(loading: Loading, name: str) -> None:
    """Let those move up or be declined who do not stay on the waiting list, and give up what is given up."""
    side_by_side(lambda sent: _settle(loading.people, sent), loading.live(name))


def override(loading: Loading, name: str) -> None:
    """Let in what is let in although a rule turns it away."""
    for sent in loading.sent[name]:
        if sent.planned.overridden:
            verdicts = [{"rule": rule, "daycare_id": None} for rule in sorted(sent.planned.refused_by)]
            body = {"verdicts": verdicts, "reason": REASONS["override"]}
            loading.people.do(CASEWORKER, f"{sent.path}/override", body, version=1)


def _prepare(loading: Loading, name: str, outcome: str, chosen: list[Sent]) -> None:
    path = f"releases/{loading.rounds[name]['id']}"
    body = {
        "applications": [{"id": sent.id, "version": 1} for sent in chosen],
        "outcome": outcome,
        "reason": _REASONS[outcome],
    }
    version = loading.people.version(CASEWORKER, path)
    loading.people.do(CASEWORKER, f"{path}/preparations", body, version=version)


def _decide(people: People, sent: Sent) -> None:
    if sent.planned.fate in ACCEPTED:
        people.do(CASEWORKER, f"{sent.path}/acceptance", version=1)
    elif sent.planned.fate in LISTED:
        people.do(CASEWORKER, f"{sent.path}/waiting", {"reason": REASONS["wait"]}, version=1)
    elif sent.planned.fate is Fate.DECLINED:
        people.do(CASEWORKER, f"{sent.path}/declination", {"reason": REASONS["decline"]}, version=1)


def _settle(people: People, sent: Sent) -> None:
    match sent.planned.fate:
        case Fate.MOVED_UP:
            people.do(CASEWORKER, f"{sent.path}/acceptance", {"reason": REASONS["move-up"]}, version=2)
        case Fate.DECLINED_FROM_LIST:
            people.do(CASEWORKER, f"{sent.path}/declination", {"reason": REASONS["decline"]}, version=2)
        case Fate.GIVEN_UP:
            people.do(sent.applicant, f"{sent.path}/withdrawal", version=2)
