"""What happens to a course: it opens, gets its team, receives what it owes and completes its phases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import patient
from scheduling_cases import (
    ADVICE,
    APPLICATION_ID,
    CLOSING,
    COURSE_ID,
    DAYCARES,
    OBSERVATION,
    OBSERVED,
    OPENED_ON,
    START,
    SURVEYED,
    consultant,
    course,
    programme,
    signed,
)

from scheduling.courses.decisions import begin_phase, complete_phase, form_team, open_course, receive, replace_daycare
from scheduling.courses.model import Course, Delivery, Phase
from shared.contracts.intake.agreements import DaycareSubstituted
from shared.contracts.scheduling.courses import (
    CourseCompleted,
    CourseOpened,
    CoursePhase,
    DaycareReplaced,
    PhaseCompleted,
    PhaseStarted,
    TeamAssigned,
)
from shared.contracts.vocabulary import Instrument, Skill
from shared.decision import Decision, Timer
from shared.errors import Refused

TODAY = date(2027, 3, 1)
LEADER, PARENTS = consultant(1, Skill.LEADERSHIP), consultant(2, Skill.PARENTS)


def phase(of: Course, name: str) -> Phase:
    found = of.phase(name)
    assert found is not None
    return found


def given_to(of: Course, name: str, *deliveries: Delivery) -> Course:
    for delivery in deliveries:
        of = receive(of, name, delivery).state
    return of


def at_the_closing() -> Course:
    """A course whose last phase runs and owes nothing any more."""
    running = given_to(given_to(course(), "start", *OBSERVED, SURVEYED), "closing", *OBSERVED)
    for name in ("start", "advice"):
        running = complete_phase(running, name, TODAY).state
    return running


# opening


@pytest.mark.parametrize("hours", [None, 12])
def test_a_course_opens_with_its_phases_planned_and_the_first_running(hours: int | None) -> None:
    decision = open_course(COURSE_ID, programme(), signed(hours=hours), OPENED_ON)
    assert decision.state == Course(
        id=COURSE_ID,
        application_id=APPLICATION_ID,
        programme="long-course",
        programme_version=1,
        municipality="0390",
        daycares=DAYCARES,
        skills=frozenset({Skill.LEADERSHIP, Skill.PARENTS}),
        team_size=2,
        hours=hours,
        phases=(
            Phase("start", START.names, OPENED_ON, date(2027, 2, 28), START.owes, started_on=OPENED_ON),
            Phase("advice", ADVICE.names, date(2027, 2, 28), date(2028, 2, 29)),
            Phase("closing", CLOSING.names, date(2028, 2, 29), date(2028, 5, 30), CLOSING.owes),
        ),
        opened_on=OPENED_ON,
    )


def test_others_are_told_of_the_plan_and_of_the_first_phase() -> None:
    planned = (
        CoursePhase(name="start", names=START.names, starts_on=OPENED_ON, ends_on=date(2027, 2, 28), owes=START.owes),
        CoursePhase(name="advice", names=ADVICE.names, starts_on=date(2027, 2, 28), ends_on=date(2028, 2, 29)),
        CoursePhase(
            name="closing",
            names=CLOSING.names,
            starts_on=date(2028, 2, 29),
            ends_on=date(2028, 5, 30),
            owes=CLOSING.owes,
        ),
    )
    opened = CourseOpened(
        course_id=COURSE_ID,
        application_id=APPLICATION_ID,
        programme="long-course",
        programme_version=1,
        municipality="0390",
        daycares=DAYCARES,
        phases=planned,
        on=OPENED_ON,
    )
    started = PhaseStarted(course_id=COURSE_ID, phase="start", on=OPENED_ON)
    assert open_course(COURSE_ID, programme(), signed(), OPENED_ON).events == (opened, started)


def test_a_course_that_starts_later_is_planned_from_that_day_and_starts_by_a_timer() -> None:
    starts_on = date(2027, 2, 1)
    decision = open_course(COURSE_ID, programme(), signed(), starts_on)
    [opened] = decision.events
    assert isinstance(opened, CourseOpened)
    assert (opened.on, [phase.starts_on for phase in opened.phases]) == (
        OPENED_ON,
        [starts_on, date(2027, 5, 1), date(2028, 5, 1)],
    )
    assert (decision.state.running_phase, decision.state.opened_on) == (None, OPENED_ON)
    midnight = datetime(2027, 1, 31, 23, tzinfo=UTC)
    started = PhaseStarted(course_id=COURSE_ID, phase="start", on=starts_on)
    assert decision.timers == (Timer(f"course-start/{COURSE_ID}", midnight, started),)


def test_a_phase_begins_once() -> None:
    waiting = open_course(COURSE_ID, programme(), signed(), date(2027, 2, 1)).state
    begun = begin_phase(waiting, "start", date(2027, 2, 1)).state
    assert (begun.running_phase and begun.running_phase.name, begun.phases[0].started_on) == ("start", date(2027, 2, 1))
    assert begin_phase(begun, "start", date(2027, 3, 1)) == Decision(begun)
    assert begin_phase(begun, "nothing", date(2027, 3, 1)) == Decision(begun)


# forming a team


def test_a_team_is_assigned_once_it_is_found() -> None:
    assigned = TeamAssigned(course_id=COURSE_ID, consultants=(LEADER.id, PARENTS.id), on=TODAY)
    expected = Decision(replace(course(), team=(LEADER.id, PARENTS.id)), (assigned,))
    assert form_team(course(), [PARENTS, LEADER], TODAY) == expected


def team_refusal(of: Course, *corps_skills: Skill) -> tuple[str, dict[str, object]]:
    corps = [consultant(number, skill) for number, skill in enumerate(corps_skills, start=1)]
    with pytest.raises(Refused) as refused:
        form_team(of, corps, TODAY)
    return refused.value.slug, refused.value.parameters


def test_a_course_that_is_over_gets_no_team() -> None:
    over = replace(course(), completed_on=TODAY)
    assert team_refusal(over, Skill.LEADERSHIP, Skill.PARENTS) == ("course-over", {})


def test_a_course_gets_one_team() -> None:
    has_one = form_team(course(), [LEADER, PARENTS], TODAY).state
    assert team_refusal(has_one, Skill.LEADERSHIP, Skill.PARENTS) == ("team-assigned-already", {})


@pytest.mark.parametrize(
    ("corps", "nobody_has"),
    [
        ((), (Skill.LEADERSHIP, Skill.PARENTS)),
        ((Skill.LEADERSHIP, Skill.LEADERSHIP), (Skill.PARENTS,)),
        ((Skill.CHILDMINDING, Skill.CHILDMINDING), (Skill.LEADERSHIP, Skill.PARENTS)),
    ],
)
def test_where_no_team_covers_the_skills_the_missing_ones_are_named(
    corps: tuple[Skill, ...], nobody_has: tuple[Skill, ...]
) -> None:
    facts = {"skills": (Skill.LEADERSHIP, Skill.PARENTS), "nobody_has": nobody_has}
    assert team_refusal(course(), *corps) == ("no-team-covers", facts)


def test_a_corps_that_has_the_skills_may_still_have_no_team() -> None:
    alone = replace(course(), team_size=1)
    facts = {"skills": (Skill.LEADERSHIP, Skill.PARENTS), "nobody_has": ()}
    assert team_refusal(alone, Skill.LEADERSHIP, Skill.PARENTS) == ("no-team-covers", facts)


# receiving


def test_what_is_delivered_is_owed_no_longer() -> None:
    received = receive(course(), "start", SURVEYED)
    start = replace(phase(course(), "start"), delivered=frozenset({SURVEYED}))
    assert received == Decision(course().with_phase(start))
    assert received.state.left_in(start) == OBSERVED


def test_a_phase_owes_an_instrument_for_each_daycare_or_once_for_the_course() -> None:
    assert course().left_in(phase(course(), "start")) == (*OBSERVED, SURVEYED)
    assert course().left_in(phase(course(), "advice")) == ()


@pytest.mark.parametrize("delivery", [*OBSERVED, SURVEYED])
def test_what_is_delivered_twice_counts_once(delivery: Delivery) -> None:
    once = receive(course(), "start", delivery)
    assert receive(once.state, "start", delivery) == once


def test_what_is_for_a_phase_that_the_course_lacks_changes_nothing() -> None:
    assert receive(course(), "no-such-phase", SURVEYED) == Decision(course())


@pytest.mark.parametrize(
    ("name", "delivery"),
    [
        ("advice", SURVEYED),
        ("closing", SURVEYED),
        ("start", Delivery(Instrument.OBSERVATION)),
        ("start", Delivery(Instrument.OBSERVATION, UUID(int=999))),
        ("start", Delivery(Instrument.LEADERSHIP_SURVEY, DAYCARES[0])),
    ],
)
def test_what_nobody_asked_for_changes_nothing(name: str, delivery: Delivery) -> None:
    assert receive(course(), name, delivery) == Decision(course())


@pytest.mark.parametrize(
    "delivery",
    [
        Delivery(Instrument.OBSERVATION),
        Delivery(Instrument.OBSERVATION, UUID(int=999)),
        Delivery(Instrument.LEADERSHIP_SURVEY, DAYCARES[0]),
    ],
)
def test_what_nobody_asked_for_pays_nothing(delivery: Delivery) -> None:
    received = given_to(course(), "start", delivery)
    assert received.left_in(phase(received, "start")) == (*OBSERVED, SURVEYED)


# completing


def phase_refusal(of: Course, name: str) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refused) as refused:
        complete_phase(of, name, TODAY)
    return refused.value.slug, refused.value.parameters


def test_a_phase_that_owes_nothing_gives_way_to_the_next() -> None:
    ready = given_to(course(), "start", *OBSERVED, SURVEYED)
    start, advice = phase(ready, "start"), phase(ready, "advice")
    expected = ready.with_phase(replace(start, completed_on=TODAY)).with_phase(replace(advice, started_on=TODAY))
    done = PhaseCompleted(course_id=COURSE_ID, phase="start", on=TODAY)
    started = PhaseStarted(course_id=COURSE_ID, phase="advice", on=TODAY)
    assert complete_phase(ready, "start", TODAY) == Decision(expected, (done, started))


def test_the_last_phase_completes_the_course() -> None:
    last = at_the_closing()
    closed = last.with_phase(replace(phase(last, "closing"), completed_on=TODAY))
    done = PhaseCompleted(course_id=COURSE_ID, phase="closing", on=TODAY)
    over = CourseCompleted(course_id=COURSE_ID, on=TODAY)
    assert complete_phase(last, "closing", TODAY) == Decision(replace(closed, completed_on=TODAY), (done, over))


@pytest.mark.parametrize("left", [1, 2, 3])
def test_a_phase_is_not_completed_while_it_owes_something(left: int) -> None:
    owed = (*OBSERVED, SURVEYED)
    lacking = given_to(course(), "start", *owed[left:])
    expected = ("phase-owes", {"phase": "start", "count": left, "missing": owed[:left]})
    assert phase_refusal(lacking, "start") == expected


def test_what_was_delivered_for_one_phase_pays_nothing_in_another() -> None:
    observed_twice = course((ADVICE.model_copy(update={"owes": (OBSERVATION,)}), CLOSING))
    ready = complete_phase(given_to(observed_twice, "advice", *OBSERVED), "advice", TODAY).state
    assert phase_refusal(ready, "closing") == ("phase-owes", {"phase": "closing", "count": 2, "missing": OBSERVED})


@pytest.mark.parametrize("name", ["advice", "closing", "no-such-phase"])
def test_only_the_running_phase_is_completed(name: str) -> None:
    ready = given_to(course(), "start", *OBSERVED, SURVEYED)
    assert phase_refusal(ready, name) == ("phase-not-running", {"phase": name})


@pytest.mark.parametrize("name", ["start", "advice", "closing"])
def test_no_phase_of_a_course_that_is_over_is_completed(name: str) -> None:
    over = complete_phase(at_the_closing(), "closing", TODAY).state
    assert phase_refusal(over, name) == ("phase-not-running", {"phase": name})


# in any order

Step = tuple[str, Delivery | None]
"""A delivery for a phase or, without one, the wish to complete it."""

OWED: list[Step] = [*(("start", each) for each in (*OBSERVED, SURVEYED)), *(("closing", each) for each in OBSERVED)]
UNASKED: list[Step] = [("advice", SURVEYED), ("closing", SURVEYED), ("start", Delivery(Instrument.OBSERVATION))]
COMPLETIONS: list[Step] = [("start", None), ("advice", None), ("closing", None)]


@patient
@given(steps=st.permutations([*OWED, *OWED, *UNASKED, *COMPLETIONS * 5]))
def test_in_any_order_no_phase_that_owes_is_completed_and_at_most_one_runs(steps: list[Step]) -> None:
    now = course()
    for days, step in enumerate(steps, start=1):
        now = after(now, step, OPENED_ON + timedelta(days=days))
        check(now)


@patient
@given(order=st.permutations(OWED))
def test_once_all_is_delivered_in_any_order_the_course_completes(order: list[Step]) -> None:
    now = course()
    for step in [*order, *COMPLETIONS]:
        now = after(now, step, TODAY)
    assert now.completed_on == TODAY


def after(now: Course, step: Step, day: date) -> Course:
    name, delivery = step
    if delivery is not None:
        return receive(now, name, delivery).state
    running = now.running_phase
    allowed = running is not None and running.name == name and now.left_in(running) == ()
    try:
        completed = complete_phase(now, name, day).state
    except Refused:
        assert not allowed
        return now
    assert allowed
    return completed


def check(now: Course) -> None:
    """Phases are done, then one runs, then the rest wait; nothing done owes; the course is over when all are done."""
    states = ["done" if each.completed_on else "runs" if each.started_on else "waits" for each in now.phases]
    done = states.count("done")
    assert states == ["done"] * done + (["runs"] + ["waits"] * (2 - done) if done < 3 else [])
    assert [now.left_in(each) for each in now.phases[:done]] == [()] * done
    ends = [*(each.started_on for each in now.phases[1:]), now.completed_on]
    assert [each.completed_on for each in now.phases] == ends


# another daycare

NEWCOMER = UUID(int=9)


def substituted(left: UUID = DAYCARES[0], skills: tuple[Skill, ...] = (Skill.CHILDMINDING,)) -> DaycareSubstituted:
    return DaycareSubstituted(
        application_id=APPLICATION_ID,
        programme="long-course",
        programme_version=1,
        agreement_id=UUID(int=500),
        left=left,
        joined=NEWCOMER,
        skills=skills,
        on=TODAY,
    )


def test_a_daycare_takes_part_in_the_place_of_another_and_is_owed_from_the_running_phase_on() -> None:
    observed = receive(course(), "start", OBSERVED[0]).state
    decision = replace_daycare(observed, substituted())
    changed = decision.state
    assert changed == replace(observed, daycares=(NEWCOMER, DAYCARES[1]), skills=frozenset({Skill.CHILDMINDING}))
    assert decision.events == (DaycareReplaced(course_id=COURSE_ID, left=DAYCARES[0], joined=NEWCOMER, on=TODAY),)
    newcomers = Delivery(Instrument.OBSERVATION, NEWCOMER)
    assert [changed.left_in(phase) for phase in changed.phases] == [
        (newcomers, OBSERVED[1], SURVEYED),
        (),
        (newcomers, OBSERVED[1]),
    ]
    assert OBSERVED[0] in changed.phases[0].delivered


def test_what_is_completed_owes_nothing_for_whom_joins_later() -> None:
    done = course()
    for delivery in (*OBSERVED, SURVEYED):
        done = receive(done, "start", delivery).state
    changed = replace_daycare(complete_phase(done, "start", TODAY).state, substituted()).state
    assert [len(changed.left_in(phase)) for phase in changed.phases] == [0, 0, 2]


def test_a_course_that_is_over_or_never_had_the_one_who_left_stays_as_it_is() -> None:
    over = replace(course(), completed_on=TODAY)
    assert replace_daycare(over, substituted()) == Decision(over)
    assert replace_daycare(course(), substituted(UUID(int=8))) == Decision(course())
