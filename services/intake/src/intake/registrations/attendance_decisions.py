"""Who was there, and whose plan has come in afterwards."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from intake.gatherings.model import Cohort, CohortStatus
from intake.registrations.model import Registration, RegistrationStatus
from shared.contracts.intake.registrations import AttendanceRecorded
from shared.decision import Decision
from shared.errors import Refused
from shared.office import office_date


def record_attendance(
    cohort: Cohort, registrations: Sequence[Registration], present: Collection[UUID], now: datetime
) -> Decision[tuple[Registration, ...]]:
    """Note who of those that had places was there; whoever is not named was not. Doing it again puts a mistake right.

    Raises `Refused` before the gathering begins, for one that was called off, and for people who had no place.
    """
    if cohort.status is CohortStatus.CANCELLED:
        raise Refused("gathering-settled")
    if now < cohort.starts_at:
        raise Refused("gathering-not-begun", starts_on=cohort.starts_on)
    parties = [each for each in registrations if each.status is RegistrationStatus.CONFIRMED]
    people = {person.id for party in parties for person in party.attendees}
    if not set(present) <= people:
        raise Refused("unknown-attendee")
    recorded = tuple(
        replace(party, attendees=tuple(replace(each, attended=each.id in present) for each in party.attendees))
        for party in parties
    )
    event = AttendanceRecorded(
        cohort_id=cohort.id,
        programme=cohort.programme,
        present=len(set(present)),
        absent=len(people) - len(set(present)),
        on=office_date(now),
    )
    return Decision(recorded, (event,))


def record_follow_ups(
    registrations: Sequence[Registration], received: Collection[UUID], now: datetime
) -> Decision[tuple[Registration, ...]]:
    """Note whose plan has come in; the day of the first time stays. Raises `Refused` for who was not there."""
    parties = [each for each in registrations if each.status is RegistrationStatus.CONFIRMED and each.attended]
    if not set(received) <= {party.id for party in parties}:
        raise Refused("unknown-attendee")
    today = office_date(now)
    return Decision(
        tuple(
            replace(party, follow_up_on=(party.follow_up_on or today) if party.id in received else None)
            for party in parties
        )
    )
