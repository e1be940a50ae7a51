"""What follows an acceptance: agreements, a daycare in another's place, and the first visits of a course."""

from typing import Any

from local.demo import places
from local.demo.applications import Fate
from local.demo.loading import CASEWORKER, CONSULTANT, COORDINATOR, Loading, Sent, side_by_side
from local.demo.people import People
from local.demo.words import REASONS
from local.story.client import wait_for

AGREEING = frozenset({Fate.PROPOSED, Fate.HALF_SIGNED, Fate.AGREED})


def agree(loading: Loading, *names: str) -> None:
    """Propose the agreements, and sign those that are signed; every course that follows opens before this returns."""
    agreeing = [sent for sent in loading.live(*names) if sent.planned.fate in AGREEING]
    side_by_side(lambda sent: _agree(loading.people, sent), agreeing)
    wanted = {sent.id for sent in agreeing if sent.planned.fate is Fate.AGREED}
    wait_for("scheduling opens the courses", lambda: wanted <= {each["application_id"] for each in courses(loading)})


def substitute(loading: Loading, name: str) -> None:
    """Let a daycare take the place of another."""
    for sent in loading.live(name):
        if sent.planned.substituted:
            joined = loading.daycares[places.p_number(sent.planned.municipality, sent.planned.substituted)]
            body = {"left": loading.ids_of(sent.planned)[0], "joined": joined, "reason": REASONS["substitute"]}
            version = loading.people.version(CASEWORKER, sent.path)
            loading.people.do(CASEWORKER, f"{sent.path}/substitutions", body, version=version)


def visit(loading: Loading, sent: Sent, day: int) -> None:
    """Record on a day all that the start of a course owes, and complete it."""
    people, on = loading.people, str(loading.day(day))
    course = next(each["id"] for each in courses(loading) if each["application_id"] == sent.id)
    wait_for("the course starts", lambda: _phase(people, course)["started_on"])
    if _phase(people, course)["completed_on"]:
        return
    wait_for("reporting hears of it", lambda: _is_measured(people, course))
    for daycare in loading.ids_of(sent.planned):
        body = {"phase": "start", "daycare_id": daycare, "on": on}
        people.do(CONSULTANT, f"courses/{course}/observations", body, service="reporting")
    survey = {"phase": "start", "instrument": "leadership_survey", "on": on}
    people.do(CONSULTANT, f"courses/{course}/surveys", survey, service="reporting")
    wait_for("scheduling hears of the visits", lambda: not _phase(people, course)["left"])
    version = people.get(CONSULTANT, f"courses/{course}", "scheduling")["version"]
    people.do(CONSULTANT, f"courses/{course}/phases/start/completion", version=version, service="scheduling")


def courses(loading: Loading) -> list[dict[str, Any]]:
    """Every course there is."""
    found: list[dict[str, Any]] = loading.people.get(COORDINATOR, "courses", "scheduling")
    return found


def _agree(people: People, sent: Sent) -> None:
    agreement = people.do(CASEWORKER, "agreements", {"application_id": sent.id})
    if sent.planned.fate is not Fate.PROPOSED:
        agreement = _sign(people, agreement, sent.applicant)
    if sent.planned.fate is Fate.AGREED:
        _sign(people, agreement, COORDINATOR)


def _sign(people: People, agreement: Any, who: str) -> Any:
    return people.do(who, f"agreements/{agreement['id']}/signature", version=agreement["version"])


def _phase(people: People, course: str) -> dict[str, Any]:
    phases: list[dict[str, Any]] = people.get(CONSULTANT, f"courses/{course}", "scheduling")["phases"]
    return phases[0]


def _is_measured(people: People, course: str) -> bool:
    answer = people.find(CONSULTANT, f"courses/{course}/instruments", "reporting")
    return answer is not None and answer["phases"][0]["running"]
