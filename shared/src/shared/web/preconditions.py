"""Optimistic locking over HTTP: a read answers with an `ETag`, a change names it in `If-Match`."""

import re
from typing import Annotated

from fastapi import Depends, Request

from shared.errors import Problem

_STRONG_VERSION = re.compile(r'"(0|[1-9][0-9]{0,9})"')


def etag(version: int) -> str:
    """The `ETag` of a version: `"7"`."""
    return f'"{version}"'


def if_match(request: Request) -> int:
    """The version the caller has seen. Raises 428 `if-match-missing` or 400 `if-match-malformed`."""
    header = request.headers.get("If-Match")
    if header is None:
        raise Problem("if-match-missing", 428)
    version = _STRONG_VERSION.fullmatch(header.strip())
    if version is None:
        raise Problem("if-match-malformed", 400)
    return int(version[1])


Seen = Annotated[int, Depends(if_match)]
"""A parameter of an endpoint, `seen: Seen`: the version that the caller has seen."""
