"""What is said of a letter on screens."""

from intake.letters.model import Kind, LetterStatus
from shared.errors import Text

KIND = {
    Kind.ACCEPTANCE: Text("Acceptance"),
    Kind.DECLINE: Text("Decline"),
    Kind.WAITING: Text("Waiting list"),
    Kind.REFUSAL: Text("Refused by the rules"),
}
STATUS = {
    LetterStatus.DRAFT: Text("Waits for approval"),
    LetterStatus.APPROVED: Text("Approved"),
    LetterStatus.SUPERSEDED: Text("Void, since the case has moved on"),
    LetterStatus.DISCARDED: Text("Not to be sent"),
}
