"""How long the other end of a connection to the database may be silent, on both ends.

A network that swallows everything ends no connection: who waits for an answer would wait for ever, and what the other
held would be held.
"""

import socket
from typing import Any

CONNECT_WITHIN = 10.0
"""Seconds until a connection that is not made has failed."""
STATEMENT = 30
"""Seconds that a statement may take."""
ANSWER_WITHIN = STATEMENT + 5.0
"""Seconds until a statement without an answer has failed, though the network takes what is sent."""
IDLE_IN_TRANSACTION = 60
"""Seconds for which a transaction may stand still; then what it holds passes to others."""
_ASK_AFTER, _ASK_EVERY, _ASK = 5, 2, 3
"""Seconds without a word until the other end is asked, between two questions, and how often it is asked."""
_TAKEN_WITHIN = 10_000
"""Milliseconds until what was sent must have been taken."""

OF_THE_SERVER = {
    "tcp_keepalives_idle": str(_ASK_AFTER),
    "tcp_keepalives_interval": str(_ASK_EVERY),
    "tcp_keepalives_count": str(_ASK),
    "tcp_user_timeout": str(_TAKEN_WITHIN),
}
"""What the server is told when a connection is made."""
_OF_OURS = {
    "TCP_KEEPIDLE": _ASK_AFTER,
    "TCP_KEEPINTVL": _ASK_EVERY,
    "TCP_KEEPCNT": _ASK,
    "TCP_USER_TIMEOUT": _TAKEN_WITHIN,
}


def limit_silence(connection: Any) -> None:
    """Set the same limits at our end of a connection of asyncpg, which knows of none."""
    own = connection._transport.get_extra_info("socket")
    if own.family in (socket.AF_INET, socket.AF_INET6):
        own.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _OF_OURS.items():
            if hasattr(socket, name):  # not every system has each
                own.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
