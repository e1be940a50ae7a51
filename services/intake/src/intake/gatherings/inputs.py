"""What the secretary says of a gathering, as JSON or in a form."""

from typing import Annotated

from pydantic import Field

from intake.programmes.offer import Audience
from intake.rounds.model import Zone
from shared.web.inputs import Input, NearDay, PlainText, Slug

Places = Annotated[int, Field(ge=1, le=5_000)]
MOST_GROUPS = 30


class GroupIn(Input):
    """A workshop, or another part that people choose."""

    name: PlainText
    places: Places


class CohortIn(Input):
    """A gathering as it is announced; `ends_on` is left out where it takes one day."""

    programme: Slug
    title_da: PlainText
    title_en: PlainText
    starts_on: NearDay
    ends_on: NearDay | None = None
    town: PlainText
    address: PlainText
    zone: Zone = Zone.COPENHAGEN
    places: Places
    deadline: NearDay
    """The last day on which people register, to its last second in `zone`."""
    audiences: tuple[Audience, ...] = ()
    groups: Annotated[tuple[GroupIn, ...], Field(max_length=MOST_GROUPS)] = ()
    form: Slug | None = None
    topic: Slug | None = None
