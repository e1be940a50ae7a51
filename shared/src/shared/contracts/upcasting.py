"""Reading what was published in an older version as the version that is wanted.

An upcaster stands in its producer's module, below the two versions that it joins. It is pure: what it adds it takes
from the old event or decides once and for all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from shared.contracts.base import Event

Old = TypeVar("Old", bound=Event)
New = TypeVar("New", bound=Event)


@dataclass(frozen=True, slots=True)
class _Upcaster:
    old: type[Event]
    new: type[Event]
    function: Callable[[Any], Event]


_BY_NEW: dict[type[Event], _Upcaster] = {}


def upcasts(old: type[Old]) -> Callable[[Callable[[Old], New]], Callable[[Old], New]]:
    """Declare, as in `@upcasts(RoundOpenedV1)`, how a version becomes the next one, which the function returns.

    Raises `ValueError` where the two are not neighbouring versions of one event, or have been joined already.
    """

    def declare(function: Callable[[Old], New]) -> Callable[[Old], New]:
        new = get_type_hints(function)["return"]
        _check_neighbours(old, new)
        _BY_NEW[new] = _Upcaster(old, new, function)
        return function

    return declare


def versions_read_by(event: type[Event]) -> tuple[type[Event], ...]:
    """The versions that can be read as `event`, from the oldest to itself."""
    upcaster = _BY_NEW.get(event)
    return (event,) if upcaster is None else (*versions_read_by(upcaster.old), event)


def read(type_name: str, data: Mapping[str, Any], wanted: type[New]) -> New:
    """The event of a CloudEvents type as the version that is wanted, through every version between them.

    Raises pydantic's `ValidationError` for data that do not fit their own version, and `ValueError` for a type that
    does not lead to the wanted one.
    """
    way = versions_read_by(wanted)
    known = [version.type_name() for version in way]
    if type_name not in known:
        raise ValueError(f"{wanted.type_name()} is read from {', '.join(known)} only")
    start = known.index(type_name)
    event: Event = way[start].model_validate(data)
    for version in way[start + 1 :]:
        event = _BY_NEW[version].function(event)
    assert isinstance(event, wanted)
    return event


def _check_neighbours(old: type[Event], new: type[Event]) -> None:
    if (new.producer, new.event_name(), new.about) != (old.producer, old.event_name(), old.about):
        raise ValueError(f"{new.__name__} is not what {old.__name__} was: producer, name and subject stay the same")
    if new.contract_version != old.contract_version + 1:
        raise ValueError(f"{new.routing_key()} does not follow {old.routing_key()}")
    if new in _BY_NEW:
        raise ValueError(f"{new.routing_key()} has an upcaster already")
