"""Applications that are still being written."""

from typing import Any

from local.demo import words
from local.demo.applications import PlannedApplication
from local.demo.applying import chosen, contact
from local.demo.loading import Loading, applicant_of

EMPTY = PlannedApplication("0101", "")
BEGUN = PlannedApplication("0316", "s")
READY = PlannedApplication("0787", "nd")
AGAINST_RULES = PlannedApplication("0563", "nb")
TOGETHER = ("anna", "ida")
"""Two of Vordingborg write one together: it has two personas."""
WRITERS = (*TOGETHER, *(applicant_of(each.municipality) for each in (EMPTY, BEGUN, READY, AGAINST_RULES)))


def write(loading: Loading) -> None:
    """Begin drafts, and come as far with each as it goes."""
    _begin(loading, applicant_of(EMPTY.municipality), "short-course")
    draft = _begin(loading, applicant_of(BEGUN.municipality), "short-course")
    _fill(loading, applicant_of(BEGUN.municipality), draft, {"applicant_kind": "daycare", "hours": 10})
    for planned in (READY, AGAINST_RULES):
        who = applicant_of(planned.municipality)
        _fill(loading, who, _begin(loading, who, "long-course"), _content(loading, planned))
    _share(loading)


def _share(loading: Loading) -> None:
    owner, partner = TOGETHER
    draft = _begin(loading, owner, "long-course")
    link = loading.people.do(owner, f"drafts/{draft['id']}/link")
    joined = loading.people.do(partner, "draft-joinings", {"token": link["token"]})
    content = {"applicant_kind": "administration", "motivation": words.MOTIVATIONS[0]}
    _fill(loading, partner, joined, content)


def _begin(loading: Loading, who: str, programme: str) -> Any:
    round_id = loading.rounds["open"]["id"] if programme == "long-course" else None
    return loading.people.do(who, "drafts", {"programme": programme, "round_id": round_id})


def _fill(loading: Loading, who: str, draft: Any, content: dict[str, Any]) -> Any:
    return loading.people.do(who, f"drafts/{draft['id']}", content, version=draft["version"], method="PUT")


def _content(loading: Loading, planned: PlannedApplication) -> dict[str, Any]:
    said = chosen(loading, planned, 3)
    person = contact(3)
    return {
        "applicant_kind": planned.kind,
        "daycares": said["daycares"],
        "selection": {each.pop("daycare_id"): each for each in said["selection"]},
        "motivation": words.MOTIVATIONS[3],
        "contact_name": person["name"],
        "contact_email": person["email"],
    }
