"""Drafting, changing and signing an agreement."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from intake.agreements.model import Agreement, Party, Signature, Terms
from intake.applications.model import Application, ApplicationStatus, skills_needed
from intake.programmes.model import Programme
from intake.rounds.model import morning
from shared.contracts.intake.agreements import AgreementSigned, SignatureAwaited
from shared.days import add_months
from shared.decision import Decision, Timer
from shared.errors import Refused
from shared.horizon import must_be_near
from shared.hours import whole_hours_of
from shared.office import OFFICE, office_date

REMINDED_AFTER = timedelta(days=14)
"""Calendar days after which an applicant who has not signed is reminded, once for each wording of the agreement."""


def draft(id: UUID, application: Application, caseworker: str, now: datetime) -> Decision[Agreement]:
    """Propose an agreement on what was applied for. Raises `Refused("application-not-accepted")`."""
    _must_be_accepted(application)
    case = application.case
    drafted = Agreement(
        id=id,
        application_id=case.id,
        municipality=case.municipality,
        programme=application.programme,
        terms=Terms(proposed_start(office_date(now)), case.wish.hours),
        drafted_at=now,
        drafted_by=caseworker,
    )
    return _waiting(drafted, now)


def change(
    agreement: Agreement, application: Application, programme: Programme, terms: Terms, now: datetime
) -> Decision[Agreement]:
    """Put other terms in the place of the old; whoever has signed, signed the old ones, and must sign again.

    The same terms change nothing. Raises `Refused`: the agreement is signed, the application is not accepted any more,
    the terms do not fit the acceptance or the programme, or the start lies too far ahead.
    """
    _must_be_open(agreement, application)
    _check(terms, application, programme)
    must_be_near("starts_on", terms.starts_on, now)
    if terms == agreement.terms:
        return Decision(agreement)
    return _waiting(replace(agreement, terms=terms, signatures=()), now)


def reopen(agreement: Agreement, now: datetime) -> Decision[Agreement]:
    """Take every signature back, because what was signed has changed. Raises `Refused("agreement-signed")`."""
    if agreement.is_signed:
        raise Refused("agreement-signed")
    return _waiting(replace(agreement, signatures=()), now)


def sign(
    agreement: Agreement, application: Application, programme: Programme, signature: Signature
) -> Decision[Agreement]:
    """Sign for a party; when both have, the course may open.

    Raises `Refused` like `change`, and where the party has signed already or the course would have started before.
    """
    _must_be_open(agreement, application)
    if signature.party not in agreement.missing:
        raise Refused("party-signed-already")
    _check(agreement.terms, application, programme)
    must_be_near("starts_on", agreement.terms.starts_on, signature.at)
    today = office_date(signature.at)
    if agreement.has_missed_its_start(today):
        raise Refused("start-passed", starts_on=agreement.terms.starts_on)
    signed = replace(agreement, signatures=(*agreement.signatures, signature))
    if Party.APPLICANT not in signed.missing:
        signed = replace(signed, remind_at=None)
    return Decision(signed, (_signed(signed, application, programme, today),) if signed.is_signed else ())


def remind(agreement: Agreement, application: Application, now: datetime) -> Agreement | None:
    """The agreement once the applicant is reminded to sign it; nothing where that cannot be, or has been done."""
    if agreement.remind_at is None or now < agreement.remind_at or application.status is not ApplicationStatus.ACCEPTED:
        return None
    if agreement.has_missed_its_start(office_date(now)):
        return None
    return replace(agreement, remind_at=None)


def reminder_key(agreement_id: UUID) -> str:
    """Under which key the time of the reminder is kept."""
    return f"agreement/{agreement_id}/reminder"


def _waiting(agreement: Agreement, now: datetime) -> Decision[Agreement]:
    """The agreement as it waits from now on, and when the applicant is reminded of it."""
    remind_at = morning(office_date(now) + REMINDED_AFTER, OFFICE.key)
    awaited = SignatureAwaited(agreement_id=agreement.id, application_id=agreement.application_id)
    return Decision(
        replace(agreement, remind_at=remind_at), (), (Timer(reminder_key(agreement.id), remind_at, awaited),)
    )


def proposed_start(today: date) -> date:
    """The first of the month after next: time to sign, and to find a pair."""
    return add_months(today.replace(day=1), 2)


def last_day(start: date, months: int) -> date:
    """The day on which a course of so many months ends, or the last of that month if it is shorter."""
    return add_months(start, months)


def _must_be_accepted(application: Application) -> None:
    if application.status is not ApplicationStatus.ACCEPTED:
        raise Refused("application-not-accepted", status=application.status)


def _must_be_open(agreement: Agreement, application: Application) -> None:
    if agreement.is_signed:
        raise Refused("agreement-signed")
    _must_be_accepted(application)


def _check(terms: Terms, application: Application, programme: Programme) -> None:
    assert application.decided_at is not None
    accepted_on = office_date(application.decided_at)
    if terms.starts_on < accepted_on:
        raise Refused("start-before-acceptance", accepted_on=accepted_on)
    until = programme.offer.runs_until
    if until is not None and last_day(terms.starts_on, programme.duration_months or 0) > until:
        raise Refused("start-outside-window", runs_until=until)
    cap = programme.hour_cap
    if cap is not None and not 1 <= (terms.hours or 0) <= cap:
        raise Refused("hours-outside-cap", at_most=cap)


def _signed(agreement: Agreement, application: Application, programme: Programme, today: date) -> AgreementSigned:
    return AgreementSigned(
        agreement_id=agreement.id,
        application_id=agreement.application_id,
        programme=application.programme,
        programme_version=application.programme_version,
        municipality=agreement.municipality,
        daycares=tuple(daycare.id for daycare in application.case.daycares),
        skills=skills_needed(application.case, programme),
        hours=whole_hours_of(agreement.terms.hours),
        starts_on=agreement.terms.starts_on,
        on=today,
    )
