"""Upcasting: reads an event that was published in an older version as a newer version.

An upcaster stands in its producer's module, below the two versions that it joins. It is pure: what it adds comes from
the old event or is a constant.
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
    """Declare an upcaster, as in `@upcasts(RoundOpenedV1)`: the function takes that version and returns the next one.

    Raises `ValueError` where the two are not neighbouring versions of one event, or have an upcaster already.
    """

    def declare(function: Callable[[Old], New]) -> Callable[[Old], New]:
        new = get_type_hints(function)["return"]
        _check_neighbours(old, new)
        _BY_NEW[new] = _Upcaster(old, new, function)
        return function

    return declare


def versions_read_by(event: type[Event]) -> tuple[type[Event], ...]:
    """The versions that can be upcast to `event`, from the oldest to itself."""
    upcaster = _BY_NEW.get(event)
    return (event,) if upcaster is None else (*versions_read_by(upcaster.old), event)


def read(type_name: str, data: Mapping[str, Any], wanted: type[New]) -> New:
    """Parse an event of a CloudEvents type, and upcast it to the wanted version, through every version between them.

    Raises pydantic's `ValidationError` for data that do not fit their own version, and `ValueError` for a type that
    cannot be upcast to the wanted one.
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
