"""What the secretary says of a gathering, as JSON or in a form."""

import re
from datetime import time
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from intake.programmes.offer import Audience
from intake.rounds.model import Zone
from shared.errors import Text
from shared.inputs.fields import Input, NearDay, PlainText, Slug, plain_text

Places = Annotated[int, Field(strict=True, ge=1, le=5_000)]
MOST_GROUPS = 30


def _hours_and_minutes(value: object) -> object:
    if not isinstance(value, str):
        raise PydanticCustomError("time_type", "not a time of day")
    if not re.fullmatch(HOURS_AND_MINUTES, value, re.ASCII):
        raise ValueError(Text("Write a time as in 09:00."))
    return value


HOURS_AND_MINUTES = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
TimeOfDay = Annotated[
    time,
    BeforeValidator(_hours_and_minutes),
    WithJsonSchema({"type": "string", "pattern": HOURS_AND_MINUTES, "description": "where it takes place"}),
]


class GroupIn(Input):
    """A workshop, or another part that people choose."""

    name: PlainText
    places: Places


class DetailsIn(Input):
    """What may also be changed later; `ends_on` is left out where it takes one day."""

    title_da: PlainText
    title_en: PlainText
    starts_on: NearDay
    ends_on: NearDay | None = None
    begins: TimeOfDay | None = None
    """On the first day."""
    ends: TimeOfDay | None = None
    """On the last day."""
    town: PlainText
    address: PlainText
    zone: Zone = Zone.COPENHAGEN
    places: Places
    deadline: NearDay
    """The last day on which people register, to its last second in `zone`."""


class CohortIn(DetailsIn):
    """A gathering as it is announced."""

    programme: Slug
    audiences: tuple[Audience, ...] = ()
    groups: Annotated[tuple[GroupIn, ...], Field(max_length=MOST_GROUPS)] = ()
    form: Slug | None = None
    topic: Slug | None = None


class KeptGroupIn(GroupIn):
    """A group as it is to be from now on: one that there is, by its `id`, or a new one without."""

    id: UUID | None = None


class ChangeIn(DetailsIn):
    """All that may be changed of a gathering, as it is to be; a group that is not named is removed."""

    zone: Zone
    groups: Annotated[tuple[KeptGroupIn, ...], Field(max_length=MOST_GROUPS)] = ()
    reason: Annotated[str, plain_text(500)] | None = None
    """Wanted where days, hours, the zone or the venue change; all who have registered read it."""


def groups_of_lines(value: Any) -> Any:
    """A group per line, its places behind the last semicolon."""
    if not isinstance(value, str):
        return value
    groups = []
    for line in filter(None, (each.strip() for each in value.splitlines())):
        name, _, places = line.rpartition(";")
        if not name.strip() or not re.search("[0-9]", places):
            raise ValueError(Text("Write each on a line of its own with its places, as in: Play and learning; 20"))
        groups.append({"name": name, "places": places.strip()})
    return groups


GroupLines = Annotated[tuple[GroupIn, ...], Field(max_length=MOST_GROUPS), BeforeValidator(groups_of_lines)]
"""Groups as they are written in a form."""
