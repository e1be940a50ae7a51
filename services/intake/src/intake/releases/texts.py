"""What a prepared decision says to the staff."""

from intake.applications.model import ApplicationStatus
from intake.releases.inputs import TAKE_BACK
from intake.releases.model import Outcome, Standing
from shared.errors import Text

OUTCOME = {
    Outcome.ACCEPT: Text("Yes"),
    Outcome.DECLINE: Text("No"),
    Outcome.WAITLIST: Text("On the waiting list"),
}
KINDS = {Outcome.ACCEPT: "success", Outcome.DECLINE: "error", Outcome.WAITLIST: "warning"}
CHOICES = {outcome.value: text for outcome, text in OUTCOME.items()} | {
    TAKE_BACK: Text("Nothing: take back what was prepared")
}
STANDING = {
    Standing.READY: Text("Ready"),
    Standing.CHANGED: Text("Left out: the application has changed since"),
    Standing.WITHDRAWN: Text("Left out: the application was withdrawn"),
}
STATUS = {
    ApplicationStatus.SUBMITTED: Text("Submitted"),
    ApplicationStatus.WAITLISTED: Text("On the waiting list"),
    ApplicationStatus.WITHDRAWN: Text("Withdrawn"),
}
"""Of those that stand on the desk as a rule; any other has been decided on meanwhile."""
