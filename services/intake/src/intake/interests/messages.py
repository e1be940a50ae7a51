"""What people are written about their place on an interest list."""

from intake.confirmations.model import DAYS_TO_CONFIRM
from intake.interests.model import Interest
from intake.programmes.model import Programme
from shared.errors import Text
from shared.mail.outbox import Mail


def please_confirm(interest: Interest, programme: Programme, token: str) -> Mail:
    """To an address that somebody has entered: is it so? Nothing that they have written stands in it."""
    name = programme.names.en if interest.language == "en" else programme.names.da
    return Mail(
        interest.email,
        interest.language,
        Text("Please confirm that you want to be told: {programme}", {"programme": name}),
        (
            Text("Somebody, you we hope, has asked us to write to this address when there is a date."),
            Text(
                "You are not on the list yet. Follow the link and confirm it: those who confirm first are asked first."
            ),
            Text(
                "You can do so within {days} days. If it was not you, do nothing: we delete what was written then.",
                {"days": DAYS_TO_CONFIRM},
            ),
        ),
        f"/interests/{token}",
    )


def put_on_list(interest: Interest, programme: Programme, token: str) -> Mail:
    """To whoever wants to be told: they will be, and can change their mind."""
    name = programme.names.en if interest.language == "en" else programme.names.da
    return Mail(
        interest.email,
        interest.language,
        Text("You are on the list: {programme}", {"programme": name}),
        (
            Text("Dear {name}", {"name": interest.name}),
            Text("We offer you a place when there is a date. Those who came first are asked first."),
            Text("If you do not want to wait any more, follow the link."),
        ),
        f"/interests/{token}",
    )
