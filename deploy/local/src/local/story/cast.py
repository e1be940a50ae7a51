"""Who and what the story is about. The places stand in the seeds; the daycares and the corps are made up."""

from collections.abc import Mapping
from typing import Any

VORDINGBORG = "0390"
ODENSE = "0461"

APPLICANT = "anna"
"""Acts for Vordingborg's administration."""
LEADER = "bo"
"""Leads a private daycare in Odense."""
CASEWORKER = "clara"
COORDINATOR = "david"
CONSULTANT = "eva"

NURSERY = {
    "p_number": "1003900001",
    "name": "Vuggestuen Havblik",
    "kind": "nursery",
    "ownership": "municipal",
    "age_from": 0,
    "age_to": 2,
    "municipality": VORDINGBORG,
}
INTEGRATED = {
    "p_number": "1003900002",
    "name": "Børnehuset Skovbrynet",
    "kind": "integrated",
    "ownership": "self_governing",
    "age_from": 0,
    "age_to": 5,
    "municipality": VORDINGBORG,
}
CHILDMINDING = {
    "p_number": "1003900003",
    "name": "Dagplejen Vest",
    "kind": "childminding",
    "ownership": "municipal",
    "age_from": 0,
    "age_to": 2,
    "municipality": VORDINGBORG,
}
KINDERGARTEN = {
    "p_number": "1003900004",
    "name": "Børnehaven Fyrtårnet",
    "kind": "kindergarten",
    "ownership": "municipal",
    "age_from": 3,
    "age_to": 6,
    "municipality": VORDINGBORG,
}
SECOND_NURSERY = {
    "p_number": "1003900005",
    "name": "Vuggestuen Strandskaden",
    "kind": "nursery",
    "ownership": "municipal",
    "age_from": 0,
    "age_to": 2,
    "municipality": VORDINGBORG,
}
PRIVATE = {
    "p_number": "1004610001",
    "name": "Den private vuggestue Æblehaven",
    "kind": "nursery",
    "ownership": "private",
    "age_from": 0,
    "age_to": 2,
    "municipality": ODENSE,
}
DAYCARES: Mapping[str, Mapping[str, Any]] = {
    "nursery": NURSERY,
    "integrated": INTEGRATED,
    "childminding": CHILDMINDING,
    "kindergarten": KINDERGARTEN,
    "second nursery": SECOND_NURSERY,
    "private": PRIVATE,
}
"""The daycares by what the story calls them."""

_ENVIRONMENTS, _PARENTS, _INTERDISCIPLINARY, _LEADERSHIP, _CHILDMINDING = (
    "learning_environments",
    "parents",
    "interdisciplinary_work",
    "leadership",
    "childminding",
)
CORPS: Mapping[str, tuple[str, ...]] = {
    "Asta Brink": (_ENVIRONMENTS, _PARENTS),
    "Birk Dalsgaard": (_LEADERSHIP,),
    "Cecilie Enggaard": (_ENVIRONMENTS, _CHILDMINDING),
    "Ditte Fuglsang": (_LEADERSHIP, _INTERDISCIPLINARY),
    "Esben Gaarde": (_PARENTS, _CHILDMINDING),
    "Freja Holm": (_ENVIRONMENTS,),
    "Gustav Ibsgaard": (_INTERDISCIPLINARY, _PARENTS),
    "Helle Juul": (_LEADERSHIP, _ENVIRONMENTS),
    "Ivan Krogh": (_CHILDMINDING,),
    "Johanne Lykke": (_PARENTS, _LEADERSHIP),
    "Kaj Munkholm": (_ENVIRONMENTS, _INTERDISCIPLINARY),
    "Lone Nygaard": (_INTERDISCIPLINARY,),
}
"""Twelve consultants and what each can."""

MOTIVATION = "Tilsynet har i flere år fundet lav kvalitet i de samme dagtilbud. Vi vil arbejde med læringsmiljøerne."


def long_course(round_id: str, daycares: list[str], applicant_kind: str = "administration") -> dict[str, Any]:
    """What Vordingborg applies for."""
    return {
        "programme": "long-course",
        "round_id": round_id,
        "municipality": VORDINGBORG,
        "applicant_kind": applicant_kind,
        "daycares": daycares,
        "themes": [_PARENTS],
        "motivation": MOTIVATION,
    }


def short_course(daycare: str, hours: int) -> dict[str, Any]:
    """What the private daycare applies for."""
    return {
        "programme": "short-course",
        "municipality": ODENSE,
        "applicant_kind": "daycare",
        "daycares": [daycare],
        "themes": [_ENVIRONMENTS],
        "hours": hours,
        "motivation": "Vi har fået påbud om at organisere læringsmiljøerne bedre.",
    }
