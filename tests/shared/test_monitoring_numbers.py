"""Numbers that are counted where something happens."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from shared.contracts.intake.rounds import RoundOpened
from shared.errors import Refused
from shared.events.sending import Outcome
from shared.monitoring import numbers

MOMENT = datetime(2030, 3, 4, 8, tzinfo=UTC)
TYPE = RoundOpened.type_name()
_services = count(1)


def counted(name: str, **labels: str) -> float:
    return numbers.REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.fixture
def service() -> str:
    """A name that no other test counts under."""
    return f"service-{next(_services)}"


def test_the_time_until_an_effect_is_counted_by_service_and_type(service: str) -> None:
    numbers.effect_committed(service, TYPE, MOMENT, MOMENT + timedelta(seconds=0.1))
    numbers.effect_committed(service, TYPE, MOMENT, MOMENT + timedelta(seconds=20))
    name = "praksis_event_critical_time_seconds"
    assert counted(f"{name}_count", service=service, type=TYPE) == 2
    assert counted(f"{name}_sum", service=service, type=TYPE) == pytest.approx(20.1)
    assert counted(f"{name}_bucket", service=service, type=TYPE, le="0.05") == 0
    assert counted(f"{name}_bucket", service=service, type=TYPE, le="0.1") == 1
    assert counted(f"{name}_bucket", service=service, type=TYPE, le="30.0") == 2


def test_clocks_that_disagree_make_no_negative_time(service: str) -> None:
    numbers.effect_committed(service, TYPE, MOMENT, MOMENT - timedelta(seconds=5))
    assert counted("praksis_event_critical_time_seconds_sum", service=service, type=TYPE) == 0
    assert counted("praksis_event_critical_time_seconds_count", service=service, type=TYPE) == 1


def test_what_happens_in_the_kernel_is_counted_under_the_name_it_has(service: str) -> None:
    numbers.handled(service, TYPE, "open_course", 0.002)
    numbers.group_committed(service, 200)
    numbers.retried(service, TYPE)
    numbers.published(service, TYPE)
    numbers.publish_failed(service, TYPE, Outcome.UNROUTABLE)
    numbers.publish_failed(service, None, TimeoutError("Anna Andersen"))
    labels = {"service": service, "type": TYPE}
    assert counted("praksis_event_handling_seconds_sum", **labels, handler="open_course") == 0.002
    assert counted("praksis_inbox_group_events_sum", service=service) == 200
    assert counted("praksis_event_retries_total", **labels) == 1
    assert counted("praksis_events_published_total", **labels) == 1
    assert counted("praksis_publish_failures_total", **labels, reason="Unroutable") == 1
    assert counted("praksis_publish_failures_total", service=service, type="other", reason="TimeoutError") == 1


def test_a_failed_attempt_names_the_class_of_its_error_and_nothing_that_it_says(service: str) -> None:
    numbers.attempt_failed(service, TYPE, Refused("round-unknown"))
    numbers.attempt_failed(service, None, ValueError("Anna Andersen"))
    name = "praksis_event_failed_attempts_total"
    assert counted(name, service=service, type=TYPE, reason="Refused") == 1
    assert counted(name, service=service, type="other", reason="ValueError") == 1


@pytest.mark.parametrize(
    "stray",
    ["", "Anna Andersen", "anna@example.org", "RoundOpened", "dk.praksis.v1", f"dk.{'x.' * 20}y.v1", 'a.b.c"}.v1'],
)
def test_what_does_not_look_like_a_type_of_event_is_no_label(service: str, stray: str) -> None:
    numbers.published(service, stray)
    assert counted("praksis_events_published_total", service=service, type="other") == 1


def test_a_number_falls_into_a_limited_count_of_parts(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = len(numbers._published._parts)
    monkeypatch.setattr(numbers, "MOST_PARTS", parts + 2)
    for number in range(5):
        numbers.published(service, f"dk.praksis.intake.Event{number}.v1")
    name = "praksis_events_published_total"
    known = [counted(name, service=service, type=f"dk.praksis.intake.Event{number}.v1") for number in range(5)]
    assert known == [1, 1, 0, 0, 0]
    assert counted(name, service=service, type="other") == 3
