"""What `pyproject.toml` says of slices, as values."""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where those modules of a slice are that are named like one of `files` (`*_api`).

    So is whatever else the rooms `made_of` of the same slice import in it. Modules of one room import each other,
    unless they stand `apart`; what is `alone` imports nothing of its slice. None of a `pure` room reaches one of the
    contract's `effects`, and none of a room `without_http` one of its `http`, not even through others. What is
    `for_roots` is imported by the roots of a service, too.
    """

    name: str
    files: tuple[str, ...] = ()
    made_of: tuple[str, ...] = ()
    apart: bool = False
    alone: bool = False
    pure: bool = False
    without_http: bool = False
    for_roots: bool = False

    def takes(self, name: str) -> bool:
        """Whether a module of this name is in the room."""
        return any(fnmatchcase(name, file) for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Modules whose names say nothing of their room, and why they are in this one."""

    modules: tuple[str, ...]
    room: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Modules that are imported from outside their slice, by whatever is in each of the packages `by`, and why."""

    modules: tuple[str, ...]
    by: tuple[str, ...]
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All of it. `rooms` come from the top down; `open` are the names of modules that other slices may import.

    Beside its slices a service has its `roots`, which put them together, and a `base`, which they stand on.
    """

    services: tuple[str, ...]
    roots: frozenset[str]
    base: frozenset[str]
    open: frozenset[str]
    rooms: tuple[Room, ...]
    effects: frozenset[str]
    http: frozenset[str]
    placements: tuple[Placement, ...]
    permissions: tuple[Permission, ...]
