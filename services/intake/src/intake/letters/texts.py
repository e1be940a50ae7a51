"""What is said of a letter on screens."""

from intake.letters.model import LetterKind, LetterStatus
from shared.errors import Text

KIND = {
    LetterKind.ACCEPTANCE: Text("Acceptance"),
    LetterKind.DECLINE: Text("Decline"),
    LetterKind.WAITING: Text("Waiting list"),
    LetterKind.REFUSAL: Text("Refused by the rules"),
}
STATUS = {
    LetterStatus.DRAFT: Text("Waits for approval"),
    LetterStatus.APPROVED: Text("Approved"),
    LetterStatus.SUPERSEDED: Text("Void, since the case has moved on"),
    LetterStatus.DISCARDED: Text("Not to be sent"),
}
