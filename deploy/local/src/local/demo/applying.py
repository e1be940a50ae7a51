"""Applying, taking back, and being turned away by the rules."""

from collections.abc import Sequence
from typing import Any

from local.demo import words
from local.demo.applications import Fate, Moment, PlannedApplication
from local.demo.loading import COORDINATOR, Loading, Sent, applicant_of
from local.story.telling import Unexpected


def apply(loading: Loading, name: str, planned: Sequence[PlannedApplication], *moments: Moment) -> None:
    """Send those of a list whose moment it is, one after another: who came first is seen in lists."""
    sent = loading.sent.setdefault(name, [])
    for number, each in enumerate(planned):
        if each.moment in moments:
            sent.append(_send(loading, each, _application(loading, name, each, number)))


def withdraw(loading: Loading, name: str) -> None:
    """Take back what is taken back before anything has been decided."""
    for sent in loading.live(name):
        if sent.planned.fate is Fate.WITHDRAWN:
            loading.people.do(sent.applicant, f"{sent.path}/withdrawal", version=1)


def _send(loading: Loading, planned: PlannedApplication, body: dict[str, Any]) -> Sent:
    answer = loading.people.send(applicant_of(planned.municipality), "applications", body)
    said = answer.json()
    if answer.status_code == 201:
        id, refused_by = said["id"], frozenset[str]()
    else:
        id = said.get("application_id", "")
        refused_by = frozenset(each["rule"] for each in said.get("refusals", ()))
    if not id or refused_by != planned.refused_by:
        raise Unexpected(
            f"{planned.municipality} with {planned.daycares} was answered {answer.status_code}: {answer.text}"
        )
    return Sent(planned, id)


def _application(loading: Loading, name: str, planned: PlannedApplication, number: int) -> dict[str, Any]:
    round_ = loading.rounds.get(name)
    body: dict[str, Any] = {
        "programme": "long-course" if round_ else "short-course",
        "round_id": round_["id"] if round_ else None,
        "municipality": planned.municipality,
        "applicant_kind": planned.kind,
        "themes": [words.THEMES[number % len(words.THEMES)]],
        "hours": planned.hours,
        "motivation": words.MOTIVATIONS[number % len(words.MOTIVATIONS)],
        "contact": contact(number + int(planned.municipality)),
        **chosen(loading, planned, number),
    }
    if planned.moment is Moment.LATE_ENTRY and round_:
        code = loading.people.do(
            COORDINATOR, f"rounds/{round_['id']}/late-entries", {"municipality": planned.municipality}
        )
        body["late_code"] = code["code"]
    if round_ is None and planned.municipality in loading.enquiries:
        body["enquiry_id"] = loading.enquiries[planned.municipality]["id"]
    return body


def chosen(loading: Loading, planned: PlannedApplication, number: int) -> dict[str, Any]:
    """The daycares, and on what data each was chosen."""
    daycares = loading.ids_of(planned)
    selection = [
        {
            "daycare_id": id,
            "vulnerable_share": (number * 7 + place * 11) % 60,
            "trigger": "order" if planned.order else words.TRIGGERS[(number + place) % len(words.TRIGGERS)],
            "inspections": words.INSPECTIONS if place == 0 else None,
        }
        for place, id in enumerate(daycares)
    ]
    return {"daycares": daycares, "selection": selection}


def contact(number: int) -> dict[str, str]:
    """Somebody to write to, at an address that no mail reaches."""
    number %= len(words.CONTACTS)
    return {"name": words.CONTACTS[number], "email": f"kontakt{number + 1}@kommune.example"}
