"""Asks from within a container whether its process does its work; an exit status other than 0 says that it does not.

``healthcheck.py web`` asks the readiness page. ``healthcheck.py worker`` looks whether the worker holds a connection to
the database and one to the broker: it answers no one, but without both it moves nothing.
"""

import http.client
import os
import sys
from pathlib import Path

_ESTABLISHED = "01"


def web() -> bool:
    """Whether the readiness page of this container's service says yes."""
    port = int(os.environ[f"{os.environ['SERVICE'].upper()}_PORT"])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    connection.request("GET", "/health/ready")
    return connection.getresponse().status == http.client.OK


def worker() -> bool:
    """Whether connections to the database and to the broker are open."""
    wanted = {int(os.environ.get("DATABASE_PORT", "5432")), int(os.environ.get("BROKER_PORT", "5672"))}
    return wanted <= _remote_ports()


def _remote_ports() -> set[int]:
    ports = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            _, _, remote, state, *_ = line.split()
            if state == _ESTABLISHED:
                ports.add(int(remote.rpartition(":")[2], 16))
    return ports


if __name__ == "__main__":
    sys.exit(0 if {"web": web, "worker": worker}[sys.argv[1]]() else 1)
