"""The form of a registration: several people in fields that carry their number, as in `name-2`."""

import re
from collections.abc import Mapping

from fastapi import Request
from pydantic import ValidationError

from intake.gatherings.model import Cohort
from intake.programmes.offer import Admission
from intake.registrations.inputs import MOST_PEOPLE, RegistrationIn
from shared.errors import Refused, Text
from shared.inputs.validation import sentence_for_people, without_consequences
from shared.web.forms import Submission, only_shown, written_in
from shared.web.kernel import kernel_of
from shared.web.sent_form import form_of

TRAP = "website"
"""A field that people do not see. Programs that fill in every form fill it in, and are thanked for nothing."""
_CONTACT = ("name", "email", "workplace", "municipality")
_ATTENDEE = ("name", "audience", "group", "needs")


def people_in(value: str | None) -> int:
    """For how many people the form is shown; one where nobody has said a number that makes sense."""
    people = int(value) if value and re.fullmatch("[0-9]{1,4}", value) else 1
    return people if 1 <= people <= MOST_PEOPLE else 1


async def submitted_registration(request: Request) -> Submission[RegistrationIn]:
    """Read the form. Who registers one person and names nobody comes in person."""
    form = await form_of(request)
    sent: dict[str, str | list[str]] = {
        name: value for name, value in form.items() if isinstance(value, str) and value != ""
    }
    if unsent := only_shown(request, sent):
        return unsent
    said = {field: sent[field] for field in _CONTACT if field in sent}
    people = people_in(str(sent.get("people", "")))
    attendees = [_numbered(sent, number) for number in range(1, people + 1)]
    comes_in_person = people == 1 and "name" not in attendees[0]
    if comes_in_person and "name" in said:
        attendees[0]["name"] = said["name"]
    try:
        read = RegistrationIn.model_validate({**said, "attendees": attendees}, context=written_in(request))
        return Submission(read, sent)
    except ValidationError as invalid:
        errors = _by_field(invalid)
        if comes_in_person:
            errors.pop("name-1", None)  # it is the same name, of which is told once
        return Submission(None, sent, errors)


def unanswered(cohort: Cohort, sent: Mapping[str, object]) -> dict[str, Text]:
    """What this gathering asks of everybody and nobody has chosen, which the decision would find one by one."""
    people = range(1, people_in(str(sent.get("people", ""))) + 1)
    asked = {"municipality": Text("Choose a municipality.")} if cohort.admits is Admission.PARTICIPANTS else {}
    if cohort.admits is not Admission.EVERYBODY:
        asked |= {f"audience-{number}": Text("Choose a position.") for number in people}
    if cohort.groups:
        asked |= {f"group-{number}": Text("Choose a workshop.") for number in people}
    return {field: said for field, said in asked.items() if field not in sent}


def sentence_on(request: Request, refused: Refused, sent: Mapping[str, object]) -> Text:
    """What a refusal says at a field of a form that was sent."""
    if refused.slug == "not-the-audience" and f"audience-{refused.parameters['attendee']}" not in sent:
        return Text("Choose a position.")
    kernel = kernel_of(request)
    return kernel.kinds.said_of(refused)


def _numbered(sent: Mapping[str, str | list[str]], number: int) -> dict[str, str | list[str]]:
    return {field: sent[f"{field}-{number}"] for field in _ATTENDEE if f"{field}-{number}" in sent}


def _by_field(invalid: ValidationError) -> dict[str, Text]:
    errors: dict[str, Text] = {}
    for error in without_consequences(invalid.errors(include_url=False, include_input=False)):
        match error["loc"]:
            case ("attendees", int(place), str(field), *_):
                name = f"{field}-{place + 1}"
            case (str(field), *_):
                name = field
            case _:
                name = ""
        errors.setdefault(name, sentence_for_people(error))
    return errors
