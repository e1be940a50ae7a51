"""The e-mail by which whoever writes an application is reminded of the deadline."""

from intake.drafts.decisions import progress
from intake.drafts.model import Draft
from intake.drafts.texts import STEP
from intake.programmes.model import Programme
from intake.rounds.model import Round
from shared.errors import LocalDay, Text
from shared.mail.outbox import Mail


def reminder(draft: Draft, programme: Programme, round_: Round) -> Mail:
    """Until when it can be sent, what is missing, and how to get no more of these. Its contact has an address."""
    email, name = draft.content.contact_email, draft.content.contact_name
    assert email is not None, "nobody else is reminded"
    about = {"programme": programme.names.en if draft.language == "en" else programme.names.da}
    last_day = {"day": round_.deadline}
    missing = [STEP[each.step] for each in progress(draft.content, programme) if each.needed and not each.done]
    if missing:
        how_far = (Text("This is still missing:"), *(Text("– {what}", {"what": each}) for each in missing))
    else:
        how_far = (Text("All that is needed has been filled in. The application only has to be sent."),)
    return Mail(
        to=email,
        language=draft.language,
        subject=Text("Deadline on {day}: your application has not been sent", last_day),
        paragraphs=(
            *((Text("Dear {name}", {"name": name}),) if name else ()),
            Text("An application to the programme {programme} has been begun, but not sent.", about),
            Text("It can be sent until {day}, to the end of the day.", {"day": LocalDay(round_.deadline, round_.zone)}),
            *how_far,
            Text("Under the contact in the application you can choose not to be reminded. You go on with it here:"),
        ),
        link=f"/drafts/{draft.id}",
    )
