"""Whether a daycare may take the place of another, and what others are told of it."""

from collections.abc import Sequence
from uuid import UUID

from intake.applications.model import Application, skills_needed
from intake.programmes.model import Programme
from intake.substitutions.model import Substitution
from shared.contracts.intake.agreements import DaycareSubstituted
from shared.decision import Decision
from shared.errors import Refused
from shared.office import office_date

AT_MOST = 1
"""One of the daycares may be substituted after the award; for one that is no more another may step in at any time."""


def substitute(
    made: Substitution,
    application: Application,
    programme: Programme,
    earlier: Sequence[Substitution],
    agreement_id: UUID | None,
) -> Decision[Substitution]:
    """Tell of a substitution in an application that has its new daycare already.

    `agreement_id` is that of the signed agreement, if there is one. Raises `Refused("substituted-already")`.
    """
    chosen = [each for each in earlier if not each.was_over]
    if not made.was_over and len(chosen) >= AT_MOST:
        raise Refused("substituted-already", at_most=AT_MOST)
    event = DaycareSubstituted(
        application_id=made.application_id,
        programme=application.programme,
        programme_version=application.programme_version,
        agreement_id=agreement_id,
        left=made.left_id,
        joined=made.joined_id,
        skills=skills_needed(application.case, programme),
        on=office_date(made.made_at),
    )
    return Decision(made, (event,))
