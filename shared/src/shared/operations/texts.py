"""The texts for a failure's state, its reason, and what operators did about it."""

from pydantic import ValidationError

from shared.errors import NotHeardOf, Refused, Text
from shared.events.envelope import Malformed
from shared.events.failures import INTERRUPTED, GivenUp, State
from shared.events.memory import TooOld
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
MEANING = {
    NotHeardOf.__name__: Text(
        "What the event is about has not arrived here yet. If it does not come by itself, find the event"
        " that brings it among the failures of all services, and get that through first."
    ),
    Refused.__name__: Text(
        "A rule of this service says no to what the event tells. Try again when the cause is removed, "
        "edit the data if they are wrong, or give the event up."
    ),
    Malformed.__name__: Text(
        "What arrived cannot be read as an event. Tell those who develop the program that sent it, and give it up."
    ),
    ValidationError.__name__: Text(
        "Fields of the event are missing or are not as this service knows them. Put the data right, or "
        "tell the developers."
    ),
    GivenUp.__name__: Text(
        "The event has arrived again and again, and no try came to an end. Try again once; if it fails "
        "again, tell the developers."
    ),
    TooOld.__name__: Text(
        "The event is so old that the service no longer remembers whether it has handled it. Find out: if"
        " it has, give the event up; if it has not, try again."
    ),
    INTERRUPTED: Text(
        "The last try has begun and not ended: it is under way, or it stopped the worker. If nothing has"
        " happened in some minutes, tell the developers."
    ),
}
MEANING_OF_OUTGOING = {
    "Unroutable": Text(
        "No queue takes this event, as where the receiving service has never run. Start it, and try again."
    ),
    "Oversized": Text("The event is larger than what may be sent. Tell the developers."),
    "Malformed": Text(
        "What stands in the log is no event that others could read: it has been written there past the program."
        " Tell the developers, and give it up."
    ),
    "Rejected": Text(
        "The broker does not take this event, as when it is told to take none so large. See to that, and try again."
    ),
    "Refused": Text("A queue does not take the event, as when it is full. See that it is emptied, and try again."),
}
"""By the values of `Outcome`. That class is not imported, since HTTP processes import no AMQP client."""
OTHERWISE = Text(
    "Something has failed in the program, or in what it relies on. Try again when that is in order; "
    "if it fails again, tell the developers the reason and the trace."
)


def meaning_of(reason: str, *, outgoing: bool) -> Text:
    """What the reason of a failure means and what to do, in plain words."""
    known = MEANING_OF_OUTGOING if outgoing else MEANING
    return known.get(reason.partition(":")[0], OTHERWISE)
