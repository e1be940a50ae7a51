"""What a draft says to those who write it."""

from intake.attachments.texts import NOT_ALLOWED
from intake.drafts.model import Step
from shared.errors import Text

STEP = {
    Step.APPLICANT: Text("Who applies"),
    Step.DAYCARES: Text("Participating daycares"),
    Step.HOURS: Text("Hours"),
    Step.MOTIVATION: Text("Motivation"),
    Step.CONTACT: Text("Contact"),
    Step.SELECTION: Text("On what data the daycares were chosen"),
}

FIELD = {
    "applicant_kind": Text("Who applies"),
    "daycares": Text("Participating daycares"),
    "themes": Text("What it is to be about"),
    "hours": Text("Hours"),
    "motivation": Text("Motivation"),
    "contact_name": Text("Name"),
    "contact_email": Text("E-mail"),
    "reminders": Text("Reminder"),
    "enquiry_id": Text("The question it grew out of"),
    "vulnerable_share": Text("Families in vulnerable positions"),
    "trigger": Text("Why now"),
    "inspections": Text("What the inspections found"),
    "late_code": Text("Code for late entry"),
    "file": Text("Attach a file"),
}
"""What the fields of the form are called."""

STILL_MISSING = {
    Step.APPLICANT: Text("Choose who applies."),
    Step.DAYCARES: Text("Choose the daycares that are to take part."),
    Step.HOURS: Text("Say how many hours of advice you apply for."),
    Step.MOTIVATION: Text("Say why you apply."),
    Step.CONTACT: Text("Say to whom we may write, with name and e-mail address."),
}
"""Beside the field when somebody sends too early."""

NOT_ATTACHED = {
    "attachment-empty": Text("The file is empty. Choose one with something in it."),
    "attachment-too-large": Text("The file has more than 10 MB. Make it smaller, or divide it into several."),
    "too-busy": NOT_ALLOWED["busy"],
    "too-many-attachments": Text("An application has at most 10 files. Remove one first."),
}
"""Beside the file that was chosen."""
