"""When something is sent to those who come to a gathering."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from intake.gatherings.model import Cohort, Status
from intake.materials.model import File, Kind, Material
from intake.rounds.model import midnight
from shared.contracts.intake import MaterialDue
from shared.decision import Decision, Timer
from shared.errors import Refused

IN_THE_MORNING = timedelta(hours=8)
"""After midnight; people read what comes in the morning."""


def attach(
    cohort: Cohort,
    before: Material | None,
    id: UUID,
    kind: Kind,
    days: int,
    text: str,
    file: File | None,
) -> Decision[Material]:
    """Have a text sent so many days before or after a gathering, in place of the one `before` it.

    One whose day has passed already is sent at once. Raises `Refused` for a gathering that is called off and for what
    has been sent already.
    """
    if cohort.status is Status.CANCELLED:
        raise Refused("gathering-settled")
    if before is not None and before.sent_at is not None:
        raise Refused("material-sent")
    apart = timedelta(days=days)
    day = cohort.starts_on - apart if kind is Kind.BEFORE else cohort.ends_on + apart
    due_at = midnight(day, cohort.zone) + IN_THE_MORNING
    if before is None:
        material = Material(id, cohort.id, kind, days, text, file, due_at)
    else:
        material = replace(before, days=days, text=text, file=file, due_at=due_at, version=before.version + 1)
    due = MaterialDue(material_id=material.id, cohort_id=cohort.id)
    return Decision(material, (), (Timer(f"material/{material.id}/due", due_at, due),))


def is_to_be_sent(material: Material, cohort: Cohort, *, is_noted: bool, now: datetime) -> bool:
    """Whether it is time to send a material. What comes after waits until it has been noted who was there."""
    if cohort.status is Status.CANCELLED or material.sent_at is not None or now < material.due_at:
        return False
    return is_noted or material.kind is Kind.BEFORE
