"""Bearer tokens in links: random, of which only a hash is stored."""

import secrets
from hashlib import sha256

TOKEN_BYTES = 24


def new_token() -> str:
    """A new token for a link, which cannot be guessed."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """The hash that is stored. The token has so much entropy that no salt is needed."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
