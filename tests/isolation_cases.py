"""What may go wrong in a process that reads; run there and nowhere else."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any


def length(content: bytes) -> int:
    return len(content)


def about_itself(content: bytes) -> dict[str, Any]:
    return {"environment": sorted(os.environ), "session": os.getsid(0), "pid": os.getpid(), "folder": str(Path.cwd())}


def hungry(content: bytes) -> int:
    return len(bytearray(4 * 1024**3))


def hungry_in_another_language(content: bytes) -> None:
    os.kill(os.getpid(), signal.SIGABRT)


def slow(content: bytes) -> None:
    reading, _writing = os.pipe()
    os.read(reading, 1)  # whose writer never writes
    time.sleep(3600)


def busy(content: bytes) -> None:
    while True:
        pass


def talkative(content: bytes) -> str:
    return "x" * 2_000_000


def printing(content: bytes) -> int:
    sys.stdout.write("no result")
    os.write(1, b"nor this")
    sys.stdout.flush()
    return 1


def writing(content: bytes) -> bool:
    try:
        Path(content.decode()).write_bytes(b"kept")
    except OSError:
        return False
    return True


def reaching(content: bytes) -> dict[str, str]:
    """What it can do beyond its own, by how it fails: "" where it does not."""
    file, server, secret = json.loads(content)
    ways: dict[str, Callable[[], object]] = {
        "reads": lambda: Path(file).read_text(),
        "reads the environment of another": lambda: Path(secret).read_bytes(),
        "lists": lambda: list(Path(file).parent.iterdir()),
        "makes": lambda: Path(f"{file}.new").touch(),
        "renames": lambda: Path(file).rename(f"{file}.old"),
        "removes": lambda: Path(file).unlink(),
        "runs": lambda: subprocess.run(["/bin/true"], check=True),
        "splits": _split,
        "connects": lambda: socket.create_connection(("127.0.0.1", server), 5),
        "tells the net": lambda: socket.socket(type=socket.SOCK_DGRAM),
        "asks a neighbour": lambda: socket.socket(socket.AF_UNIX),
        "ends another": lambda: os.kill(int(secret.split("/")[2]), 0),
    }
    return {name: _failing(way) for name, way in ways.items()}


def _failing(way: Callable[[], object]) -> str:
    try:
        way()
    except OSError as error:
        return type(error).__name__
    return ""


def _split() -> None:
    if os.fork() == 0:
        os._exit(0)


def threading(content: bytes) -> int:
    with ThreadPoolExecutor(2) as threads:
        return sum(threads.map(len, [content, content]))


def holding(content: bytes) -> list[int]:
    """What is open that this process was given."""
    held = []
    for each in range(64):
        try:
            os.fstat(each)
        except OSError:
            continue
        held.append(each)
    return held


def opening(content: bytes) -> int:
    opened = []
    try:
        while True:
            opened.append(os.dup(0))
    except OSError:
        return len(opened)


def failing(content: bytes) -> None:
    raise ValueError(content.decode())


def of_another_shape(content: bytes) -> str:
    return "seven"


def deaf(content: bytes) -> None:
    os._exit(0)


def deceitful(content: bytes) -> None:
    os.write(3, content)  # where the answer goes
    os._exit(4)
