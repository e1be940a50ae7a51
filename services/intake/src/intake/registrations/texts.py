"""What registrations say to people."""

from intake.registrations.model import RegistrationStatus
from shared.errors import Text

STATUS = {
    RegistrationStatus.CONFIRMED: Text("Has a place"),
    RegistrationStatus.OFFERED: Text("Has been offered a place"),
    RegistrationStatus.WAITING: Text("Waits"),
    RegistrationStatus.CANCELLED: Text("Cancelled"),
    RegistrationStatus.LAPSED: Text("Has not answered in time"),
}
