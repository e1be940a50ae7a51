"""Keep-alive and time limits for database connections, at both ends.

A network that drops all packets closes no connection: without limits a client would wait for ever, and the server would
keep its locks for ever.
"""

import socket
from typing import Any

CONNECT_WITHIN = 10.0
"""Seconds until an attempt to connect fails."""
STATEMENT = 30
"""Seconds that a statement may take (`statement_timeout`)."""
ANSWER_WITHIN = STATEMENT + 5.0
"""Seconds until the client gives up on a statement without an answer, even though the network still accepts packets."""
IDLE_IN_TRANSACTION = 60
"""Seconds that a transaction may be idle; then the server ends it and releases its locks."""
_ASK_AFTER, _ASK_EVERY, _ASK = 5, 2, 3
"""TCP keep-alive: seconds of silence before the first probe, seconds between probes, number of probes."""
_TAKEN_WITHIN = 10_000
"""TCP_USER_TIMEOUT: milliseconds until sent data must have been acknowledged."""

OF_THE_SERVER = {
    "tcp_keepalives_idle": str(_ASK_AFTER),
    "tcp_keepalives_interval": str(_ASK_EVERY),
    "tcp_keepalives_count": str(_ASK),
    "tcp_user_timeout": str(_TAKEN_WITHIN),
}
"""Settings that the client asks the server to use for its end of the connection."""
_OF_OURS = {
    "TCP_KEEPIDLE": _ASK_AFTER,
    "TCP_KEEPINTVL": _ASK_EVERY,
    "TCP_KEEPCNT": _ASK,
    "TCP_USER_TIMEOUT": _TAKEN_WITHIN,
}


def limit_silence(connection: Any) -> None:
    """Set the same keep-alive on the client's end, for which asyncpg has no options."""
    own = connection._transport.get_extra_info("socket")
    if own.family in (socket.AF_INET, socket.AF_INET6):
        own.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _OF_OURS.items():
            if hasattr(socket, name):  # some systems lack some of them
                own.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
