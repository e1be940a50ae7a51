"""Asks from within a container whether its process does its work; an exit status other than 0 says that it does not.

``healthcheck.py web`` and ``healthcheck.py worker`` ask the readiness page of this container's service, each under the
port that the process was given: a worker's says yes only where its consumers are registered and a relay leads.
"""

import http.client
import os
import sys

PORTS = {"web": "PORT", "worker": "MONITOR_PORT"}


def is_ready(role: str) -> bool:
    """Whether the readiness page of this container's process says yes."""
    port = int(os.environ[f"{os.environ['SERVICE'].upper()}_{PORTS[role]}"])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    connection.request("GET", "/health/ready")
    return connection.getresponse().status == http.client.OK


if __name__ == "__main__":
    sys.exit(0 if is_ready(sys.argv[1]) else 1)
