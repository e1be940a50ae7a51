"""TCP ports on the loopback address: free ones, and the same ones again at the next start."""

import json
import random
import socket
import threading
from pathlib import Path

from local.errors import SetupError

LOOPBACK = "127.0.0.1"

# Below the kernel's usual range for outgoing connections (32768 and up), so that none of those takes a port
# between the moment it is found free and the moment its server listens.
_RANGE = range(15000, 32000)
_ATTEMPTS = 200

_handed_out: set[int] = set()
_lock = threading.Lock()


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Connections of an earlier server that linger in TIME_WAIT do not make a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def is_listening(port: int) -> bool:
    """Whether something on the loopback address takes connections on this port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def free_port(preferred: int | None = None) -> int:
    """The preferred port if it is free, else another free one; never the same twice within this process.

    Raises SetupError when no port can be found.
    """
    with _lock:
        if preferred is not None and preferred not in _handed_out and is_free(preferred):
            _handed_out.add(preferred)
            return preferred
        for _ in range(_ATTEMPTS):
            port = random.choice(_RANGE)
            if port not in _handed_out and is_free(port):
                _handed_out.add(port)
                return port
    raise SetupError(f"No free TCP port was found on {LOOPBACK} between {_RANGE.start} and {_RANGE.stop}.")


def give_back(port: int) -> None:
    """Let this process hand the port out again."""
    with _lock:
        _handed_out.discard(port)


class RememberedPorts:
    """Ports by name, kept in a file so that a server is found again where it was."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._claimed: dict[str, int] = {}

    def claim(self, name: str, preferred: int | None = None) -> int:
        """The port remembered under this name if it is still free, else the preferred one, else any free one."""
        port = free_port(self._remembered().get(name, preferred))
        self._claimed[name] = port
        self._file.write_text(json.dumps(self._remembered() | self._claimed, indent=2) + "\n")
        return port

    def release(self) -> None:
        """Give back all that was claimed; the file still remembers it."""
        for port in self._claimed.values():
            give_back(port)
        self._claimed.clear()

    def _remembered(self) -> dict[str, int]:
        try:
            found = json.loads(self._file.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return {str(name): int(port) for name, port in found.items()}
