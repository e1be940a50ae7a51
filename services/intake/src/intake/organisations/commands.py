"""What is done to daycares, the same from a page and through the API: load, decide, save."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from intake.municipalities.locks import held_mergers, refuse_merged, refuse_outside
from intake.organisations import decisions, store
from intake.organisations.files import TableRow
from intake.organisations.importing import CheckedRow, Effect, check_rows, municipalities_in, numbers_in
from intake.organisations.inputs import DaycareIn
from intake.organisations.model import Daycare, End
from intake.organisations.queries import daycares_by_id, open_in
from shared.errors import Refused, require_seen
from shared.identity import Identity
from shared.work import UnitOfWork


async def register_daycare(work: UnitOfWork, who: Identity, said: DaycareIn) -> Daycare:
    """Make a daycare known. Raises what `refuse_outside` raises, or `daycare-known` where the P-number is taken."""
    await refuse_outside(work, who, said.municipality)
    daycare = Daycare(id=uuid7(), address=said.place(), **said.model_dump(exclude={"address"}))
    try:
        await store.add_daycares(work, daycare)
    except IntegrityError as error:
        raise Refused("daycare-known", p_number=said.p_number) from error
    return daycare


async def end_daycare(work: UnitOfWork, id: UUID, version: int, end: End) -> Daycare:
    """Note that the daycare of this version is no more.

    Raises `unknown-daycare`, also for a successor, `stale-version`, or what the decision refuses.
    """
    daycare = require_seen(await store.lock_daycare(work, id), "daycare", version)
    found = await daycares_by_id(work, end.successors)
    if unknown := [str(successor) for successor in end.successors if successor not in found]:
        raise Refused("unknown-daycare", daycares=unknown)
    decision = decisions.end_daycare(daycare, end, tuple(found.values()), work.now)
    return await store.save_end(work, work.record(decision), end)


async def import_daycares(
    work: UnitOfWork, who: Identity, rows: Sequence[TableRow], *, preview: bool
) -> tuple[CheckedRow, ...]:
    """Judge the rows and, unless it is for a preview or one of them is wrong, store all of them.

    Raises `Refused("municipality-merged")` for somebody whose own municipality is part of another.
    """
    if who.municipality is not None:
        await refuse_merged(work, who.municipality)
    merged = await held_mergers(work, municipalities_in(rows))
    # two imports at once would both take a number for new
    await work.session.execute(text("select pg_advisory_xact_lock(hashtextextended('praksis.daycares', 0))"))
    known = await store.lock_daycares_by_number(work, numbers_in(rows))
    checked = check_rows(rows, known, who.municipality, merged)
    if preview or any(row.errors for row in checked):
        return checked
    new = [replace(row.daycare, id=uuid7()) for row in checked if row.daycare and row.effect is Effect.NEW]
    await store.add_daycares(work, *new)
    for row in checked:
        if row.daycare and row.effect is Effect.CHANGED:
            await store.save_daycare(work, row.daycare)
    return checked


async def move_daycares(work: UnitOfWork, municipality: str, into: str) -> int:
    """Let the daycares that have not ended lie in the municipality that theirs has become part of; how many."""
    return await store.move_daycares(work, open_in(municipality), into)
