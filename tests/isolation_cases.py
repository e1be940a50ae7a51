"""What may go wrong in a process that reads; run there and nowhere else."""

import os
import signal
import socket
import subprocess
import sys
import time
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
    Path(content.decode()).read_text()  # whose writer never comes
    time.sleep(3600)


def busy(content: bytes) -> None:
    while True:
        pass


def talkative(content: bytes) -> str:
    return "x" * 2_000_000


def printing(content: bytes) -> int:
    sys.stdout.write("no result")
    subprocess.run(["/bin/echo", "nor this"], check=True)
    sys.stdout.flush()
    return 1


def writing(content: bytes) -> bool:
    try:
        Path(content.decode()).write_bytes(b"kept")
    except OSError:
        return False
    return True


def opening(content: bytes) -> int:
    opened = []
    try:
        while True:
            opened.append(socket.socket())
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
