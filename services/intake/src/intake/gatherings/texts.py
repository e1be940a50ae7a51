"""What a gathering says to people."""

from intake.gatherings.model import Status
from intake.rounds.model import Zone
from shared.errors import Text

ZONES = {Zone.COPENHAGEN: Text("Copenhagen"), Zone.NUUK: Text("Nuuk")}
STATUS = {
    Status.ANNOUNCED: Text("Announced"),
    Status.CANCELLED: Text("Called off"),
    Status.HELD: Text("Held"),
}
