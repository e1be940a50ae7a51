"""What is kept of an answer, so that nobody reads it who does not know the key of the request that it was given to.

An answer may hold what stands nowhere else: a code that is told once, the token of a link. It is given again only to
whoever comes with the same `Idempotency-Key`, and that key is kept nowhere; so it is what opens the answer.
"""

import hmac
from hashlib import sha256
from secrets import token_bytes

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
"""Bytes in front of what is kept."""


class Seal:
    """Of one request: who makes it, its `key`, and the `digest` of what it asks."""

    def __init__(self, caller: str, key: str, digest: str) -> None:
        self.caller = caller
        self._key = key.encode()
        self._digest = digest

    @property
    def key_hash(self) -> str:
        """By which the request is found again."""
        return sha256(self._key).hexdigest()

    @property
    def fingerprint(self) -> str:
        """By which it is told from another one with the same key; nothing to guess what was asked by."""
        return self._derived("fingerprint").hex()

    def close(self, body: bytes) -> bytes:
        """The body as it is kept."""
        nonce = token_bytes(_NONCE)
        return nonce + AESGCM(self._derived("answer")).encrypt(nonce, body, None)

    def open(self, kept: bytes) -> bytes:
        """The body that was closed for this request. Raises `InvalidTag` for what was closed for another one."""
        return AESGCM(self._derived("answer")).decrypt(kept[:_NONCE], kept[_NONCE:], None)

    def _derived(self, purpose: str) -> bytes:
        return hmac.digest(self._key, f"{purpose}\n{self.caller}\n{self._digest}".encode(), "sha256")
