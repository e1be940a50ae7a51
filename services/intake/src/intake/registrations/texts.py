"""What registrations say to people."""

from intake.registrations.model import Status
from shared.errors import Text

STATUS = {
    Status.CONFIRMED: Text("Has a place"),
    Status.OFFERED: Text("Has been offered a place"),
    Status.WAITING: Text("Waits"),
    Status.CANCELLED: Text("Cancelled"),
    Status.LAPSED: Text("Has not answered in time"),
}
