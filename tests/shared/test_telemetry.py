"""Log lines are JSON, know their trace, and carry nothing that an error choked on."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

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


SILENT = """
import os
from shared import telemetry

os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:{port}"
telemetry.configure("intake", "worker")
for _ in range(2000):
    with telemetry.tracer.start_as_current_span("work"):
        pass
telemetry.shut_down()
"""
SERVING = (
    SILENT.replace("telemetry.shut_down()", "")
    + """
import asyncio
from fastapi import FastAPI
from starlette.responses import Response
from types import SimpleNamespace
from shared.settings import ServiceSettings
from shared.web.serving import serve

app = FastAPI()
app.state.kernel = SimpleNamespace(
    settings=SimpleNamespace(proxies_in_front=""), database=SimpleNamespace(service="intake")
)

@app.get("/")
async def never() -> Response:
    print("asked", flush=True)
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass  # as what waits for a server that is silent may do

serve(app, ServiceSettings(database_url="postgresql://a@b/c", port={web}))
"""
)


@pytest.fixture
def collector() -> Iterator[int]:
    """One that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield silent.getsockname()[1]


def test_a_collector_that_says_nothing_holds_up_no_end(collector: int) -> None:
    program = SILENT.replace("{port}", str(collector))
    ended = subprocess.run([sys.executable, "-c", program], timeout=TELL_WITHIN, capture_output=True, check=False)
    assert ended.returncode == 0


def test_a_request_that_never_ends_holds_up_no_end(collector: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = SERVING.replace("{port}", str(collector)).replace("{web}", str(port))
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        try:
            client = asking(port)
            assert process.stdout is not None
            assert process.stdout.readline() == "asked\n"
            process.terminate()
            assert process.wait(10) in (0, 1)
            client.close()
        finally:
            process.kill()


def asking(port: int) -> socket.socket:
    """A request that has been sent, once somebody listens."""
    deadline = time.monotonic() + 30
    while True:
        try:
            client = socket.create_connection(("127.0.0.1", port), timeout=30)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            return client


TELL_WITHIN = 15.0
"""Seconds for a program that starts and ends, on a busy machine; a silent collector alone would take thirty."""
