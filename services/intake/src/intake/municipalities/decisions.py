"""What becomes of a municipality."""

from intake.municipalities.model import Merger, Mergers, history
from shared.contracts.intake.municipalities import MunicipalityMerged
from shared.decision import Decision
from shared.errors import Refused
from shared.municipalities import municipalities
from shared.office import office_date


def merge(merger: Merger, mergers: Mergers) -> Decision[Merger]:
    """Note that a municipality is part of another.

    Raises `Refused`: `merger-into-itself`, `municipality-merged` for either of them, `merger-not-yet` where the day has
    not come at the office, or `merger-before-another` where something became part of the first only after that day.
    """
    if merger.municipality == merger.into:
        raise Refused("merger-into-itself")
    for municipality in (merger.municipality, merger.into):
        must_stand(mergers, municipality)
    if merger.on > office_date(merger.noted_at):
        raise Refused("merger-not-yet", on=merger.on)
    taken_in = [each.on for each in mergers.values() if each.into == merger.municipality]
    if taken_in and max(taken_in) > merger.on:
        raise Refused("merger-before-another", on=max(taken_in))
    event = MunicipalityMerged(municipality=merger.municipality, into=merger.into, on=merger.on)
    return Decision(merger, (event,))


def must_stand(mergers: Mergers, municipality: str) -> None:
    """Raise `Refused("municipality-merged")`, with the one to use, where a municipality is part of another."""
    steps = history(mergers, municipality)
    if not steps:
        return
    named, last = municipalities(), steps[-1]
    raise Refused(
        "municipality-merged",
        municipality=municipality,
        name=named[municipality].name,
        into=last.into,
        into_name=named[last.into].name,
        on=last.on,
    )
