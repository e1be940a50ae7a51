"""What newsletters say to people."""

from intake.newsletter.model import Status, Topic
from shared.errors import Text

TOPIC = {
    Topic.ROUNDS: Text("Application rounds"),
    Topic.PUBLICATIONS: Text("New publications"),
    Topic.CONFERENCES: Text("Conferences"),
    Topic.THEME_DAYS: Text("Theme days"),
}
STATUS = {Status.DRAFT: Text("Draft"), Status.SENDING: Text("Is being sent"), Status.SENT: Text("Sent")}
