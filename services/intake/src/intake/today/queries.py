"""What stands on somebody's first page, in as many queries however much there is."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from intake.agreements.model import Party
from intake.agreements.queries import standing_agreements, to_write
from intake.applications.model import ApplicationStatus
from intake.applications.queries import outlines, own_only, pile
from intake.assessments.queries import lines_of, open_lines, reviewer_of, waiting_for
from intake.clarifications.queries import clarifications_under_way
from intake.drafts.queries import drafts
from intake.enquiries.queries import enquiries
from intake.gatherings.queries import cohorts
from intake.letters.queries import to_approve
from intake.programmes.queries import programme_names
from intake.releases.queries import to_release
from intake.rounds.queries import rounds
from intake.today import sorting
from intake.today.model import SLOW, Corner, Item
from intake.today.sorting import Pile
from shared.contracts.vocabulary import Names
from shared.identity import Identity, Role
from shared.work import UnitOfWork

DECIDING = frozenset({Role.CASEWORKER})
"""Who decides on applications, releases decisions, approves letters, writes agreements and dates them."""
ANSWERING = frozenset({Role.COORDINATOR})
SIGNING = DECIDING | ANSWERING
LEADING = frozenset({Role.ADMINISTRATOR})
"""Who sees what the office is waited for and what is stuck in it, and does none of it."""
OFFICE = SIGNING | LEADING
ARRANGING = frozenset({Role.SECRETARY, Role.ADMINISTRATOR})
READERS = OFFICE | ARRANGING | {Role.APPLICANT, Role.REVIEWER}
"""Who has a first page of their own."""


async def items(work: UnitOfWork, who: Identity) -> list[Item]:
    """Everything that somebody has to know by their roles: what is due first, then by how long it has waited."""
    found = [*await _of_applicant(work, who), *await _of_office(work, who), *await _of_others(work, who)]
    return sorted(found, key=lambda item: (item.day is None, item.day or date.min))


async def _of_applicant(work: UnitOfWork, who: Identity) -> Iterator[Item]:
    if Role.APPLICANT not in who.roles:
        return iter(())
    names, every = await programme_names(work), await rounds(work)
    waiting, waitlisted = [
        Pile(*await pile(work, status, who.subject))
        for status in (ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED)
    ]
    accepted = [each for each in await to_write(work) if each.is_of(who.subject)]
    return iter(
        [
            *sorting.drafts_of_mine(
                await drafts(work, who.subject), {each.id: each for each in every}, names, work.now
            ),
            *sorting.signatures(await standing_agreements(work, who), Party.APPLICANT, names, work.now, may_date=False),
            *sorting.agreements_to_write(accepted, names, mine=True),
            *sorting.applications_of_mine(waiting, waitlisted),
            *sorting.questions(await enquiries(work, who.subject), work.now, mine=True),
            *await _clarifications(work, who.subject, names),
        ]
    )


async def _of_office(work: UnitOfWork, who: Identity) -> Iterator[Item]:
    if not OFFICE & who.roles:
        return iter(())
    names, every = await programme_names(work), await rounds(work)
    agreements = sorting.signatures(
        await standing_agreements(work, who), Party.OFFICE, names, work.now, may_date=bool(DECIDING & who.roles)
    )
    found = [
        *sorting.rounds_that_close(every, names, work.now),
        *_as_seen_by(who, SIGNING, agreements),
        *sorting.waiting_list(Pile(*await pile(work, ApplicationStatus.WAITLISTED, own_only(who)))),
    ]
    if (DECIDING | LEADING) & who.roles:
        waiting = Pile(*await pile(work, ApplicationStatus.SUBMITTED, None))
        slow = Pile(*await pile(work, ApplicationStatus.SUBMITTED, None, before=work.now - SLOW))
        found.extend(_as_seen_by(who, DECIDING, sorting.applications_to_decide(waiting, slow)))
        found.extend(_as_seen_by(who, DECIDING, await _clarifications(work, None, names)))
        prepared = {round_id: Pile(*of_round) for round_id, of_round in (await to_release(work)).items()}
        found.extend(_as_seen_by(who, DECIDING, sorting.decisions_to_release(prepared, every, names)))
        found.extend(_as_seen_by(who, DECIDING, sorting.agreements_to_write(await to_write(work), names, mine=False)))
        found.extend(_as_seen_by(who, DECIDING, sorting.letters(Pile(*await to_approve(work)))))
    if (ANSWERING | LEADING) & who.roles:
        questions = sorting.questions(await enquiries(work, None), work.now, mine=False)
        found.extend(_as_seen_by(who, ANSWERING, questions))
    return iter(found)


def _as_seen_by(who: Identity, doers: frozenset[Role], found: Iterable[Item]) -> Iterator[Item]:
    """What waits for the doers waits for nobody else, who see the rest of it all the same."""
    return (each for each in found if each.corner is not Corner.MINE or doers & who.roles)


async def _clarifications(work: UnitOfWork, applicant: str | None, names: Mapping[str, Names]) -> Iterator[Item]:
    asked = await clarifications_under_way(work, applicant)
    applications = {each.id: each for each in await outlines(work, [each.application_id for each in asked])}
    return sorting.clarifications(asked, applications, names, work.now, mine=applicant is not None)


async def _of_others(work: UnitOfWork, who: Identity) -> Iterator[Item]:
    found: list[Item] = []
    if Role.REVIEWER in who.roles:
        reviewer = await reviewer_of(work, who)
        own = [line.panel.of(who.subject) for line in await lines_of(work, reviewer)]
        begun = sum(each is not None and not each.is_in and each.conflict is None for each in own)
        found.extend(sorting.reviews(begun, len(waiting_for(reviewer, await open_lines(work)))))
    if ARRANGING & who.roles:
        found.extend(sorting.gatherings(await cohorts(work), work.now))
    return iter(found)
