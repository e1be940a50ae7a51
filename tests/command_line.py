"""The command `praksis`, typed as operators and scripts do, and services that it reaches over real HTTP."""

import asyncio
import io
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import structlog
import uvicorn
from fastapi import FastAPI

from praksis.main import main

PROGRAM = Path(sys.executable).with_name("praksis")
_OF_THE_SERVICE = "Security.\n"
"""What a service logs that a test serves in this process: no words of the command."""
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What stands on standard output, if it is one JSON document and nothing else."""
        return json.loads(self.out)

    @property
    def documents(self) -> list[Any]:
        """The JSON documents on the lines of standard output."""
        return [json.loads(line) for line in self.out.splitlines()]


class CommandLine:
    """A shell with an environment of its own, in which nothing of Praksis is set but what is given."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        self.environment = {**inherited, **environment}

    def knowing(self, **environment: str) -> "CommandLine":
        """The same shell with more settings."""
        return CommandLine(self.environment | environment)

    async def __call__(self, *words: str, typed: str | bytes = "") -> Outcome:
        """Run a command to its end, in this process; `typed` comes on standard input."""
        given = typed.encode() if isinstance(typed, str) else typed
        return await asyncio.to_thread(self._run, words, given)

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        """Begin a command in a process of its own, which can be interrupted."""
        return await asyncio.create_subprocess_exec(
            PROGRAM,
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self.environment,
            preexec_fn=_take_interrupts,
        )

    def _run(self, words: tuple[str, ...], typed: bytes) -> Outcome:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        before = structlog.get_config()
        try:
            with (
                patch.dict(os.environ, self.environment, clear=True),
                patch.object(sys, "argv", ["praksis", *words]),
                patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="utf-8")),
                redirect_stdout(out),
                redirect_stderr(err),
            ):
                status = _status_of_main()
        finally:
            structlog.configure(**before)
        return Outcome(status, _written(out), _written(err).replace(_OF_THE_SERVICE, ""))


async def finish(running: asyncio.subprocess.Process, seconds: float = 60) -> Outcome:
    """Wait for the end of a command that was started; one that takes too long is ended."""
    try:
        out, err = await asyncio.wait_for(running.communicate(b""), seconds)
    finally:
        if running.returncode is None:
            running.kill()
    assert running.returncode is not None
    return Outcome(running.returncode, out.decode(), err.decode())


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The address of an application on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off"))
    server.capture_signals = nullcontext  # type: ignore[assignment]  # signals are the test runner's
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:
            await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


def _status_of_main() -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    raise AssertionError("the command has not said how it ended")


def _written(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


def _take_interrupts() -> None:
    # What is started in the background of a shell ignores Ctrl-C, and its children would, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
