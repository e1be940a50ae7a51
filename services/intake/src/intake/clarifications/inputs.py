"""What comes in as a question about an application, and as its answer."""

from pydantic import Field

from shared.inputs.fields import Input, Prose


class ClarificationIn(Input):
    """What the office wants to know."""

    question: Prose


class AnswerIn(Input):
    """What the applicant says."""

    answer: Prose


class Reply(AnswerIn):
    """The same from a form; `version` is what was before somebody's eyes."""

    version: int = Field(ge=1)
