"""What is measured: in the phase that owes it while it runs, once, on a day of the phase."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from reporting_cases import COURSE_ID, FIRST, OPENED_ON, SECOND, TODAY, course, phase

from reporting.instruments.decisions import close_survey, record_observation
from reporting.instruments.model import MeasuredCourse, MeasuredPhase, Measurement
from shared.contracts.reporting.observations import ObservationRecorded
from shared.contracts.reporting.surveys import SurveyClosed
from shared.contracts.vocabulary import Instrument, Requirement, Scope
from shared.decision import Decision
from shared.errors import Refused

OBSERVATION, SURVEY = Instrument.OBSERVATION, Instrument.LEADERSHIP_SURVEY
STRANGER = UUID(int=999)
DAY = timedelta(days=1)
Refusal = tuple[str, dict[str, object]]


def observed(of: MeasuredCourse, name: str = "start", daycare: UUID = FIRST, on: date = TODAY) -> MeasuredCourse:
    return record_observation(of, name, daycare, on, TODAY).state


def surveyed(
    of: MeasuredCourse, name: str = "start", instrument: Instrument = SURVEY, on: date = TODAY
) -> MeasuredCourse:
    return close_survey(of, name, instrument, on, TODAY).state


def observation_refusal(of: MeasuredCourse, name: str = "start", daycare: UUID = FIRST, on: date = TODAY) -> Refusal:
    with pytest.raises(Refused) as refused:
        observed(of, name, daycare, on)
    return refused.value.slug, refused.value.parameters


def survey_refusal(
    of: MeasuredCourse, name: str = "start", instrument: Instrument = SURVEY, on: date = TODAY
) -> Refusal:
    with pytest.raises(Refused) as refused:
        surveyed(of, name, instrument, on)
    return refused.value.slug, refused.value.parameters


def not_owed(name: str, instrument: Instrument) -> Refusal:
    return "instrument-not-owed", {"phase": name, "instrument": instrument}


def outside(on: date) -> Refusal:
    return "day-outside-phase", {"on": on, "started_on": OPENED_ON, "today": TODAY}


# taken


def test_an_observation_is_recorded_for_one_daycare() -> None:
    expected = course().with_measurement(Measurement("start", OBSERVATION, TODAY, FIRST))
    event = ObservationRecorded(course_id=COURSE_ID, phase="start", daycare_id=FIRST, on=TODAY)
    assert record_observation(course(), "start", FIRST, TODAY, TODAY) == Decision(expected, (event,))


def test_a_survey_is_closed_for_the_whole_course() -> None:
    expected = course().with_measurement(Measurement("start", SURVEY, TODAY))
    event = SurveyClosed(course_id=COURSE_ID, phase="start", instrument=SURVEY, on=TODAY)
    assert close_survey(course(), "start", SURVEY, TODAY, TODAY) == Decision(expected, (event,))


def test_each_daycare_is_observed_in_each_phase_that_owes_it() -> None:
    start = surveyed(observed(observed(course()), daycare=SECOND))
    closing = start.with_ended("start").with_started("closing", OPENED_ON)
    everything = observed(observed(closing, "closing"), "closing", SECOND)
    assert everything.measurements == (
        Measurement("start", OBSERVATION, TODAY, FIRST),
        Measurement("start", OBSERVATION, TODAY, SECOND),
        Measurement("start", SURVEY, TODAY),
        Measurement("closing", OBSERVATION, TODAY, FIRST),
        Measurement("closing", OBSERVATION, TODAY, SECOND),
    )


# on which day


@pytest.mark.parametrize("on", [OPENED_ON, OPENED_ON + DAY, TODAY - DAY, TODAY])
def test_a_day_from_the_opening_until_today_is_taken(on: date) -> None:
    assert observed(course(), on=on).measurements == (Measurement("start", OBSERVATION, on, FIRST),)
    assert surveyed(course(), on=on).measurements == (Measurement("start", SURVEY, on),)


@pytest.mark.parametrize("on", [OPENED_ON - DAY, TODAY + DAY])
def test_a_day_before_the_opening_or_after_today_is_refused(on: date) -> None:
    assert observation_refusal(course(), on=on) == outside(on)
    assert survey_refusal(course(), on=on) == outside(on)


def test_a_course_is_measured_on_its_first_day() -> None:
    assert record_observation(course(), "start", FIRST, OPENED_ON, OPENED_ON).state.measurements != ()
    assert close_survey(course(), "start", SURVEY, OPENED_ON, OPENED_ON).state.measurements != ()


# what is owed


def test_only_a_daycare_of_the_course_is_observed() -> None:
    assert observation_refusal(course(), daycare=STRANGER) == ("daycare-not-in-course", {"daycare_id": str(STRANGER)})


@pytest.mark.parametrize("name", ["advice", "no-such-phase"])
def test_a_phase_that_does_not_owe_an_observation_is_not_observed(name: str) -> None:
    assert observation_refusal(course("advice"), name) == not_owed(name, OBSERVATION)


@pytest.mark.parametrize("name", ["advice", "closing", "no-such-phase"])
def test_a_phase_that_does_not_owe_a_survey_has_none(name: str) -> None:
    assert survey_refusal(course("closing"), name) == not_owed(name, SURVEY)


def test_what_is_owed_by_each_daycare_is_not_closed_for_the_course() -> None:
    assert survey_refusal(course(), instrument=OBSERVATION) == not_owed("start", OBSERVATION)


def test_what_is_owed_by_the_course_is_not_recorded_for_a_daycare() -> None:
    once = replace(
        phase("start", Requirement(instrument=OBSERVATION, per=Scope.COURSE)), started_on=OPENED_ON, running=True
    )
    assert observation_refusal(replace(course(), phases=(once,))) == not_owed("start", OBSERVATION)


@pytest.mark.parametrize(
    ("owes", "instrument", "per", "owed"),
    [
        ((), OBSERVATION, Scope.DAYCARE, False),
        ((Requirement(instrument=OBSERVATION, per=Scope.DAYCARE),), OBSERVATION, Scope.DAYCARE, True),
        ((Requirement(instrument=OBSERVATION, per=Scope.DAYCARE),), OBSERVATION, Scope.COURSE, False),
        ((Requirement(instrument=OBSERVATION, per=Scope.DAYCARE),), SURVEY, Scope.DAYCARE, False),
    ],
)
def test_a_phase_owes_an_instrument_in_one_way(
    owes: tuple[Requirement, ...], instrument: Instrument, per: Scope, owed: bool
) -> None:
    assert phase("start", *owes).owed(instrument, per) == owed


# while the phase runs


def test_a_phase_is_measured_only_while_it_runs() -> None:
    not_running = ("phase-not-running", {"phase": "start"})
    waiting, ended = course("advice"), course().with_ended("start")
    assert [observation_refusal(each) for each in (waiting, ended)] == [not_running] * 2
    assert [survey_refusal(each) for each in (waiting, ended)] == [not_running] * 2


def test_a_phase_starts_and_ends_without_touching_the_others() -> None:
    def running(of: MeasuredCourse) -> list[tuple[str, bool]]:
        return [(each.name, each.running) for each in of.phases]

    both = course().with_started("closing", OPENED_ON)
    assert running(both) == [("start", True), ("advice", False), ("closing", True)]
    assert running(both.with_ended("start")) == [("start", False), ("advice", False), ("closing", True)]


def test_a_course_knows_its_phases_by_name() -> None:
    found: list[MeasuredPhase | None] = [course().phase("advice"), course().phase("no-such-phase")]
    assert found == [phase("advice"), None]


# once


@pytest.mark.parametrize("on", [OPENED_ON, TODAY])
def test_the_same_is_not_measured_twice_whatever_the_day(on: date) -> None:
    measured = surveyed(observed(course()))
    assert observation_refusal(measured, on=on) == ("measured-already", {"phase": "start", "instrument": OBSERVATION})
    assert survey_refusal(measured, on=on) == ("measured-already", {"phase": "start", "instrument": SURVEY})


def test_a_later_phase_is_not_measured_before_it_began() -> None:
    closing = course().with_ended("start").with_started("closing", TODAY - DAY)
    assert observation_refusal(closing, "closing", on=TODAY - 2 * DAY) == (
        "day-outside-phase",
        {"on": TODAY - 2 * DAY, "started_on": TODAY - DAY, "today": TODAY},
    )
    assert observed(closing, "closing", on=TODAY - DAY).measurements == (
        Measurement("closing", OBSERVATION, TODAY - DAY, FIRST),
    )
