"""What can go wrong on purpose, as values that pure code may raise and the edges translate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

_Thing = TypeVar("_Thing")


class Versioned(Protocol):
    """What rises by one with every change."""

    @property
    def version(self) -> int: ...


_Versioned = TypeVar("_Versioned", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence for people, still without a language.

    `message` is the English sentence and the key of its translation; `{names}` in it are filled from
    `parameters`. A parameter may itself be a `Text`, which is translated first.
    """

    message: str
    parameters: Mapping[str, object] = field(default_factory=dict)


class Size(int):
    """So many bytes: a number to programs, and to people kB or MB."""


@dataclass(frozen=True, slots=True)
class LocalMoment:
    """A moment as the clock of a place shows it: `zone` is the name of its zone, such as America/Nuuk."""

    moment: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class LocalDay:
    """A day that begins and ends by the clock of a place."""

    day: date
    zone: str


class Refused(Exception):
    """A no of those who decide and save. `slug` is stable and names the rule; `parameters` are the facts it rests on.

    `said` is its sentence to people, where the one of its kind does not say enough.
    """

    def __init__(self, slug: str, said: Text | None = None, /, **parameters: object) -> None:
        super().__init__(slug)
        self.slug = slug
        self.said = said
        self.parameters = parameters


class NotFound(Refused):
    """What was asked for by its id is not there, or not for whoever asks. `what` is a word for it, such as `round`."""

    def __init__(self, what: str) -> None:
        super().__init__(f"unknown-{what}")


def require_found(thing: _Thing | None, what: str) -> _Thing:
    """The thing, which is there. Raises `NotFound` otherwise."""
    if thing is None:
        raise NotFound(what)
    return thing


class Stale(Refused):
    """A change rests on the version `seen`, and `current` is the one that there is now."""

    def __init__(self, seen: int, current: int) -> None:
        super().__init__("stale-version", seen=seen, current=current)
        self.current = current


def require_version(seen: int, current: int) -> None:
    """Raises `Stale` if somebody has changed the thing since whoever wants to change it saw it."""
    if seen != current:
        raise Stale(seen, current)


def require_seen(thing: _Versioned | None, what: str, seen: int) -> _Versioned:
    """The thing, which is there and still as it was `seen`. Raises `NotFound` or `Stale` otherwise."""
    found = require_found(thing, what)
    require_version(seen, found.version)
    return found


class NotNow(Refused):
    """There is too much of it at the moment; after `wait` it is worth another try."""

    def __init__(self, slug: str, wait: timedelta, said: Text | None = None) -> None:
        super().__init__(slug, said)
        self.wait = wait


class NotHeardOf(Exception):
    """What an event is about has not been heard of yet: another event brings it, and has an order of its own.

    So the event is tried again, on the schedule, and what follows it in its subject waits behind it. `what` is a word
    for what is missing, which operators read.
    """

    def __init__(self, what: str, **parameters: object) -> None:
        super().__init__(what)
        self.what = what
        self.parameters = parameters


class Problem(Exception):
    """An answer that is an error (RFC 9457), raised where HTTP is spoken.

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
