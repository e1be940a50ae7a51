"""Paths that stay on this server, whatever a browser makes of them."""

from fastapi import Request


def is_local(path: str) -> bool:
    """Whether a link to the path leads to this server."""
    # "//host" and "/\\host" are other servers to a browser, which also drops tabs and line ends before it looks.
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()


def local_path(path: str) -> str:
    """The path if it stays on this server, else the start page: nobody is sent elsewhere by a link of ours."""
    return path if is_local(path) else "/"


def path_asked(request: Request) -> str:
    """The path that was asked for, to be put into a link."""
    return local_path(request.url.path)


def address_asked(request: Request) -> str:
    """The same with its query."""
    path = path_asked(request)
    return f"{path}?{request.url.query}" if request.url.query else path
