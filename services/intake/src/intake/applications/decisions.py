"""What becomes of an application."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from intake.applications.eligibility import LATE_ENTRY, judge, judge_newcomer
from intake.applications.model import Application, ApplicationStatus, Case, Verdict, skills_needed
from intake.organisations.model import Daycare
from intake.programmes.model import Programme
from intake.rounds.model import LateEntry, Round
from shared.contracts.intake.applications import (
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationRefused,
    ApplicationSubmitted,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
    Opening,
)
from shared.contracts.vocabulary import IntakeMode
from shared.decision import Decision
from shared.errors import Refused
from shared.hours import whole_hours_of
from shared.office import office_date


def check_daycares(named: Sequence[UUID], registered: Mapping[UUID, Daycare]) -> None:
    """See that the daycares that are applied for are among those that the municipality has registered.

    Raises `Refused("daycare-listed-twice")`, `Refused("unknown-daycare")` or `Refused("daycare-ended")` with those for
    which that holds.
    """
    if twice := sorted({str(each) for each in named if named.count(each) > 1}):
        raise Refused("daycare-listed-twice", daycares=twice)
    if unknown := [str(each) for each in named if each not in registered]:
        raise Refused("unknown-daycare", daycares=unknown)
    if ended := [str(each) for each in named if registered[each].end is not None]:
        raise Refused("daycare-ended", daycares=ended)


def check_selection(explained: Sequence[UUID], named: Sequence[UUID]) -> None:
    """See that it is explained of the daycares that are applied for, and of each once, on what data they were chosen.

    Raises `Refused("selection-astray")` with those for which that does not hold.
    """
    if astray := sorted({str(each) for each in explained if each not in named or explained.count(each) > 1}):
        raise Refused("selection-astray", daycares=astray)


def submit(
    case: Case,
    programme: Programme,
    round_: Round | None,
    now: datetime,
    late_entry: LateEntry | None = None,
    taken: Collection[UUID] = (),
    *,
    late_entry_is_used: bool = False,
) -> Decision[Application]:
    """Take the application, or turn it away by the rules of the programme; either way the verdicts are kept.

    `taken` are the daycares that other applications of the round name. A late entry is used up only by an application
    that is taken after the deadline, and then by one alone. Raises `Refused` where the application does not fit its
    programme at all and there is nothing to judge, or the late entry is another's, or used by another.
    """
    if case.wish.applicant_kind is None or case.wish.motivation is None:
        raise ValueError("what is sent says who applies, and why")
    _check_round(programme, round_)
    _check_late_entry(case, round_, late_entry)
    verdicts = judge(case, programme, round_, now, may_be_late=late_entry is not None, taken=taken)
    eligible = all(verdict.passed for verdict in verdicts)
    application = Application(
        case=case,
        programme=programme.slug,
        programme_version=programme.version,
        round_id=None if round_ is None else round_.id,
        verdicts=verdicts,
        status=ApplicationStatus.SUBMITTED if eligible else ApplicationStatus.REFUSED,
        submitted_at=now,
        late_entry_id=late_entry.id if late_entry and eligible and _was_late(verdicts) else None,
    )
    if late_entry_is_used and application.late_entry_id is not None:
        raise Refused("late-code-used")
    event = submitted_event(application, office_date(now)) if eligible else _refused(application)
    return Decision(application, (event,))


def accept(
    application: Application, programme: Programme, caseworker: str, now: datetime, reason: str | None = None
) -> Decision[Application]:
    """Say yes to an application that is submitted, or moves up from the waiting list.

    Raises `Refused("application-not-open")` for any other, and `Refused("reason-missing")` for one that moves up past
    others without a reason.
    """
    _must_stand(application, ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED)
    if application.status is ApplicationStatus.WAITLISTED and reason is None:
        raise Refused("reason-missing")
    event = ApplicationAccepted(
        application_id=application.case.id,
        programme=application.programme,
        programme_version=application.programme_version,
        municipality=application.case.municipality,
        daycares=application.case.wish.daycares,
        skills=skills_needed(application.case, programme),
        hours=whole_hours_of(application.case.wish.hours),
        on=office_date(now),
        course_opens_by=Opening.AGREEMENT,
    )
    return Decision(_settled(application, ApplicationStatus.ACCEPTED, caseworker, now, reason), (event,))


def decline(application: Application, caseworker: str, now: datetime, reason: str) -> Decision[Application]:
    """Say no to an application that is submitted or waits. Raises `Refused("application-not-open")` for any other."""
    _must_stand(application, ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED)
    event = ApplicationDeclined(**_facts(application, now))
    return Decision(_settled(application, ApplicationStatus.DECLINED, caseworker, now, reason), (event,))


def put_on_waiting_list(application: Application, caseworker: str, now: datetime, reason: str) -> Decision[Application]:
    """Keep a submitted application until there is room. Raises `Refused("application-not-open")` for any other."""
    _must_stand(application, ApplicationStatus.SUBMITTED)
    event = ApplicationWaitlisted(**_facts(application, now))
    return Decision(_settled(application, ApplicationStatus.WAITLISTED, caseworker, now, reason), (event,))


def withdraw(application: Application, applicant: str, now: datetime) -> Decision[Application]:
    """Take back an application on which nothing has been decided yet, or that waits, or give up an accepted course.

    Once the agreement on it is signed, the course is scheduling's. Raises `Refused("application-not-open")` for any
    other.
    """
    _must_stand(application, ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED, ApplicationStatus.ACCEPTED)
    event = ApplicationWithdrawn(**_facts(application, now))
    return Decision(_settled(application, ApplicationStatus.WITHDRAWN, applicant, now, None), (event,))


def replace_participant(
    application: Application,
    programme: Programme,
    round_: Round | None,
    left: UUID,
    newcomer: Daycare,
    taken: Collection[UUID],
    now: datetime,
) -> Decision[Application]:
    """Let a daycare join an accepted application in the place of one that leaves.

    What the rules of the programme version say of the newcomer is added to the verdicts. What is said of the
    application as a whole stays: one leaves and one joins. Raises `Refused`: the application is not accepted, the one
    does not take part or the other does, or `newcomer-refused` with the verdicts that turn the newcomer away.
    """
    if application.status not in (ApplicationStatus.ACCEPTED, ApplicationStatus.AGREED):
        raise Refused("application-not-accepted", status=application.status)
    case, wish = application.case, application.case.wish
    if left not in wish.daycares:
        raise Refused("daycare-not-in-application")
    if newcomer.id in wish.daycares:
        raise Refused("daycare-in-application")
    staying = tuple(id for id in wish.daycares if id != left)
    selection = tuple(each for each in wish.selection if each.daycare_id != left)
    registered = {id: case.registered[id] for id in staying} | {newcomer.id: newcomer}
    wish = replace(wish, daycares=(*staying, newcomer.id), selection=selection)
    changed = replace(case, wish=wish, registered=registered)
    verdicts = judge_newcomer(changed, programme, round_, now, newcomer.id, taken)
    if failed := tuple(verdict for verdict in verdicts if not verdict.passed):
        raise Refused("newcomer-refused", verdicts=failed)
    return Decision(replace(application, case=changed, verdicts=(*application.verdicts, *verdicts)))


def follow(application: Application, municipality: str) -> Application:
    """The application under the municipality that its own has become part of; where it has not, as it is."""
    if municipality == application.case.municipality:
        return application
    case = replace(application.case, municipality=municipality)
    return replace(application, case=case, applied_as=application.applied_as or application.case.municipality)


def conclude(application: Application) -> Decision[Application]:
    """Note that the agreement on an accepted application is signed. Raises `Refused("application-not-accepted")`."""
    if application.status is not ApplicationStatus.ACCEPTED:
        raise Refused("application-not-accepted", status=application.status)
    return Decision(replace(application, status=ApplicationStatus.AGREED))


def submitted_event(application: Application, on: date) -> ApplicationSubmitted:
    """What everybody is told of an application that waits for a decision from this day on."""
    return ApplicationSubmitted(
        application_id=application.case.id,
        programme=application.programme,
        programme_version=application.programme_version,
        round_id=application.round_id,
        municipality=application.case.municipality,
        daycares=application.case.wish.daycares,
        on=on,
    )


def _check_round(programme: Programme, round_: Round | None) -> None:
    if programme.intake is IntakeMode.REGISTRATION:
        raise Refused("programme-without-applications", programme=programme.slug)
    if programme.intake is IntakeMode.ROUNDS and round_ is None:
        raise Refused("round-missing", programme=programme.slug)
    if round_ is not None and round_.programme != programme.slug:
        raise Refused("round-of-another-programme", programme=programme.slug)


def _must_stand(application: Application, *statuses: ApplicationStatus) -> None:
    if application.status not in statuses:
        raise Refused("application-not-open", status=application.status)


def _settled(
    application: Application, status: ApplicationStatus, by: str, now: datetime, reason: str | None
) -> Application:
    return replace(application, status=status, decided_at=now, decided_by=by, reason=reason)


def _facts(application: Application, now: datetime) -> dict[str, Any]:
    return {
        "application_id": application.case.id,
        "programme": application.programme,
        "programme_version": application.programme_version,
        "municipality": application.case.municipality,
        "on": office_date(now),
    }


def _check_late_entry(case: Case, round_: Round | None, late_entry: LateEntry | None) -> None:
    if late_entry is None:
        return
    if round_ is None or late_entry.round_id != round_.id or late_entry.municipality != case.municipality:
        raise Refused("late-code-of-another")


def _was_late(verdicts: tuple[Verdict, ...]) -> bool:
    return any(verdict.rule == LATE_ENTRY for verdict in verdicts)


def _refused(application: Application) -> ApplicationRefused:
    return ApplicationRefused(
        application_id=application.case.id,
        programme=application.programme,
        programme_version=application.programme_version,
        municipality=application.case.municipality,
        rules=tuple(sorted({verdict.rule for verdict in application.failed})),
        on=office_date(application.submitted_at),
    )
