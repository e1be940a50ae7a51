"""What somebody is told by e-mail when their question has been answered."""

import re

from intake.enquiries.model import Answer, Enquiry
from shared.errors import Text
from shared.mail.outbox import Mail


def answered(enquiry: Enquiry, answer: Answer) -> Mail | None:
    """The answer, and where question and answer stand; nothing where nobody has said where to write."""
    if enquiry.reply_to is None:
        return None
    written = (Text("{text}", {"text": each}) for each in re.split(r"\n\s*\n", answer.text))
    return Mail(
        to=enquiry.reply_to.email,
        language=enquiry.reply_to.language,
        subject=Text("Your question has been answered"),
        paragraphs=(
            Text("On {at} you asked us a question. This is the answer:", {"at": enquiry.asked_at}),
            *written,
            Text("You can read the question and the answer here:"),
        ),
        link=f"/enquiries/{enquiry.id}",
    )
