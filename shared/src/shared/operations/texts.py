"""What the standing of a failure, and what has been done about it, is called."""

from shared.errors import Text
from shared.events.failures import State
from shared.operations.views import Action

STATE = {
    State.RETRYING: Text("Is tried again"),
    State.PARKED: Text("Waits for an operator"),
}
ACTION = {
    Action.RETRY: Text("Asked for another try"),
    Action.EDIT: Text("Edited the data"),
    Action.DISCARD: Text("Gave it up"),
}
