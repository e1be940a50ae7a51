"""A changed gathering as its form sends it."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator

from intake.gatherings.inputs import MOST_GROUPS, ChangeIn, DetailsIn, GroupIn, GroupLines, KeptGroupIn
from intake.gatherings.model import Cohort
from intake.rounds.model import Zone
from shared.errors import Text
from shared.inputs.fields import plain_text


class GroupForm(GroupIn):
    """A group that there is, with a box to tick that takes it away."""

    removed: bool = False


class ChangeForm(DetailsIn):
    """`group` are those that there are, by their ids, `groups` those that come, a line each; `version` is what was
    before somebody's eyes."""

    zone: Zone
    group: dict[UUID, GroupForm] = Field(default_factory=dict)
    groups: GroupLines = ()
    reason: Annotated[str, plain_text(500)] | None = None
    version: int = Field(ge=1)

    @field_validator("groups")
    @classmethod
    def _not_too_many(cls, new: tuple[GroupIn, ...], info: ValidationInfo) -> tuple[GroupIn, ...]:
        kept = [each for each in info.data.get("group", {}).values() if not each.removed]
        if len(kept) + len(new) > MOST_GROUPS:
            raise ValueError(Text("There may be at most {most} workshops.", {"most": MOST_GROUPS}))
        return new

    def change(self) -> ChangeIn:
        """The same as it is wanted through the API."""
        kept = (
            KeptGroupIn(id=id, name=each.name, places=each.places)
            for id, each in self.group.items()
            if not each.removed
        )
        new = (KeptGroupIn(name=each.name, places=each.places) for each in self.groups)
        said = {name: getattr(self, name) for name in (*DetailsIn.model_fields, "reason")}
        return ChangeIn.model_construct(**said, groups=(*kept, *new))


def filled_in(cohort: Cohort) -> dict[str, str | list[str]]:
    """The fields of the form as the gathering is."""
    said: dict[str, Any] = {
        "title_da": cohort.title.da,
        "title_en": cohort.title.en,
        "starts_on": cohort.starts_on,
        "ends_on": cohort.ends_on if cohort.ends_on != cohort.starts_on else "",
        "begins": cohort.begins.isoformat("minutes") if cohort.begins else "",
        "ends": cohort.ends.isoformat("minutes") if cohort.ends else "",
        "town": cohort.venue.town,
        "address": cohort.venue.address,
        "zone": cohort.zone.value,
        "places": cohort.places,
        "deadline": cohort.deadline,
    }
    for group in cohort.groups:
        said |= {f"group.{group.id}.name": group.name, f"group.{group.id}.places": group.places}
    return {name: str(value) for name, value in said.items()}
