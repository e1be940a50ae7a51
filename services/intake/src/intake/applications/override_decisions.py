"""Letting in an application that a rule has turned away, with a reason that stays beside the verdict."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from intake.applications.decisions import submitted_event
from intake.applications.model import Application, ApplicationStatus, Override, Verdict
from shared.contracts.intake.applications import RefusalOverridden
from shared.decision import Decision
from shared.errors import Refused
from shared.office import office_date

ONE_APPLICATION = "one_application"
"""The rule that speaks of other applications of the round, which come and go."""

Named = tuple[str, UUID | None]
"""A verdict by its rule and the daycare it is about."""


def override(
    application: Application, named: Collection[Named], given: Override, taken: Collection[UUID], now: datetime
) -> Decision[Application]:
    """Set aside every verdict that turned the application away, each named; it then waits like any other.

    `taken` are the daycares that other applications of the round name by now. Raises
    `Refused("application-not-refused")`, `Refused("verdicts-do-not-fit")` where something named did not turn it away,
    `Refused("verdicts-left")` where something that did is not named, or `Refused("daycares-taken-meanwhile")`.
    """
    if application.status is not ApplicationStatus.REFUSED:
        raise Refused("application-not-refused", status=application.status)
    failed = {name_of(verdict) for verdict in application.failed}
    if {*named} - failed:
        raise Refused("verdicts-do-not-fit")
    if failed - {*named}:
        raise Refused("verdicts-left", count=len(failed - {*named}))
    if any((ONE_APPLICATION, daycare) not in failed for daycare in taken):
        raise Refused("daycares-taken-meanwhile")
    verdicts = tuple(
        replace(each, overridden=given) if name_of(each) in failed else each for each in application.verdicts
    )
    let_in = replace(application, verdicts=verdicts, status=ApplicationStatus.SUBMITTED)
    on = office_date(now)
    return Decision(let_in, (_overridden(application, on), submitted_event(let_in, on)))


def _overridden(application: Application, on: date) -> RefusalOverridden:
    return RefusalOverridden(
        application_id=application.case.id,
        programme=application.programme,
        programme_version=application.programme_version,
        municipality=application.case.municipality,
        rules=tuple(sorted({verdict.rule for verdict in application.failed})),
        on=on,
    )


def name_of(verdict: Verdict) -> Named:
    """By what a verdict is named."""
    return verdict.rule, verdict.daycare_id
