"""Which things stand on whose first page, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from intake.agreements.model import Agreement, Party
from intake.applications.queries import Outline
from intake.clarifications.model import Clarification
from intake.drafts.model import Draft
from intake.enquiries.model import Enquiry
from intake.gatherings.model import Cohort, CohortStatus
from intake.rounds.model import Round
from intake.today.model import QUIET, SOON, Corner, Item
from shared.contracts.vocabulary import Names
from shared.errors import Text
from shared.office import office_date


@dataclass(frozen=True, slots=True)
class Pile:
    """So many things of one kind, the oldest of which has waited since a moment."""

    count: int = 0
    oldest: datetime | None = None


def drafts_of_mine(
    drafts: Sequence[Draft], rounds: Mapping[UUID, Round], names: Mapping[str, Names], now: datetime
) -> Iterator[Item]:
    """What one has begun: due by the deadline of its round, stuck once that has passed."""
    for draft in drafts:
        name, link = names[draft.programme], f"/drafts/{draft.id}"
        round_ = rounds.get(draft.round_id) if draft.round_id else None
        if round_ is None:
            yield Item(Corner.MINE, Text("Finish the application"), link, name=name)
        elif now < round_.closes_at:
            yield Item(Corner.DEADLINE, Text("Finish the application"), link, round_.deadline, name)
        else:
            yield Item(Corner.STUCK, Text("Not sent before the deadline had passed"), link, round_.deadline, name)


def questions(enquiries: Sequence[Enquiry], now: datetime, *, mine: bool) -> Iterator[Item]:
    """Questions without an answer: `mine` are those that I asked, else those that the office owes an answer."""
    for each in (each for each in enquiries if each.answer is None):
        day, link = office_date(each.asked_at), f"/enquiries/{each.id}"
        if mine:
            yield Item(Corner.OTHERS, Text("Your question waits for an answer"), link, day)
        elif now - each.asked_at > QUIET:
            what = Text("A question has waited long for its answer")
            yield Item(Corner.STUCK, what, link, day, municipality=each.municipality)
        else:
            yield Item(Corner.MINE, Text("Answer a question"), link, day, municipality=each.municipality)


def clarifications(
    asked: Sequence[Clarification],
    applications: Mapping[UUID, Outline],
    names: Mapping[str, Names],
    now: datetime,
    *,
    mine: bool,
) -> Iterator[Item]:
    """What is asked about applications: `mine` are my own applications, else those that the office is to decide on."""
    for each in (each for each in asked if each.application_id in applications):
        said = _said(each, now, mine=mine)
        if said is not None:
            (corner, what), application = said, applications[each.application_id]
            link, place = f"/applications/{application.id}/clarifications", None if mine else application.municipality
            day = office_date(each.answer.given_at if each.answer else each.asked_at)
            yield Item(corner, what, link, day, names[application.programme], municipality=place)


def _said(asked: Clarification, now: datetime, *, mine: bool) -> tuple[Corner, Text] | None:
    if mine and asked.answer is not None:
        return None
    if mine:
        return Corner.MINE, Text("Answer a question about your application")
    if asked.answer is not None:
        return Corner.MINE, Text("A question about an application has been answered")
    if now - asked.asked_at > QUIET:
        return Corner.STUCK, Text("An applicant has not answered for long")
    return Corner.OTHERS, Text("An applicant is to answer a question")


def signatures(
    agreements: Sequence[Agreement], mine: Party, names: Mapping[str, Names], now: datetime, *, may_date: bool
) -> Iterator[Item]:
    """Agreements that lack a signature, seen by one of the parties, or by one of its people who `may_date` them."""
    for each in (each for each in agreements if not each.is_signed):
        if each.has_missed_its_start(office_date(now)):
            corner = Corner.MINE if may_date else Corner.OTHERS
            what = Text("The agreement waits for a new first day, since the first has passed")
        elif mine in each.missing:
            corner, what = Corner.MINE, Text("Sign the agreement")
        elif now - each.drafted_at > QUIET:
            corner, what = Corner.STUCK, Text("An agreement has waited long for the other party")
        else:
            corner, what = Corner.OTHERS, Text("An agreement waits for the other party")
        link, day = f"/agreements/{each.id}", office_date(each.drafted_at)
        place = each.municipality if mine is Party.OFFICE else None
        yield Item(corner, what, link, day, names[each.programme], municipality=place)


def agreements_to_write(accepted: Sequence[Outline], names: Mapping[str, Names], *, mine: bool) -> Iterator[Item]:
    """Accepted applications without an agreement: `mine` are my own, else those that the office owes one."""
    for each in accepted:
        what = Text("The agreement has not been written yet") if mine else Text("Write the agreement")
        corner, place = (Corner.OTHERS, None) if mine else (Corner.MINE, each.municipality)
        yield Item(corner, what, f"/applications/{each.id}/agreement", name=names[each.programme], municipality=place)


def decisions_to_release(
    prepared: Mapping[UUID, Pile], rounds: Sequence[Round], names: Mapping[str, Names]
) -> Iterator[Item]:
    """Decisions that are prepared, of which no applicant knows yet, by round."""
    for each in (each for each in rounds if each.id in prepared):
        pile, what = prepared[each.id], Text("Prepared decisions that are not released")
        yield Item(Corner.MINE, what, f"/releases/{each.id}", _day(pile), names[each.programme], count=pile.count)


def rounds_that_close(rounds: Sequence[Round], names: Mapping[str, Names], now: datetime) -> Iterator[Item]:
    """Open rounds whose deadline is near, the nearest first."""
    near = (each for each in rounds if each.opens_at <= now < each.closes_at <= now + SOON)
    for each in sorted(near, key=lambda each: each.closes_at):
        yield Item(Corner.DEADLINE, Text("A round closes"), f"/rounds/{each.id}", each.deadline, names[each.programme])


def applications_to_decide(waiting: Pile, slow: Pile) -> Iterator[Item]:
    """Applications that wait for a decision; the `slow` among them have waited long."""
    link, others = "/applications?status=submitted", waiting.count - slow.count
    if others:
        yield Item(Corner.MINE, Text("Applications that wait for a decision"), link, count=others)
    if slow.count:
        what = Text("Applications that have waited long for a decision")
        yield Item(Corner.STUCK, what, link, _day(slow), count=slow.count)


def applications_of_mine(waiting: Pile, waitlisted: Pile) -> Iterator[Item]:
    """What one has applied for and the office has not decided on, or has no room for yet."""
    if waiting.count:
        what = Text("Your applications that wait for a decision")
        yield Item(Corner.OTHERS, what, "/applications?status=submitted", _day(waiting), count=waiting.count)
    if waitlisted.count:
        what = Text("Your applications on the waiting list")
        yield Item(Corner.OTHERS, what, "/applications?status=waitlisted", _day(waitlisted), count=waitlisted.count)


def waiting_list(waitlisted: Pile) -> Iterator[Item]:
    """What waits for room in the corps."""
    if waitlisted.count:
        what = Text("Applications on the waiting list")
        yield Item(Corner.OTHERS, what, "/applications?status=waitlisted", _day(waitlisted), count=waitlisted.count)


def letters(waiting: Pile) -> Iterator[Item]:
    """Letters about decisions that nobody has approved yet."""
    if waiting.count:
        what = Text("Letters that wait for approval")
        yield Item(Corner.MINE, what, "/letters", _day(waiting), count=waiting.count)


def reviews(begun: int, to_take: int) -> Iterator[Item]:
    """What a reviewer has taken on and not handed in, and what lacks reviewers."""
    if begun:
        yield Item(Corner.MINE, Text("Assessments that you have not handed in"), "/assessments", count=begun)
    if to_take:
        yield Item(Corner.MINE, Text("Applications that lack a reviewer"), "/assessments", count=to_take)


def gatherings(cohorts: Sequence[Cohort], now: datetime) -> Iterator[Item]:
    """Gatherings that are near, and those that are over without a record of who came."""
    for each in (each for each in cohorts if each.status is CohortStatus.ANNOUNCED):
        link, title = f"/gatherings/{each.id}", each.title
        if each.is_over_at <= now:
            yield Item(Corner.STUCK, Text("Over, without a record of who came"), link, each.ends_on, title)
        elif now < each.closes_at <= now + SOON:
            yield Item(Corner.DEADLINE, Text("Registration ends"), link, each.deadline, title)
        elif each.starts_at <= now + SOON:
            yield Item(Corner.DEADLINE, Text("A gathering begins"), link, each.starts_on, title)


def _day(pile: Pile) -> date | None:
    return office_date(pile.oldest) if pile.oldest else None
