"""What readers and writers of newsletters say."""

from typing import Annotated

from pydantic import Field

from intake.newsletter.model import Topic
from shared.inputs.fields import EmailAddress, Input, PlainText, plain_text

Topics = Annotated[frozenset[Topic], Field(min_length=1)]


class SubscriptionIn(Input):
    """Who wants newsletters, and on what."""

    email: EmailAddress
    topics: Topics


class TopicsIn(Input):
    """On what somebody wants newsletters."""

    topics: Topics


class IssueIn(Input):
    """A newsletter as it is written; an empty line begins a new paragraph."""

    subject: PlainText
    text: Annotated[str, plain_text(20_000, lines=True)]
    topics: Topics
