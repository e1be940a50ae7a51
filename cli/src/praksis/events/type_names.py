"""Which type of event somebody means who does not write it out."""

from praksis.errors import WrongUsage
from shared.contracts.published import PUBLISHED


def full_type(written: str) -> str:
    """The CloudEvents type of `intake.RoundOpened.v1` or, where there is one version, `RoundOpened`.

    What Praksis does not publish is left as it is. Raises `WrongUsage` for a name of which there are several.
    """
    meant = [
        type_name
        for type_name, event in PUBLISHED.items()
        if written in (type_name, event.routing_key(), f"{event.producer}.{event.event_name()}", event.event_name())
    ]
    if len(meant) > 1:
        raise WrongUsage(f"{written} may be {' or '.join(meant)}.")
    return meant[0] if meant else written
