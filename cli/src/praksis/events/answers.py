"""What is answered to somebody who has events checked, published or compared."""

from collections.abc import Sequence

from praksis.events.files import Flaw
from praksis.events.reconciling import Compared
from praksis.listing import Column, show
from praksis.output import instant, print_json, say, tell
from shared.events.envelope import Envelope

LISTED = 20
"""How many published events are named one by one."""
_FLAWS = (Column("event", label="event", right=True), Column("field", style="bold"), Column("problem"))
_EVENTS = (Column("time"), Column("type"), Column("subject#sequence"), Column("id"))
_COMPARISONS = (
    Column("consumer", label="consumer"),
    Column("producer", label="producer"),
    Column("sent", label="sent", right=True),
    Column("missing", label="missing", right=True),
    Column("oldest missing", label="oldest missing"),
)


def answer_check(count: int, flaws: Sequence[Flaw], *, as_json: bool) -> None:
    """Whether the events are right, and if not, what is wrong with which field."""
    if as_json:
        print_json({"events": count, "valid": not flaws, "problems": _as_json(flaws)})
    elif flaws:
        _show(flaws)
    else:
        tell(f"{counted(count)} checked, nothing is wrong.")


def answer_publication(count: int, flaws: Sequence[Flaw], published: Sequence[Envelope], *, as_json: bool) -> None:
    """Which events have been published, or what is wrong so that none was."""
    if as_json:
        ids = [str(event.id) for event in published]
        print_json({"events": count, "published": ids, "problems": _as_json(flaws)})
    elif flaws:
        _show(flaws)
    else:
        tell(f"{counted(len(published))} of {count} published and confirmed.")
        rows = [(instant(e.time), e.routing_key, f"{e.subject}#{e.sequence}", str(e.id)) for e in published[:LISTED]]
        show(_EVENTS, rows if len(published) <= LISTED else ())


def answer_comparison(found: Compared, *, as_json: bool) -> None:
    """What was sent, what of it is missing where, and what was too old to be compared."""
    if as_json:
        since = found.since.isoformat() if found.since else None
        comparisons = [each.as_json() for each in found.comparisons]
        print_json({"complete": found.complete, "since": since, "comparisons": comparisons})
    else:
        show(
            _COMPARISONS,
            [
                (each.consumer, each.producer, str(each.sent), str(len(each.missing)), instant(each.oldest))
                for each in found.comparisons
            ],
        )
        if found.complete:
            tell("Nothing is missing.")
    if found.forgotten:
        say(f"Events before {instant(found.since)} are not compared: who has had them is not remembered any more.")


def counted(number: int) -> str:
    """`1 event`, `2 events`"""
    return f"{number} event{'' if number == 1 else 's'}"


def _show(flaws: Sequence[Flaw]) -> None:
    show(_FLAWS, [(str(flaw.event), flaw.problem.path, flaw.problem.message) for flaw in flaws])


def _as_json(flaws: Sequence[Flaw]) -> list[dict[str, object]]:
    return [{"event": flaw.event, "path": flaw.problem.path, "message": flaw.problem.message} for flaw in flaws]
