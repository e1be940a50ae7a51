"""What there is of the demo set, counted through the API: how many of what are in which state."""

from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from local.demo import drafting, places, words
from local.demo.applications import ROUNDS
from local.demo.gathering import TITLES
from local.demo.loading import CASEWORKER, COORDINATOR, SECRETARY, SIDE_BY_SIDE, applicant_of
from local.demo.people import People

ADMINISTRATOR = "hanne"
Tally = Mapping[str, Mapping[str, int]]
Found = list[dict[str, Any]]


def count(people: People) -> Tally:
    """How many are in which state, by what they are. What is of other municipalities does not count."""
    lines = [each for each in people.every(CASEWORKER, "applications") if each["municipality"] in places.places()]
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        applications = list(pool.map(lambda each: people.get(CASEWORKER, f"applications/{each['id']}"), lines))
        assessed = [each for each in applications if each["round_id"] and each["status"] != "refused"]
        assessments = _counted(pool.map(lambda each: _assessment(people, each["id"]), assessed))
    rounds = _rounds(people, applications)
    return {
        **{f"applications, {name}": _statuses(applications, id) for name, id in rounds.items()},
        "applications, rolling": _statuses(applications, None),
        **_of_verdicts(applications),
        "assessments": assessments,
        "prepared decisions": _prepared(people, rounds.values()),
        **_after_acceptance(people, {each["id"] for each in applications}),
        "drafts": _drafts(people),
        "questions": _questions(people),
        **_gatherings(people),
    }


def _rounds(people: People, applications: Found) -> dict[str, str]:
    """The ids of the rounds by their names: the first to open is the first of the set."""
    used = {each["round_id"] for each in applications}
    found = sorted((each for each in people.get(COORDINATOR, "rounds") if each["id"] in used), key=_opening)
    return {name: each["id"] for name, each in zip(ROUNDS, found, strict=False)}


def _opening(round_: dict[str, Any]) -> tuple[str, str]:
    return round_["opens_on"], round_["deadline"]


def _statuses(applications: Found, round_id: str | None) -> dict[str, int]:
    return _counted(each["status"] for each in applications if each["round_id"] == round_id)


def _of_verdicts(applications: Found) -> Tally:
    verdicts = [verdict for each in applications for verdict in each["verdicts"]]
    return {
        "refusals, by rule": _counted(
            rule
            for each in applications
            if each["status"] == "refused"
            for rule in {verdict["rule"] for verdict in each["verdicts"] if not verdict["passed"]}
        ),
        "rules set aside": _counted(each["rule"] for each in verdicts if each["overridden"]),
        "late entries": _counted("used" for each in verdicts if each["rule"] == "late_entry"),
    }


def _assessment(people: People, id: str) -> str:
    seen = people.get(ADMINISTRATOR, f"assessments/{id}")
    if any(each["conflict"] for each in seen["panel"]):
        return "somebody stepped back"
    if seen["result"]:
        return "reviewers disagree" if seen["result"]["disagree"] else "assessed"
    if any(each["is_in"] for each in seen["panel"]):
        return "one is in"
    return "taken on" if seen["panel"] else "not taken on"


def _prepared(people: People, rounds: Iterable[str]) -> dict[str, int]:
    lines = (line for id in rounds for line in people.get(CASEWORKER, f"releases/{id}")["applications"])
    return _counted(line["prepared"]["outcome"] for line in lines if line["prepared"])


def _after_acceptance(people: People, ids: set[str]) -> Tally:
    agreements = [each for each in people.get(CASEWORKER, "agreements") if each["application_id"] in ids]
    courses = [each for each in people.get(COORDINATOR, "courses", "scheduling") if each["application_id"] in ids]
    letters = [each for each in people.get(CASEWORKER, "letters") if each["application_id"] in ids]
    substitutions = (people.get(CASEWORKER, f"applications/{each['application_id']}/substitutions") for each in courses)
    return {
        "letters": _counted(each["status"] for each in letters),
        "agreements, by signatures": _counted(str(len(each["signatures"])) for each in agreements),
        "courses, by phase": _counted(_phase(each) for each in courses),
        "daycares in another's place": _counted("joined" for made in substitutions for _ in made),
    }


def _phase(course: dict[str, Any]) -> str:
    started = [each["name"] for each in course["phases"] if each["started_on"]]
    return started[-1] if started else "not started"


def _drafts(people: People) -> dict[str, int]:
    found: dict[str, str] = {}
    for who in drafting.WRITERS:
        for line in people.get(who, "drafts"):
            steps = people.get(who, f"drafts/{line['id']}")["steps"]
            ready = all(step["done"] for step in steps if step["needed"])
            begun = any(step["done"] for step in steps)
            found[line["id"]] = "ready" if ready else "begun" if begun else "empty"
    return _counted(found.values())


def _questions(people: People) -> dict[str, int]:
    asked = [each for who in words.ENQUIRIES for each in people.get(applicant_of(who), "enquiries")]
    return _counted("answered" if each["answer"] else "waiting" for each in asked)


def _gatherings(people: People) -> Tally:
    found = [each for each in people.get(SECRETARY, "gatherings") if each["title"]["da"] in TITLES]
    registered = (
        each for cohort in found for each in people.get(SECRETARY, f"gatherings/{cohort['id']}/registrations")
    )
    return {
        "gatherings": _counted(each["status"] for each in found),
        "registrations": _counted(each["status"] for each in registered),
        "interest lists": _counted(each["programme"] for each in people.get(SECRETARY, "interests")),
    }


def _counted(states: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(states).items()))
