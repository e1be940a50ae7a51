"""Substituting a daycare, the same from a page and through the API: load, decide, save, publish."""

from uuid import UUID

from uuid_utils.compat import uuid7

from intake.agreements.commands import follow_daycares
from intake.applications.commands import replace_daycare
from intake.organisations.model import Daycare
from intake.organisations.queries import daycares_by_id
from intake.programmes.queries import programme_version
from intake.substitutions import decisions, queries, store
from intake.substitutions.model import Substitution
from shared.errors import Refused
from shared.identity import Identity
from shared.work import UnitOfWork


async def substitute_daycare(
    work: UnitOfWork, application_id: UUID, version: int, who: Identity, left: UUID, joined: UUID, reason: str
) -> Substitution:
    """Let `joined` take the place of `left` in the application as it stood at `version`.

    An agreement that waits for signatures loses those it has. Raises `unknown-application`, `stale-version`,
    `unknown-daycare`, `daycare-ended`, `newcomer-refused` with what the rules say, or a refusal.
    """
    leaver, newcomer = await _daycares(work, left, joined)
    application = await replace_daycare(work, application_id, version, left, newcomer)
    made = Substitution(
        id=uuid7(),
        application_id=application_id,
        left_id=left,
        joined_id=joined,
        was_over=leaver.end is not None,
        reason=reason,
        made_by=who.subject,
        made_at=work.now,
    )
    programme = await programme_version(work, application.programme, application.programme_version)
    earlier = await queries.substitutions(work, application_id)
    agreement_id = await follow_daycares(work, application_id)
    decision = decisions.substitute(made, application, programme, earlier, agreement_id)
    store.add_substitution(work, work.record(decision))
    return made


async def _daycares(work: UnitOfWork, left: UUID, joined: UUID) -> tuple[Daycare, Daycare]:
    found = await daycares_by_id(work, [left, joined])
    if unknown := [str(id) for id in (left, joined) if id not in found]:
        raise Refused("unknown-daycare", daycares=unknown)
    if found[joined].end is not None:
        raise Refused("daycare-ended", daycares=[str(joined)])
    return found[left], found[joined]
