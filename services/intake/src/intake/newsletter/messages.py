"""What people are written about their subscription, and the newsletters themselves."""

import re

from intake.newsletter.decisions import DAYS_TO_CONFIRM
from intake.newsletter.model import Issue, Subscription
from shared.errors import Text
from shared.mail.outbox import Mail


def please_confirm(subscription: Subscription, token: str) -> Mail:
    """To an address that somebody wants newsletters for: is it you?"""
    return _mail(
        subscription,
        token,
        Text("Please confirm that you want our newsletters"),
        Text("Somebody, you we hope, has asked for our newsletters to this address."),
        Text(
            "Follow the link within {days} days to confirm it. If it was not you, do nothing.",
            {"days": DAYS_TO_CONFIRM},
        ),
    )


def known_already(subscription: Subscription, token: str) -> Mail:
    """To an address that newsletters go to already."""
    return _mail(
        subscription,
        token,
        Text("You get our newsletters already"),
        Text("Somebody, you we hope, has asked for our newsletters to this address, which gets them already."),
        Text("Follow the link to change what they are about, or to get none."),
    )


def newsletter(issue: Issue, subscription: Subscription, token: str) -> Mail:
    """An issue to one reader, which their mail program can unsubscribe from by one click."""
    written = [Text("{text}", {"text": each}) for each in re.split(r"\n\s*\n", issue.text)]
    subject = Text("{text}", {"text": issue.subject})
    how_to_stop = Text("Follow the link to change what you are sent, or to get no more.")
    return Mail(
        subscription.email,
        subscription.language,
        subject,
        (*written, how_to_stop),
        f"/subscriptions/{token}",
        unsubscribe=f"/unsubscribe/{token}",
    )


def _mail(subscription: Subscription, token: str, subject: Text, *paragraphs: Text) -> Mail:
    return Mail(subscription.email, subscription.language, subject, paragraphs, f"/subscriptions/{token}")
