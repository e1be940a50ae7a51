"""What can go wrong on purpose, as values."""

from dataclasses import FrozenInstanceError, dataclass

import pytest

from shared.errors import NotFound, Problem, Refused, Stale, Text, require_seen


def test_a_text_has_no_parameters_unless_it_is_given_some() -> None:
    assert Text("Submitted") == Text("Submitted", {})
    assert Text("{hours} hours", {"hours": 20}) != Text("{hours} hours", {"hours": 21})


def test_a_text_does_not_change() -> None:
    text = Text("Submitted")
    with pytest.raises(FrozenInstanceError):
        text.message = "Refused"  # type: ignore[misc]


def test_a_refusal_names_its_rule_and_the_facts_it_rests_on() -> None:
    refused = Refused("phase-owes", phase="start", count=2)
    assert (refused.slug, refused.parameters, str(refused)) == (
        "phase-owes",
        {"phase": "start", "count": 2},
        "phase-owes",
    )


def test_a_refusal_may_rest_on_nothing_else() -> None:
    assert Refused("course-over").parameters == {}


@dataclass(frozen=True)
class Round:
    version: int


def test_a_thing_is_there_and_as_it_was_seen() -> None:
    assert require_seen(Round(7), "round", 7) == Round(7)
    with pytest.raises(NotFound, match="unknown-round"):
        require_seen(None, "round", 7)
    with pytest.raises(Stale) as stale:
        require_seen(Round(8), "round", 7)
    assert stale.value.parameters == {"seen": 7, "current": 8}


def test_a_problem_is_a_slug_and_a_status() -> None:
    problem = Problem("unknown-course", 404)
    assert (problem.slug, problem.status, str(problem)) == ("unknown-course", 404, "unknown-course")
    assert (problem.detail, problem.headers, problem.extensions) == (None, {}, {})


def test_a_problem_may_say_more() -> None:
    problem = Problem("stale-version", 412, Text("It has changed."), headers={"ETag": '"7"'}, version=7)
    said = (problem.detail, problem.headers, problem.extensions)
    assert said == (Text("It has changed."), {"ETag": '"7"'}, {"version": 7})


def test_a_problem_keeps_headers_of_its_own() -> None:
    headers = {"ETag": '"7"'}
    problem = Problem("stale-version", 412, headers=headers)
    headers.clear()
    assert problem.headers == {"ETag": '"7"'}
