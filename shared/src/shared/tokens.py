"""Links that stand for their bearer: a random token in the address, of which only a hash is kept."""

import secrets
from hashlib import sha256

TOKEN_BYTES = 24


def new_token() -> str:
    """A token that nobody guesses, for an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What is kept of a token. It has so much chance in it that no salt is needed."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
