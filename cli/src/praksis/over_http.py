"""How the command line speaks to the HTTP sides of Praksis."""

from urllib.parse import urlsplit

import httpx

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def client_for(url: str, seconds: float, **headers: str) -> httpx.Client:
    """A client of the service at this address that waits so many seconds for an answer.

    What the environment says of proxies and certificates is followed, but not to reach this machine itself.
    """
    here = urlsplit(url).hostname in _LOOPBACK
    return httpx.Client(base_url=url, timeout=seconds, trust_env=not here, headers=headers)
