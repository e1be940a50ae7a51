"""Answering a question."""

from dataclasses import replace

from intake.enquiries.model import Answer, Enquiry
from shared.decision import Decision
from shared.errors import Refused


def give_answer(enquiry: Enquiry, answer: Answer) -> Decision[Enquiry]:
    """Answer a question once: what somebody has read and acted on stays. Raises `Refused("enquiry-answered")`."""
    if enquiry.answer is not None:
        raise Refused("enquiry-answered")
    return Decision(replace(enquiry, answer=answer))
