"""What the standing of a failure is called."""

from shared.errors import Text
from shared.events.failures import State

STATE = {
    State.RETRYING: Text("Is tried again"),
    State.PARKED: Text("Waits for an operator"),
}
