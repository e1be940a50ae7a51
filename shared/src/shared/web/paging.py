"""Pagination of long lists, fifty lines to a page."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from fastapi import Request, Response

from shared.web.local_paths import local_path

PER_PAGE = 50

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Found(Generic[Line]):
    """One page of `total` lines. Pages count from 1; one after the last is empty."""

    lines: tuple[Line, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """The number of pages, at least 1."""
        return max(1, -(-self.total // PER_PAGE))


def before(page: int) -> int:
    """The offset of the first line of a page."""
    return (page - 1) * PER_PAGE


def tell_page(request: Request, response: Response, found: Found[Line]) -> None:
    """Set the headers for the total number of lines (`X-Total-Count`) and the next page (`Link`)."""
    response.headers["X-Total-Count"] = str(found.total)
    if found.page < found.pages:
        following = request.url.include_query_params(page=found.page + 1)
        response.headers["Link"] = f'<{local_path(following.path)}?{following.query}>; rel="next"'
