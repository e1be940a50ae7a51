"""What the contact of an application is told by e-mail of its agreement."""

from intake.agreements.model import Agreement
from intake.applications.model import Application
from intake.programmes.model import Programme
from shared.errors import Text
from shared.mail.outbox import Mail


def wanted(agreement: Agreement, application: Application, programme: Programme) -> Mail | None:
    """That the agreement, new or changed, waits for the applicant's signature; nothing where nobody is named."""
    return _mail(
        agreement,
        application,
        Text("The agreement waits for your signature: {programme}", {"programme": _name(application, programme)}),
        Text("The agreement on your course has been written, or it has changed since somebody signed it."),
        Text(
            "The course is to start on {day}. Read the agreement and sign it here:", {"day": agreement.terms.starts_on}
        ),
    )


def reminder(agreement: Agreement, application: Application, programme: Programme) -> Mail | None:
    """That the applicant has not signed yet; nothing where nobody is named."""
    return _mail(
        agreement,
        application,
        Text(
            "Reminder: the agreement waits for your signature: {programme}",
            {"programme": _name(application, programme)},
        ),
        Text("The agreement on your course has waited for your signature for two weeks."),
        Text(
            "The course is to start on {day}. Read the agreement and sign it here:", {"day": agreement.terms.starts_on}
        ),
    )


def signed(agreement: Agreement, application: Application, programme: Programme) -> Mail | None:
    """That both parties have signed; nothing where nobody is named."""
    return _mail(
        agreement,
        application,
        Text("The agreement is signed: {programme}", {"programme": _name(application, programme)}),
        Text("Both parties have signed. The course starts on {day}.", {"day": agreement.terms.starts_on}),
        Text("You can read the agreement at any time:"),
    )


def _mail(agreement: Agreement, application: Application, subject: Text, *paragraphs: Text) -> Mail | None:
    contact = application.case.contact
    if contact is None:
        return None
    return Mail(
        to=contact.email,
        language=contact.language,
        subject=subject,
        paragraphs=paragraphs,
        link=f"/agreements/{agreement.id}",
    )


def _name(application: Application, programme: Programme) -> str:
    contact = application.case.contact
    return programme.names.en if contact is not None and contact.language == "en" else programme.names.da
