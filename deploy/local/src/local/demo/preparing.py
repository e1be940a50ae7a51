"""What must be there before anybody applies: daycares, the corps, questions, and a round."""

from typing import Any

from local.demo import places, words
from local.demo.loading import COORDINATOR, Loading, applicant_of
from local.demo.people import People
from local.story import cast

FIRST = next(iter(words.ENQUIRIES))
"""Who asks the question with which the loading begins; its answer ends the loading."""


def first_question(people: People) -> dict[str, Any]:
    """The question with which the loading began, which may be now; once it is answered, everything is loaded."""
    question = words.ENQUIRIES[FIRST][0]
    asked = people.get(applicant_of(FIRST), "enquiries")
    found = next((each for each in asked if each["question"] == question), None)
    first: dict[str, Any] = found or people.do(applicant_of(FIRST), "enquiries", {"question": question})
    return first


def register_daycares(loading: Loading) -> None:
    """Make the daycares known, by one table."""
    loading.people.do(COORDINATOR, "daycare-table", {"table": places.daycare_table()})
    loading.daycares = {each["p_number"]: each["id"] for each in loading.people.every(COORDINATOR, "daycares")}


def register_corps(loading: Loading) -> None:
    """Make the corps of the story known, where the story has not been told."""
    people = loading.people
    known = {each["name"] for each in people.get(COORDINATOR, "consultants", "scheduling")}
    for name, skills in cast.CORPS.items():
        if name not in known:
            people.do(COORDINATOR, "consultants", {"name": name, "skills": skills}, service="scheduling")


def ask(loading: Loading) -> None:
    """Ask what else is asked before applying, and answer it."""
    for municipality, (question, answer) in words.ENQUIRIES.items():
        if municipality == FIRST:
            continue
        asked = loading.people.do(applicant_of(municipality), "enquiries", {"question": question})
        loading.enquiries[municipality] = asked
        if answer is not None:
            _answer(loading, municipality, answer)


def finish(loading: Loading) -> None:
    """Answer the first question: everything is loaded."""
    answer = words.ENQUIRIES[FIRST][1]
    assert answer is not None
    _answer(loading, FIRST, answer)


def open_round(loading: Loading, name: str, opens: int, deadline: int, zone: str = "Europe/Copenhagen") -> None:
    """Announce a round of the long course, from one day of the loading to another."""
    body = {
        "programme": "long-course",
        "opens_on": str(loading.day(opens)),
        "deadline": str(loading.day(deadline)),
        "zone": zone,
    }
    loading.rounds[name] = loading.people.do(COORDINATOR, "rounds", body)


def extend_round(loading: Loading, name: str, deadline: int) -> None:
    """Give a round a later deadline."""
    round_ = loading.rounds[name]
    body = {"deadline": str(loading.day(deadline)), "reason": words.REASONS["extend"]}
    loading.people.do(COORDINATOR, f"rounds/{round_['id']}/extension", body, version=round_["version"])


def _answer(loading: Loading, municipality: str, answer: str) -> None:
    asked = loading.enquiries[municipality]
    path = f"enquiries/{asked['id']}/answer"
    loading.people.do(COORDINATOR, path, {"answer": answer}, version=asked["version"])
