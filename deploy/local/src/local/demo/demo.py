"""The demo set from its beginning to its end: half a year of simulated time."""

from collections.abc import Callable, Mapping
from datetime import datetime

from local.demo import agreeing, applying, assessing, deciding, drafting, gathering, preparing, writing
from local.demo.applications import ASSESSED, DECIDED, OPEN, ROLLING, Moment
from local.demo.loading import Loading
from local.demo.people import People
from shared.clock import SimulatedClock
from shared.office import office_date

Tell = Callable[[str], None]


def load(people: People, clock: SimulatedClock, tell: Tell = lambda step: None) -> bool:
    """Load the set, or what is left to load of it; says whether there was anything.

    `tell` is called with the name of each of the `STEPS` when it begins. Raises `Unexpected` or `NeverHappened`.
    """
    loading, complete = begun(people, clock)
    if complete:
        return False
    for name, step in STEPS.items():
        tell(name)
        step(loading)
    return True


def begun(people: People, clock: SimulatedClock) -> tuple[Loading, bool]:
    """The loading as it stands, which may begin now, and whether it is complete."""
    first = preparing.first_question(people)
    began_on = office_date(datetime.fromisoformat(first["asked_at"]))
    return Loading(people, clock, began_on, enquiries={preparing.FIRST: first}), first["answer"] is not None


def _prepare(loading: Loading) -> None:
    preparing.register_daycares(loading)
    preparing.register_corps(loading)
    preparing.ask(loading)
    gathering.wait_for_dates(loading)


def _fill_first_round(loading: Loading) -> None:
    preparing.open_round(loading, "decided", opens=0, deadline=21)
    loading.go_to(7)
    applying.apply(loading, "decided", DECIDED, Moment.IN_TIME)
    applying.apply(loading, "rolling", ROLLING, Moment.IN_TIME)
    loading.go_to(23)
    applying.apply(loading, "decided", DECIDED, Moment.LATE, Moment.LATE_ENTRY)
    applying.withdraw(loading, "decided")
    applying.withdraw(loading, "rolling")


def _decide(loading: Loading) -> None:
    assessing.assess(loading, "decided", wholly=True)
    loading.go_to(30)
    deciding.release(loading, "decided")
    deciding.decide(loading, "rolling")
    writing.approve(loading, "decided")
    loading.go_to(35)
    deciding.settle(loading, "decided")


def _agree(loading: Loading) -> None:
    agreeing.agree(loading, "decided", "rolling")
    loading.go_to(40)
    agreeing.substitute(loading, "decided")
    gathering.announce_first(loading)


def _visit(loading: Loading) -> None:
    loading.go_to(120)
    gathering.hold_first(loading)
    agreeing.visit(loading, loading.sent["decided"][0], day=120)


def _fill_second_round(loading: Loading) -> None:
    preparing.open_round(loading, "assessed", opens=125, deadline=146, zone="America/Nuuk")
    applying.apply(loading, "assessed", ASSESSED, Moment.EARLY)
    loading.go_to(130)
    applying.apply(loading, "assessed", ASSESSED, Moment.IN_TIME)
    applying.withdraw(loading, "assessed")
    writing.refuse(loading, "decided", "rolling", "assessed")
    deciding.override(loading, "assessed")


def _assess(loading: Loading) -> None:
    loading.go_to(150)
    assessing.assess(loading, "assessed")
    deciding.prepare(loading, "assessed")


def _fill_third_round(loading: Loading) -> None:
    preparing.open_round(loading, "open", opens=150, deadline=171)
    preparing.extend_round(loading, "open", deadline=185)
    applying.apply(loading, "open", OPEN, Moment.IN_TIME)
    applying.withdraw(loading, "open")
    writing.refuse(loading, "open")
    drafting.write(loading)


STEPS: Mapping[str, Callable[[Loading], None]] = {
    "daycares, consultants and questions": _prepare,
    "a round, and short courses": _fill_first_round,
    "its assessment and its decisions": _decide,
    "agreements, and the courses that open": _agree,
    "the first visits of a course, and a learning day": _visit,
    "a second round": _fill_second_round,
    "its assessment": _assess,
    "a third round, and drafts": _fill_third_round,
    "gatherings": gathering.gather,
    "the last answer": preparing.finish,
}
"""What is loaded, in this order."""
