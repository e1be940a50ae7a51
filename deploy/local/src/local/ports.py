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

_claims: dict[int, socket.socket] = {}
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
    """The preferred port if it is free, else another free one; never one that is handed out already.

    Raises SetupError when no port can be found.
    """
    with _lock:
        for port in filter(None, (preferred, *random.sample(_RANGE, _ATTEMPTS))):
            if is_free(port) and _claim(port):
                return port
    raise SetupError(f"No free TCP port was found on {LOOPBACK} between {_RANGE.start} and {_RANGE.stop}.")


def _claim(port: int) -> bool:
    """Make this process the one that hands out the port, until it gives it back or ends.

    Between the moment a port is found free and the moment its server listens, nothing but this keeps other
    processes from finding it free as well. The claim is the UDP port of the same number, which nothing else
    here uses: the kernel lets one process have it, and takes it back however that process ends.
    """
    claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        claim.bind((LOOPBACK, port))
    except OSError:
        claim.close()
        return False
    _claims[port] = claim
    return True


def give_back(port: int) -> None:
    """Let the port be handed out again."""
    with _lock:
        if port in _claims:
            _claims.pop(port).close()


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
