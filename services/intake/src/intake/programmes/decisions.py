"""Publishing programmes: what has judged a case stays as it was."""

from dataclasses import replace

from intake.programmes.model import Programme
from shared.contracts.intake import ProgrammePublished
from shared.decision import Decision
from shared.errors import Refused


def publish_programme(published: Programme | None, wanted: Programme) -> Decision[Programme]:
    """Publish a version that is new, or move the last day or the names of a published one; what judges stays.

    Raises `Refused("programme-changed")`: a change of content is a new version.
    """
    if published == wanted:
        return Decision(wanted)
    if published is not None and replace(published, valid_until=wanted.valid_until, names=wanted.names) != wanted:
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
