"""What is said of a letter on screens."""

from intake.letters.model import Kind, Status
from shared.errors import Text

KIND = {
    Kind.ACCEPTANCE: Text("Acceptance"),
    Kind.DECLINE: Text("Decline"),
    Kind.WAITING: Text("Waiting list"),
    Kind.REFUSAL: Text("Refused by the rules"),
}
STATUS = {
    Status.DRAFT: Text("Waits for approval"),
    Status.APPROVED: Text("Approved"),
    Status.SUPERSEDED: Text("Void, since the case has moved on"),
    Status.DISCARDED: Text("Not to be sent"),
}
