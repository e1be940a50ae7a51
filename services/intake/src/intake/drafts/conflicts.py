"""How a field is shown that was changed on two pages to different ends: both texts, and a choice between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from intake.applications.model import Trigger, Wish
from intake.applications.texts import TRIGGER
from intake.drafts.inputs import fields_of
from intake.drafts.merging import SELECTION, is_part, mark_of, parts_of, said_of_daycare
from intake.drafts.texts import FIELD
from intake.enquiries.model import Enquiry
from intake.organisations.model import Daycare
from intake.programmes.rules import ApplicantKind
from intake.programmes.texts import APPLICANT, THEME
from shared.contracts.vocabulary import Skill
from shared.errors import Text

_CHOSEN = frozenset({"applicant_kind", "daycares", "themes", "reminders", "enquiry_id", "trigger"})


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """One field with what was typed here and what is kept. `settled` is what a page says that chooses the first."""

    name: str
    label: Text
    here: Sequence[Text | str]
    kept: Sequence[Text | str]
    settled: str
    is_written: bool
    """In words, and not chosen among what is offered."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the values of fields are called."""

    daycares: Mapping[UUID, Daycare]
    enquiries: Sequence[Enquiry]

    def has_label(self, name: str) -> bool:
        """Whether it is a field that is called something."""
        return name in FIELD or said_of_daycare(name) in FIELD

    def label(self, name: str) -> Text:
        """What a field is called."""
        if not name.startswith(SELECTION):
            return FIELD[name]
        _, id, part = name.split(".")
        daycare = self.daycares.get(UUID(id))
        return Text("{daycare}: {field}", {"daycare": daycare.name if daycare else id, "field": FIELD[part]})

    def said(self, name: str, value: object) -> Sequence[Text | str]:
        """What a field says, for people; nothing where it is empty."""
        values = [str(each) for each in value] if isinstance(value, list) else [] if value is None else [str(value)]
        offered = self._offered(name.rpartition(".")[2])
        return values if offered is None else [offered.get(each, each) for each in values]

    def _offered(self, field: str) -> Mapping[str, Text | str] | None:
        match field:
            case "applicant_kind":
                return {str(each): APPLICANT[each] for each in ApplicantKind}
            case "daycares":
                return {str(id): each.name for id, each in self.daycares.items()}
            case "themes":
                return {str(each): THEME[each] for each in Skill}
            case "enquiry_id":
                return {str(each.id): each.question for each in self.enquiries}
            case "trigger":
                return {str(each): TRIGGER[each] for each in Trigger}
            case "reminders":
                return {"true": Text("Yes")}
        return None


def is_written(name: str) -> bool:
    """Whether a field of the form is filled in with words, and not chosen among what is offered."""
    return is_part(name) and (said_of_daycare(name) or name) not in _CHOSEN


def conflict(name: str, typed: Mapping[str, object], content: Wish, names: Names) -> FieldConflict:
    """What is to be chosen between in one field."""
    return FieldConflict(
        name=name,
        label=names.label(name),
        here=names.said(name, typed.get(name)),
        kept=names.said(name, fields_of(content).get(name)),
        settled=f"{name} {mark_of(parts_of(content).get(name))}",
        is_written=is_written(name),
    )
