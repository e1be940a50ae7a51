"""Log lines are JSON, know their trace, and carry nothing that an error choked on."""

import json
import subprocess
import sys

PROGRAM = """
import logging
import structlog
from shared import telemetry
from shared.telemetry import tracer

telemetry.configure("intake", "worker")
log = structlog.get_logger("shared.test")
with tracer.start_as_current_span("work") as span:
    context = span.get_span_context()
    log.info("inside", number=1)
    logging.getLogger("some.library").warning("from a library")
    name = "a person's name"
    try:
        raise ValueError("broken")
    except ValueError:
        log.error("failed", exc_info=True)
log.info("outside", expected=f"{context.trace_id:032x} {context.span_id:016x}")
"""


def lines() -> list[dict[str, object]]:
    printed = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in printed.splitlines()]


def test_lines_inside_a_span_carry_its_ids_and_those_outside_carry_none() -> None:
    inside, library, failed, outside = lines()
    assert [f"{line['trace_id']} {line['span_id']}" for line in (inside, library, failed)] == [outside["expected"]] * 3
    assert "trace_id" not in outside


def test_every_line_says_which_process_of_which_service_it_is_from() -> None:
    assert {(line["service"], line["process"]) for line in lines()} == {("intake", "worker")}


def test_an_exception_is_logged_without_the_values_of_variables() -> None:
    failed = lines()[2]
    assert failed["event"] == "failed"
    assert "a person's name" not in json.dumps(failed["exception"])
    assert "ValueError" in json.dumps(failed["exception"])
