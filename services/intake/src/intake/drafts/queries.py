"""Read-only views of the drafts, for pages and API."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import col, or_, select

from intake.applications.model import Verdict
from intake.applications.queries import spoken_for
from intake.drafts.decisions import standing
from intake.drafts.model import Draft
from intake.drafts.store import drafts_of, link_hash
from intake.drafts.tables import DraftRow, DraftWriterRow
from intake.organisations.model import Daycare
from intake.organisations.queries import daycares
from intake.programmes.model import Programme
from intake.programmes.queries import programme_in_force, programme_versions, programmes
from intake.rounds.model import Round
from intake.rounds.queries import round_by_id, rounds
from shared.alphabet import danish
from shared.contracts.vocabulary import IntakeMode
from shared.office import office_date
from shared.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Opening:
    """A programme that can be applied for today; where it has rounds, in one of them."""

    programme: Programme
    round: Round | None
    is_open: bool
    """A round that is not is for those who have a code for it."""


async def drafts(work: UnitOfWork, subject: str) -> list[Draft]:
    """The unsent drafts that somebody may write in, the one changed last first."""
    joined = select(DraftWriterRow.draft_id).where(DraftWriterRow.subject == subject)
    statement = (
        select(DraftRow)
        .where(col(DraftRow.sent_at).is_(None), or_(DraftRow.owner == subject, col(DraftRow.id).in_(joined)))
        .order_by(col(DraftRow.changed_at).desc(), col(DraftRow.id))
    )
    return await drafts_of(work, list(await work.session.scalars(statement)))


async def taking_part(work: UnitOfWork, drafts: Collection[Draft]) -> Mapping[UUID, list[str]]:
    """The names of the daycares that have been chosen in each of these drafts."""
    names = {each.id: each.name for each in await daycares(work, {each.municipality for each in drafts})}
    return {each.id: sorted((names[id] for id in each.content.daycares if id in names), key=danish) for each in drafts}


async def draft_by_id(work: UnitOfWork, id: UUID, subject: str) -> Draft | None:
    """The draft, if there is one of this id and somebody may write in it; also when it has been sent."""
    row = await work.session.get(DraftRow, id)
    found = None if row is None else (await drafts_of(work, [row]))[0]
    return found if found and found.may_write(subject) else None


async def draft_by_link(work: UnitOfWork, token: str) -> Draft | None:
    """The draft that a link leads to, for whoever has it."""
    row = await work.session.scalar(select(DraftRow).where(DraftRow.link_hash == link_hash(token)))
    return None if row is None else (await drafts_of(work, [row]))[0]


async def programme_of(work: UnitOfWork, draft: Draft) -> tuple[Programme, bool]:
    """The version of its programme by which a draft would be judged if it were sent today, and that it is in force.

    Where no version is in force any more, the newest: the draft can still be read, but not be sent.
    """
    in_force = await programme_in_force(work, draft.programme, office_date(work.now))
    if in_force is not None:
        return in_force, True
    return (await programme_versions(work, draft.programme))[-1], False


async def verdicts_on(
    work: UnitOfWork,
    draft: Draft,
    programme: Programme,
    daycares: Mapping[UUID, Daycare],
    *,
    may_be_late: bool = False,
    wrong: Collection[str] = (),
) -> tuple[Verdict, ...]:
    """What the rules of a version would say of a draft now, but nothing of its `wrong` fields."""
    round_ = await round_by_id(work, draft.round_id) if draft.round_id else None
    taken = await spoken_for(work, draft.round_id, draft.content.daycares)
    return standing(draft, daycares, programme, round_, work.now, may_be_late=may_be_late, taken=taken, wrong=wrong)


def open_in(municipality: str) -> Select[UUID]:
    """The ids of the drafts for a municipality that have not been sent, for the queries of others."""
    return select(DraftRow.id).where(DraftRow.municipality == municipality, col(DraftRow.sent_at).is_(None))


async def openings(work: UnitOfWork) -> list[Opening]:
    """What can be applied for today: what is open first, then the rounds that only a code still opens."""
    today = office_date(work.now)
    in_force = {each.slug: each for each in await programmes(work) if each.in_force(today)}
    found = [Opening(each, None, True) for each in in_force.values() if each.intake is IntakeMode.ROLLING]
    for round_ in await rounds(work):
        programme = in_force.get(round_.programme)
        if programme is not None and round_.opens_at <= work.now:
            found.append(Opening(programme, round_, work.now < round_.closes_at))
    return sorted(found, key=lambda each: (not each.is_open, each.round is None, danish(each.programme.names.da)))
