"""What an agreement says to people."""

from datetime import date

from intake.agreements.model import Agreement, Party
from intake.applications.model import ApplicationStatus
from shared.errors import Text

PARTY = {
    Party.APPLICANT: Text("The municipality or the daycare"),
    Party.OFFICE: Text("The corps' office"),
}

REFUSALS = {
    "start-before-acceptance": ("starts_on", Text("The course cannot start before the application was accepted.")),
    "start-outside-window": ("starts_on", Text("The course would end after the programme does.")),
    "start-passed": ("starts_on", Text("This day has passed. Choose a later one before anybody signs.")),
    "day-too-far-ahead": ("starts_on", Text("This day lies too many years ahead. See whether the year is right.")),
    "hours-outside-cap": ("hours", Text("The programme sets how many hours there may be at most.")),
}
"""By what is refused: the field that it is about, and what to do."""


def is_given_up(status: ApplicationStatus) -> bool:
    """Whether the application is no longer there to agree on."""
    return status not in (ApplicationStatus.ACCEPTED, ApplicationStatus.AGREED)


def standing(agreement: Agreement, status: ApplicationStatus, today: date) -> tuple[Text, str]:
    """Where an agreement stands, in a word or two, and the kind of badge."""
    if agreement.is_signed:
        return Text("Signed"), "success"
    if is_given_up(status):
        return Text("Given up"), "none"
    if agreement.has_missed_its_start(today):
        return Text("Waits for a new first day"), "warning"
    return Text("Waits for signatures"), "info"


def next_step(agreement: Agreement, status: ApplicationStatus, party: Party | None, today: date) -> Text:
    """What happens next, as somebody is told who signs for `party`, or for none."""
    if agreement.is_signed:
        return Text("Both parties have signed. The course starts on {day}.", {"day": agreement.terms.starts_on})
    if is_given_up(status):
        return Text("The applicant has given the course up. Nothing more is signed.")
    if agreement.has_missed_its_start(today):
        day = {"day": agreement.terms.starts_on}
        if party is Party.OFFICE:
            return Text("The course was to start on {day}, before both had signed. A caseworker sets a new day.", day)
        return Text("The course was to start on {day}, before both had signed. The office sets a new day.", day)
    if party in agreement.missing:
        return Text("The agreement waits for your signature.")
    if Party.OFFICE in agreement.missing and party is not Party.OFFICE:
        return Text("The agreement waits for the office's signature.")
    return Text("The agreement waits for the applicant's signature.")
