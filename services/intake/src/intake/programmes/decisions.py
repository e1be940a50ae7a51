"""Publishing programmes: what has judged a case stays as it was."""

from dataclasses import replace

from intake.programmes.model import Programme
from shared.contracts.intake.programmes import PlannedPhase, ProgrammePublished
from shared.decision import Decision
from shared.errors import Refused


def publish_programme(published: Programme | None, wanted: Programme) -> Decision[Programme]:
    """Publish a version that is new, or change of a published one the last day, the names, the offer, the estimated
    hours or how its applications are read; what judges stays. Criteria may be given to a version that had none.

    Raises `Refused("programme-changed")`: a change of content is a new version.
    """
    if published == wanted:
        return Decision(wanted)
    if published is not None and _told_as(published, wanted) != wanted:
        raise Refused("programme-changed", programme=wanted.slug, version=wanted.version)
    event = ProgrammePublished(
        programme=wanted.slug,
        version=wanted.version,
        names=wanted.names,
        intake=wanted.intake,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        team_size=wanted.team_size,
        hour_cap=wanted.hour_cap,
        phases=wanted.phases,
        skills=wanted.skills,
    )
    return Decision(wanted, (event,))


def _told_as(programme: Programme, wanted: Programme) -> Programme:
    """The programme, but told as it is wanted now."""
    told = replace(
        programme,
        valid_until=wanted.valid_until,
        names=wanted.names,
        offer=wanted.offer,
        phases=_estimated_as(programme.phases, wanted.phases),
        redacted=wanted.redacted,
        sealed=wanted.sealed,
    )
    return told if told.criteria else replace(told, criteria=wanted.criteria)


def _estimated_as(phases: tuple[PlannedPhase, ...], wanted: tuple[PlannedPhase, ...]) -> tuple[PlannedPhase, ...]:
    """The phases, but with the hours that are wanted now: an estimate for planning judges nobody."""
    hours = {phase.name: phase.hours_per_month for phase in wanted}
    return tuple(phase.model_copy(update={"hours_per_month": hours.get(phase.name)}) for phase in phases)
