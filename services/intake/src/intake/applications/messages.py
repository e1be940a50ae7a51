"""What somebody is told by e-mail of their application, without anybody's approval: that it has come in, or goes on."""

import re

from intake.applications.model import Application, ApplicationStatus, Override
from intake.applications.texts import sentence
from intake.programmes.model import Programme
from intake.rounds.model import Zone
from shared.errors import LocalMoment, Text
from shared.mail.outbox import Mail


def receipt(application: Application, programme: Programme, zone: Zone) -> Mail | None:
    """That it was received, what the rules made of it, and where it can be followed; nothing where nobody is named.

    `zone` is that of its round: by the same clock as the deadline, so that the one can be held against the other.
    """
    contact = application.case.contact
    if contact is None:
        return None
    name = programme.names.da if contact.language == "da" else programme.names.en
    return Mail(
        to=contact.email,
        language=contact.language,
        subject=Text("Your application has been received: {programme}", {"programme": name}),
        paragraphs=(
            Text(
                "We received your application to the programme {programme} on {at}.",
                {"programme": name, "at": LocalMoment(application.submitted_at, zone)},
            ),
            *_outcome(application),
            Text("You can see at any time where it stands:"),
        ),
        link=f"/applications/{application.case.id}",
    )


def let_in(application: Application, programme: Programme, override: Override) -> Mail | None:
    """That the application goes on although rules turned it away, which ones, and why; nothing where nobody is named.

    The reason is told as it was recorded: whoever writes it knows that the applicant reads it, but not who wrote it.
    """
    contact = application.case.contact
    if contact is None:
        return None
    name = programme.names.da if contact.language == "da" else programme.names.en
    set_aside = (verdict for verdict in application.verdicts if verdict.overridden == override)
    return Mail(
        to=contact.email,
        language=contact.language,
        subject=Text("Your application goes on after all: {programme}", {"programme": name}),
        paragraphs=(
            Text("Your application to the programme {programme} had been refused by the rules.", {"programme": name}),
            Text("The refusal does not hold any more. This was set aside:"),
            *(sentence(verdict) for verdict in set_aside),
            Text("The reason is:"),
            *(Text("{text}", {"text": each}) for each in re.split(r"\n\s*\n", override.reason)),
            Text("The application now waits for a caseworker to decide. You can see at any time where it stands:"),
        ),
        link=f"/applications/{application.case.id}",
    )


def _outcome(application: Application) -> tuple[Text, ...]:
    if application.status is ApplicationStatus.REFUSED:
        return (
            Text("It does not meet the rules of the programme and has been refused for these reasons:"),
            *(sentence(verdict) for verdict in application.failed),
            Text("A letter about it follows. Another application can be sent at any time."),
        )
    return (Text("It meets the rules of the programme and now waits for a caseworker to decide."),)
