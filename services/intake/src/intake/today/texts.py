"""The corners of the first page."""

from intake.today.model import Corner
from shared.errors import Text

CORNER = {
    Corner.DEADLINE: Text("Deadlines"),
    Corner.MINE: Text("Waiting for you"),
    Corner.OTHERS: Text("Waiting for others"),
    Corner.STUCK: Text("Stuck"),
}
