"""Judging a case by the rules of its programme: every rule gives its verdict, also when another has failed already."""

from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from intake.applications.model import Case, Verdict
from intake.organisations.model import Daycare
from intake.programmes.model import Programme
from intake.programmes.rules import Applicant, DaycareCount, HourCap, OwnershipAllowed, Rule, YoungChildren
from intake.rounds.model import Round
from shared.exact_numbers import plain_number

LATE_ENTRY = "late_entry"
"""The verdict on an application that came after the deadline and was let in all the same."""


def judge(
    case: Case,
    programme: Programme,
    round_: Round | None,
    now: datetime,
    *,
    may_be_late: bool = False,
    taken: Collection[UUID] = (),
) -> tuple[Verdict, ...]:
    """All verdicts, in the order of the programme's rules and, within a rule, of the daycares.

    Whoever `may_be_late` has a late entry to the round. `taken` are the daycares that other applications of the round
    name.
    """
    verdicts = [*_same_municipality(case)]
    if round_ is not None:
        verdicts.extend(_within_round(round_, now, may_be_late))
        verdicts.extend(_in_one_application(case, taken))
    for rule in programme.rules:
        verdicts.extend(_verdicts(rule, case))
    return tuple(verdicts)


def judge_newcomer(
    case: Case, programme: Programme, round_: Round | None, now: datetime, newcomer: UUID, taken: Collection[UUID] = ()
) -> tuple[Verdict, ...]:
    """What the rules say of one daycare of a case by itself, such as one that joins after the award."""
    return tuple(each for each in judge(case, programme, round_, now, taken=taken) if each.daycare_id == newcomer)


def _verdicts(rule: Rule, case: Case) -> Iterator[Verdict]:
    match rule:
        case Applicant():
            kind = case.wish.applicant_kind
            yield Verdict(rule.rule, kind in rule.allowed, facts={} if kind is None else {"applicant": kind})
        case DaycareCount():
            count = len(case.daycares)
            facts = {"count": count, "at_least": rule.at_least, "at_most": rule.at_most}
            yield Verdict(rule.rule, rule.at_least <= count <= rule.at_most, facts=facts)
        case HourCap():
            yield _hours(rule, case.wish.hours)
        case OwnershipAllowed():
            for daycare in case.daycares:
                yield _of(daycare, rule.rule, daycare.ownership in rule.allowed, ownership=daycare.ownership)
        case YoungChildren():
            for daycare in case.daycares:
                facts = {"below": rule.below, "age_from": daycare.age_from, "age_to": daycare.age_to}
                yield _of(daycare, rule.rule, daycare.age_from < rule.below, **facts)


def _hours(rule: HourCap, hours: int | Decimal | None) -> Verdict:
    if hours is None:
        return Verdict("hours_stated", False, facts={"at_most": rule.at_most})
    return Verdict(rule.rule, hours <= rule.at_most, facts={"hours": plain_number(hours), "at_most": rule.at_most})


def _same_municipality(case: Case) -> Iterator[Verdict]:
    for daycare in case.daycares:
        yield _of(daycare, "municipality", daycare.municipality == case.municipality, municipality=daycare.municipality)


def _within_round(round_: Round, now: datetime, may_be_late: bool) -> Iterator[Verdict]:
    yield Verdict("round_open", round_.opens_at <= now, facts={"opens_on": round_.opens_on.isoformat()})
    in_time = now < round_.closes_at
    rule = LATE_ENTRY if may_be_late and not in_time else "deadline"
    yield Verdict(rule, in_time or may_be_late, facts={"deadline": round_.deadline.isoformat()})


def _in_one_application(case: Case, taken: Collection[UUID]) -> Iterator[Verdict]:
    for daycare in case.daycares:
        yield _of(daycare, "one_application", daycare.id not in taken)


def _of(daycare: Daycare, rule: str, passed: bool, **facts: str | int) -> Verdict:
    return Verdict(rule, passed, daycare.id, {"daycare": daycare.name, **facts})
