"""The program of an isolated process: runs one function of one module on the bytes from its standard input.

Nothing of Praksis is imported before the limits and the sandbox are in force.
"""

import json
import os
import sys
from importlib import import_module
from typing import Any

try:
    import resource
except ImportError:  # not a Unix
    resource = None  # type: ignore[assignment]

OUT_OF_MEMORY = 3
"""The exit status after a MemoryError; libraries in other languages end the process by a signal instead."""
FAILED = 4
"""The exit status after any other exception; the answer then holds its type and place."""


def main() -> None:
    """Run the order in the first argument, and write the result as JSON."""
    order: dict[str, Any] = json.loads(sys.argv[1])
    out = os.dup(1)
    os.dup2(2, 1)  # so that output of a library does not mix with the result
    _limit(order["memory"], order["seconds"])
    sys.path[:] = order["path"]
    import_module("shared.isolation.walls").raise_walls(order["readable"])
    try:
        function = getattr(import_module(order["module"]), order["function"])
        result = json.dumps(function(sys.stdin.buffer.read())).encode()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BaseException as error:
        os.write(out, _told(error).encode())
        os._exit(FAILED)
    with os.fdopen(out, "wb") as stream:
        stream.write(result)


def _told(error: BaseException) -> str:
    """The exception's type and the line that raised it, never its text, which could quote the content."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119
    return type(error).__qualname__ + place


def _limit(memory: int, seconds: int) -> None:
    if resource is None:
        return
    limits = {"RLIMIT_FSIZE": 0, "RLIMIT_NOFILE": 64, "RLIMIT_CORE": 0, "RLIMIT_AS": memory, "RLIMIT_CPU": seconds}
    for name, most in limits.items():
        hard = most + 1 if name == "RLIMIT_CPU" else most  # so that SIGXCPU ends it, and not SIGKILL
        try:
            resource.setrlimit(getattr(resource, name), (most, hard))
        except (AttributeError, ValueError, OSError):
            if sys.platform == "linux":
                raise  # macOS cannot limit the address space; time and answer are limited there, too


if __name__ == "__main__":
    main()
