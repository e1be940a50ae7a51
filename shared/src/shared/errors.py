"""Expected errors, as exceptions that pure code may raise and the edges (HTTP, inbox) translate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

_Thing = TypeVar("_Thing")


class Versioned(Protocol):
    """A value whose version rises by one with every change (optimistic locking)."""

    @property
    def version(self) -> int: ...


_Versioned = TypeVar("_Versioned", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence for people, not yet in any language.

    `message` is the English sentence and the key of its translation; `{names}` in it are filled from `parameters`. A
    parameter may itself be a `Text`, which is translated first.
    """

    message: str
    parameters: Mapping[str, object] = field(default_factory=dict)


class Size(int):
    """A number of bytes: shown to people in kB or MB."""


@dataclass(frozen=True, slots=True)
class LocalMoment:
    """A moment that is shown by a place's local time: `zone` is the name of its zone, such as America/Nuuk."""

    moment: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class LocalDay:
    """A day by a place's local time."""

    day: date
    zone: str


class Refused(Exception):
    """A decision or a store says no. `slug` is stable and names the rule; `parameters` are the facts it rests on.

    `said` is the sentence for people, where the one of the slug does not say enough.
    """

    def __init__(self, slug: str, said: Text | None = None, /, **parameters: object) -> None:
        super().__init__(slug)
        self.slug = slug
        self.said = said
        self.parameters = parameters


class NotFound(Refused):
    """There is nothing with the given id, or the caller may not see it. `what` is a word for it, such as `round`."""

    def __init__(self, what: str) -> None:
        super().__init__(f"unknown-{what}")


def require_found(thing: _Thing | None, what: str) -> _Thing:
    """Return the thing. Raises `NotFound` for None."""
    if thing is None:
        raise NotFound(what)
    return thing


class Stale(Refused):
    """Optimistic locking: a change rests on the version `seen`, while `current` is the present one."""

    def __init__(self, seen: int, current: int) -> None:
        super().__init__("stale-version", seen=seen, current=current)
        self.current = current


def require_version(seen: int, current: int) -> None:
    """Raises `Stale` if the thing has been changed since the caller saw it."""
    if seen != current:
        raise Stale(seen, current)


def require_seen(thing: _Versioned | None, what: str, seen: int) -> _Versioned:
    """Return the thing, if it still has the version `seen`. Raises `NotFound` or `Stale` otherwise."""
    found = require_found(thing, what)
    require_version(seen, found.version)
    return found


class NotNow(Refused):
    """There are too many requests of a kind at the moment; another try may succeed after `wait`."""

    def __init__(self, slug: str, wait: timedelta, said: Text | None = None) -> None:
        super().__init__(slug, said)
        self.wait = wait


class NotHeardOf(Exception):
    """The service does not know yet what an event is about: an event of another subject introduces it, and may come
    later.

    The event is retried on the schedule, and later events of its subject wait behind it. `what` is a word for what is
    missing, which operators read.
    """

    def __init__(self, what: str, **parameters: object) -> None:
        super().__init__(what)
        self.what = what
        self.parameters = parameters


class Problem(Exception):
    """An HTTP error (RFC 9457 problem document), raised at the edge.

    `slug` is stable and ends the problem's type; `extensions` become members of the problem document.
    """

    def __init__(
        self,
        slug: str,
        status: int,
        detail: Text | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **extensions: object,
    ) -> None:
        super().__init__(slug)
        self.slug = slug
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.extensions = extensions
