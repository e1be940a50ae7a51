"""Encrypts stored answers, so that only a request with the same idempotency key can read them.

An answer may hold secrets that are stored nowhere else: a code that is shown once, the token of a link. It is given
again only to a request with the same `Idempotency-Key`. That key is not stored, only its hash, so the encryption key is
derived from it.
"""

import hmac
from hashlib import sha256
from secrets import token_bytes

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
"""Bytes of the nonce, which precede the ciphertext."""


class Seal:
    """The keys of one request: made from its caller, its idempotency `key`, and the `digest` of its content."""

    def __init__(self, caller: str, key: str, digest: str) -> None:
        self.caller = caller
        self._key = key.encode()
        self._digest = digest

    @property
    def key_hash(self) -> str:
        """The hash under which the answer is stored."""
        return sha256(self._key).hexdigest()

    @property
    def fingerprint(self) -> str:
        """Tells this request from another one with the same key; it does not allow guessing the content."""
        return self._derived("fingerprint").hex()

    def close(self, body: bytes) -> bytes:
        """The body, encrypted for storage."""
        nonce = token_bytes(_NONCE)
        return nonce + AESGCM(self._derived("answer")).encrypt(nonce, body, None)

    def open(self, kept: bytes) -> bytes:
        """The decrypted body. Raises `InvalidTag` for a body that was encrypted for another request."""
        return AESGCM(self._derived("answer")).decrypt(kept[:_NONCE], kept[_NONCE:], None)

    def _derived(self, purpose: str) -> bytes:
        return hmac.digest(self._key, f"{purpose}\n{self.caller}\n{self._digest}".encode(), "sha256")
