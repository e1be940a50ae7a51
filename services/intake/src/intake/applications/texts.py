"""What a verdict says to people."""

from datetime import date

from intake.applications.model import ApplicationStatus, Trigger, Verdict
from intake.programmes.rules import ApplicantKind
from intake.programmes.texts import APPLICANT
from shared.errors import Text

STATUS = {
    ApplicationStatus.SUBMITTED: Text("Submitted"),
    ApplicationStatus.REFUSED: Text("Refused"),
    ApplicationStatus.ACCEPTED: Text("Accepted"),
    ApplicationStatus.DECLINED: Text("Declined"),
    ApplicationStatus.WAITLISTED: Text("On the waiting list"),
    ApplicationStatus.WITHDRAWN: Text("Withdrawn"),
    ApplicationStatus.AGREED: Text("Agreed"),
}

KINDS = {
    ApplicationStatus.SUBMITTED: "info",
    ApplicationStatus.REFUSED: "error",
    ApplicationStatus.ACCEPTED: "success",
    ApplicationStatus.DECLINED: "error",
    ApplicationStatus.WAITLISTED: "warning",
    ApplicationStatus.WITHDRAWN: "none",
    ApplicationStatus.AGREED: "success",
}
"""The look of each, beside its words: info, success, warning, error or none."""

NEXT_STEP = {
    ApplicationStatus.SUBMITTED: Text("The application waits for a caseworker to decide."),
    ApplicationStatus.REFUSED: Text("The rules below say why. Another application can be sent at any time."),
    ApplicationStatus.ACCEPTED: Text("An agreement is made, and both parties sign it; then the course can open."),
    ApplicationStatus.AGREED: Text("The agreement is signed. A pair of consultants is being found for the course."),
    ApplicationStatus.DECLINED: Text("The case is closed. Another application can be sent."),
    ApplicationStatus.WAITLISTED: Text("The application waits until there is room for it."),
    ApplicationStatus.WITHDRAWN: Text("The case is closed, as the applicant wished."),
}
"""What happens next, as applicants are told."""

TRIGGER = {
    Trigger.LOW_QUALITY: Text("Low quality over several inspections"),
    Trigger.ORDER: Text("An order of the inspection"),
    Trigger.OTHER: Text("Something else"),
}

RULE = {
    "municipality": Text("Municipality"),
    "round_open": Text("Opening of the round"),
    "deadline": Text("Deadline"),
    "late_entry": Text("Deadline"),
    "one_application": Text("One application per round"),
    "applicant": Text("Applicant"),
    "daycare_count": Text("Number of daycares"),
    "hour_cap": Text("Hours"),
    "hours_stated": Text("Hours"),
    "ownership": Text("Ownership"),
    "young_children": Text("Age group"),
}

_PASSED = {
    "municipality": Text("{daycare} lies in the municipality that the application is about."),
    "round_open": Text("The round had opened on {opens_on}."),
    "deadline": Text("The application arrived before the deadline on {deadline} had passed."),
    "late_entry": Text("The deadline was {deadline}; the application was let in later by a personal code."),
    "one_application": Text("{daycare} takes part in no other application of the round."),
    "applicant": Text("The programme can be applied for by {applicant}."),
    "daycare_count": Text("The number of daycares is {count}; the programme takes from {at_least} to {at_most}."),
    "hour_cap": Text("The number of hours is {hours}; the programme gives at most {at_most}."),
    "ownership": Text("{daycare} has a form of ownership that the programme takes."),
    "young_children": Text("{daycare} has children under {below} years."),
}

_FAILED = {
    "municipality": Text("{daycare} does not lie in the municipality that the application is about."),
    "round_open": Text("The round opens on {opens_on}; until then it takes no applications."),
    "deadline": Text("The deadline was {deadline}, and the application arrived after that day had ended."),
    "one_application": Text("{daycare} takes part in another application of the same round already."),
    "applicant": Text("The programme cannot be applied for by {applicant}."),
    "daycare_count": Text("The number of daycares is {count}, but the programme takes from {at_least} to {at_most}."),
    "hour_cap": Text("The number of hours is {hours}, but the programme gives at most {at_most}."),
    "hours_stated": Text(
        "The application does not say how many hours it is for; the programme gives at most {at_most}."
    ),
    "ownership": Text("{daycare} has a form of ownership that the programme does not take."),
    "young_children": Text(
        "{daycare} only has children aged {age_from} to {age_to}; it takes children under {below} years to take part."
    ),
}


def sentence(verdict: Verdict) -> Text:
    """The verdict in one plain sentence that names the daycare where it is about one."""
    facts: dict[str, object] = dict(verdict.facts)
    if "applicant" in facts:
        facts["applicant"] = APPLICANT[ApplicantKind(str(facts["applicant"]))]
    for day in ("deadline", "opens_on"):
        if day in facts:
            facts[day] = date.fromisoformat(str(facts[day]))
    return Text((_PASSED if verdict.passed else _FAILED)[verdict.rule].message, facts)
