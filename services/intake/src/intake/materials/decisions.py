"""When something is sent to those who come to a gathering."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from intake.gatherings.model import Cohort, CohortStatus
from intake.materials.model import File, Material, MaterialKind
from intake.rounds.model import morning
from shared.contracts.intake.materials import MaterialDue
from shared.decision import Decision, Timer
from shared.errors import Refused


def attach(
    cohort: Cohort,
    before: Material | None,
    id: UUID,
    kind: MaterialKind,
    days: int,
    text: str,
    file: File | None,
) -> Decision[Material]:
    """Have a text sent so many days before or after a gathering, in place of the one `before` it.

    One whose day has passed already is sent at once. Raises `Refused` for a gathering that is called off and for what
    has been sent already.
    """
    if cohort.status is CohortStatus.CANCELLED:
        raise Refused("gathering-settled")
    if before is not None and before.sent_at is not None:
        raise Refused("material-sent")
    due_at = _due_at(cohort, kind, days)
    if before is None:
        material = Material(id, cohort.id, kind, days, text, file, due_at)
    else:
        material = replace(before, days=days, text=text, file=file, due_at=due_at)
    return Decision(material, (), (_timer(material),))


def take_back(material: Material) -> None:
    """Let a text not be sent after all. Raises `Refused` for what has been sent already."""
    if material.sent_at is not None:
        raise Refused("material-sent")


def follow(cohort: Cohort, materials: Sequence[Material]) -> Decision[tuple[Material, ...]]:
    """Let what has not been sent yet be due by the days that a gathering has now. The state is what has changed."""
    moved = tuple(
        replace(each, due_at=due_at)
        for each in materials
        if each.sent_at is None and (due_at := _due_at(cohort, each.kind, each.days)) != each.due_at
    )
    return Decision(moved, (), tuple(map(_timer, moved)))


def is_to_be_sent(material: Material, cohort: Cohort, *, is_noted: bool, now: datetime) -> bool:
    """Whether it is time to send a material. What comes after waits until it has been noted who was there."""
    if cohort.status is CohortStatus.CANCELLED or material.sent_at is not None or now < material.due_at:
        return False
    return is_noted or material.kind is MaterialKind.BEFORE


def _due_at(cohort: Cohort, kind: MaterialKind, days: int) -> datetime:
    apart = timedelta(days=days)
    day = cohort.starts_on - apart if kind is MaterialKind.BEFORE else cohort.ends_on + apart
    return morning(day, cohort.zone)


def _timer(material: Material) -> Timer:
    due = MaterialDue(material_id=material.id, cohort_id=material.cohort_id)
    return Timer(f"material/{material.id}/due", material.due_at, due)
