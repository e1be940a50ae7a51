"""What an assessment says to people."""

from collections.abc import Callable
from dataclasses import dataclass

from intake.applications.model import Trigger
from intake.assessments.model import Assessment
from intake.assessments.reading import Aliases
from intake.assessments.redaction import Alias
from intake.organisations.model import DaycareKind
from shared.errors import Text

TRIGGER = {
    Trigger.LOW_QUALITY: Text("Low quality over several inspections"),
    Trigger.ORDER: Text("An order of the inspection"),
    Trigger.OTHER: Text("Something else"),
}
KIND = {
    DaycareKind.CHILDMINDING: Text("Childminding"),
    DaycareKind.NURSERY: Text("Nursery"),
    DaycareKind.INTEGRATED: Text("Integrated daycare"),
    DaycareKind.KINDERGARTEN: Text("Kindergarten"),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """What the reader's language and the sign-in add: how a text is said, and what somebody is called."""

    say: Callable[[Text], str]
    name_of: Callable[[str], str]


def standing(assessment: Assessment) -> tuple[Text, str]:
    """Where one reviewer's work stands, and which badge says it."""
    if assessment.conflict is not None:
        return Text("Conflict of interest"), "none"
    if assessment.sheets:
        return Text("Handed in"), "success"
    return Text("Waits for your scores"), "info"


def aliases(say: Callable[[Text], str]) -> Aliases:
    """What stands for names in the language that `say` speaks."""
    return Aliases(
        municipality=Alias(say(Text("the municipality")), say(Text("the municipality's"))),
        applicant=Alias(say(Text("the applicant")), say(Text("the applicant's"))),
        daycare=lambda letter: Alias(
            say(Text("Daycare {letter}", {"letter": letter})), say(Text("Daycare {letter}'s", {"letter": letter}))
        ),
    )
