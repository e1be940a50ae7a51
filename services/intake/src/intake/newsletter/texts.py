"""What newsletters say to people."""

from intake.newsletter.model import IssueStatus, Topic
from shared.errors import Text

TOPIC = {
    Topic.ROUNDS: Text("Application rounds"),
    Topic.PUBLICATIONS: Text("New publications"),
    Topic.CONFERENCES: Text("Conferences"),
    Topic.THEME_DAYS: Text("Theme days"),
}
STATUS = {IssueStatus.DRAFT: Text("Draft"), IssueStatus.SENDING: Text("Is being sent"), IssueStatus.SENT: Text("Sent")}
