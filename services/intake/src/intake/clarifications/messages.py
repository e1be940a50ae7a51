"""What the contact of an application is told by e-mail when the office asks something."""

from intake.applications.model import Application
from intake.programmes.model import Programme
from shared.errors import Text
from shared.mail.outbox import Mail


def asked(application: Application, programme: Programme) -> Mail | None:
    """That a question waits for an answer, and where; nothing where nobody is named.

    The question itself is read where it is answered, by those who have signed in.
    """
    contact = application.case.contact
    if contact is None:
        return None
    name = programme.names.en if contact.language == "en" else programme.names.da
    return Mail(
        to=contact.email,
        language=contact.language,
        subject=Text("A question about your application: {programme}", {"programme": name}),
        paragraphs=(
            Text("We need to know more before we can decide on your application."),
            Text("Read the question and answer it here:"),
        ),
        link=f"/applications/{application.case.id}/clarifications",
    )
