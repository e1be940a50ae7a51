"""What people are written about their place on an interest list."""

from intake.interests.model import Interest
from intake.programmes.model import Programme
from shared.errors import Text
from shared.mail.outbox import Mail


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
