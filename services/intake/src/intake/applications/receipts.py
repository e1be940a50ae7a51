"""What somebody is told by e-mail as soon as an application has come in, without anybody's approval."""

from intake.applications.model import Application, Status
from intake.applications.texts import sentence
from intake.programmes.model import Programme
from shared.errors import Text
from shared.mail.outbox import Mail


def receipt(application: Application, programme: Programme) -> Mail | None:
    """That it was received, what the rules made of it, and where it can be followed; nothing where nobody is named."""
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
                {"programme": name, "at": application.submitted_at},
            ),
            *_outcome(application),
            Text("You can see at any time where it stands:"),
        ),
        link=f"/applications/{application.case.id}",
    )


def _outcome(application: Application) -> tuple[Text, ...]:
    if application.status is Status.REFUSED:
        return (
            Text("It does not meet the rules of the programme and has been refused for these reasons:"),
            *(sentence(verdict) for verdict in application.failed),
            Text("A letter about it follows. Another application can be sent at any time."),
        )
    return (Text("It meets the rules of the programme and now waits for a caseworker to decide."),)
