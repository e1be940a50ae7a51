"""Long lists, fifty lines at a time."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from fastapi import Request, Response

from shared.web.local_paths import local_path

PER_PAGE = 50

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Found(Generic[Line]):
    """One page of what was found, of `total` lines altogether. Pages count from 1; one after the last is empty."""

    lines: tuple[Line, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty one where nothing was found."""
        return max(1, -(-self.total // PER_PAGE))


def before(page: int) -> int:
    """How many lines stand before those of this page."""
    return (page - 1) * PER_PAGE


def tell_page(request: Request, response: Response, found: Found[Line]) -> None:
    """Say in the headers how many lines there are (`X-Total-Count`), and where the next ones are (`Link`)."""
    response.headers["X-Total-Count"] = str(found.total)
    if found.page < found.pages:
        following = request.url.include_query_params(page=found.page + 1)
        response.headers["Link"] = f'<{local_path(following.path)}?{following.query}>; rel="next"'
