"""Compound files: what Office saved before 2007, and what it still puts around a document that has a password."""

from typing import Literal

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""With this begin also the files that macros, and objects of other programs, are kept in, whatever they are called."""
_LOCKED = "EncryptedPackage".encode("utf-16-le")


def compound_file(content: bytes) -> Literal["old", "password"] | None:
    """What a compound file is to somebody who has sent it; nothing for any other file."""
    if not content.startswith(COMPOUND):
        return None
    return "password" if _LOCKED in content else "old"
