"""A field of a wish is on every stop of its way: said, kept, shown, and called something."""

from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from intake_cases import NOON, case, daycare, programme

from intake import applications, drafts
from intake.applications.decisions import submit
from intake.applications.inputs import ApplicationIn
from intake.applications.model import Selection, Trigger, Wish
from intake.applications.outputs import ApplicationOut
from intake.drafts.api import ContentOut
from intake.drafts.decisions import wish_to_send
from intake.drafts.inputs import ContentIn, content_of, fields_of
from intake.drafts.texts import FIELD
from intake.programmes.rules import ApplicantKind
from shared.contracts.vocabulary import Skill

FIRST, SECOND = daycare(1).id, daycare(2).id
OF_A_WISH = {each.name for each in fields(Wish)}
OF_THE_CONTACT = {"contact_name", "contact_email"}
WHOLE = Wish(
    applicant_kind=ApplicantKind.DAYCARES,
    daycares=(SECOND, FIRST),
    themes=(Skill.LEADERSHIP, Skill.PARENTS),
    hours=Decimal("7.5"),
    motivation="We want to.",
    contact_name="Anna Holm",
    contact_email="anna@example.org",
    reminders=False,
    enquiry_id=UUID(int=5),
    selection=(Selection(FIRST, Decimal("2.5"), Trigger.ORDER, "Calm"),),
)
SAID = {
    "applicant_kind": "daycares",
    "daycares": [str(SECOND), str(FIRST)],
    "themes": ["parents", "leadership"],
    "hours": 7.5,
    "motivation": "We want to.",
    "enquiry_id": str(UUID(int=5)),
}
CHOSEN = {"vulnerable_share": 2.5, "trigger": "order", "inspections": "Calm"}


def text_of(package: object, template: str) -> str:
    (folder,) = package.__path__  # type: ignore[attr-defined]
    return (Path(folder) / "templates" / template).read_text(encoding="utf-8")


def test_a_wish_that_is_tried_here_has_every_field() -> None:
    assert [each.name for each in fields(Wish) if getattr(WHOLE, each.name) == getattr(Wish(), each.name)] == []


def test_a_draft_takes_and_shows_every_field() -> None:
    assert OF_A_WISH == {*ContentIn.model_fields} == {*ContentOut.model_fields}
    of_contact = {"contact_name": "Anna Holm", "contact_email": "anna@example.org", "reminders": False}
    sent = ContentIn.model_validate({**SAID, **of_contact, "selection": {str(FIRST): CHOSEN}}, strict=False)
    assert content_of(sent) == WHOLE
    shown = ContentOut.model_validate(WHOLE, from_attributes=True).model_dump(mode="json")
    in_order = SAID | {"themes": ["leadership", "parents"]}
    assert shown == {**in_order, **of_contact, "selection": [{"daycare_id": str(FIRST), **CHOSEN}]}


def test_an_application_takes_and_shows_the_same_fields_and_its_contact_as_one() -> None:
    of_an_application = OF_A_WISH - OF_THE_CONTACT - {"reminders"} | {"contact"}
    for model in (ApplicationIn, ApplicationOut):
        assert of_an_application - {*model.model_fields} == set()
    contact = {"name": "Anna Holm", "email": "anna@example.org"}
    where = {"programme": "a-course", "municipality": "0390", "contact": contact}
    sent = ApplicationIn.model_validate({**SAID, **where, "selection": [{"daycare_id": str(FIRST), **CHOSEN}]})
    assert sent.wish() == wish_to_send(WHOLE)


def test_what_is_said_of_a_daycare_that_does_not_take_part_is_not_sent() -> None:
    alone = Wish(daycares=(FIRST,), selection=(Selection(FIRST, 1), Selection(SECOND, 2)), reminders=False)
    assert wish_to_send(alone) == Wish(daycares=(FIRST,), selection=(Selection(FIRST, 1),))


def test_every_field_is_on_the_form_and_called_something() -> None:
    form = text_of(drafts, "draft.html")
    on_the_form = OF_A_WISH - {"selection"} | {each.name for each in fields(Selection)} - {"daycare_id"}
    assert on_the_form - {*FIELD} == set()
    assert [name for name in sorted(on_the_form) if f'"{name}"' not in form and f'".{name}"' not in form] == []
    assert {name.partition(".")[0] for name in fields_of(WHOLE)} == OF_A_WISH - {"reminders"}


def test_every_field_is_on_the_page_of_the_application() -> None:
    page = text_of(applications, "application.html")
    shown = OF_A_WISH - OF_THE_CONTACT - {"reminders", "themes", "daycares", "selection"}
    assert [name for name in sorted(shown) if f"case.wish.{name}" not in page] == []


@pytest.mark.parametrize("missing", [{"applicant_kind": None}, {"motivation": None}])
def test_what_is_not_whole_is_no_application(missing: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="says who applies, and why"):
        submit(case(daycare(), **missing), programme(), None, NOON)
