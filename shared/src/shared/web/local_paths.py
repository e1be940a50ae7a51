"""Checks that a path leads to this server, so that no link of ours is an open redirect."""

from fastapi import Request


def is_local(path: str) -> bool:
    """Whether a link to the path leads to this server."""
    # To a browser "//host" and "/\\host" are other servers, and it removes tabs and line ends before it parses.
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()


def local_path(path: str) -> str:
    """The path if it leads to this server, else the start page."""
    return path if is_local(path) else "/"


def path_asked(request: Request) -> str:
    """The path of the request, safe to be put into a link."""
    return local_path(request.url.path)


def address_asked(request: Request) -> str:
    """The path of the request with its query, safe to be put into a link."""
    path = path_asked(request)
    return f"{path}?{request.url.query}" if request.url.query else path
