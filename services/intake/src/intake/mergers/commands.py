"""What is done when municipalities merge, the same from a page and through the API.

One transaction: the merger is on record with all that has moved, or nothing is.
"""

from intake.agreements.commands import move_agreements
from intake.applications.commands import move_applications
from intake.applications.queries import unused_late_entries
from intake.drafts.commands import move_drafts
from intake.enquiries.commands import move_enquiries
from intake.mergers.inputs import MergerIn
from intake.mergers.model import Stock
from intake.mergers.queries import stock
from intake.municipalities.commands import note_merger
from intake.municipalities.model import Merger
from intake.municipalities.queries import check_merger
from intake.organisations.commands import move_daycares
from intake.rounds.commands import move_late_entries
from shared.errors import Refused
from shared.identity import Identity
from shared.municipalities import municipalities
from shared.work import UnitOfWork


async def merge(work: UnitOfWork, who: Identity, said: MergerIn) -> Stock:
    """Note a merger, and move what is still open; how much of what one may know of that was.

    Raises `unknown-municipality` or what the decision refuses.
    """
    merger = _merger(work, who, said)
    await note_merger(work, merger)
    place = merger.municipality, merger.into
    moving = await stock(work, merger.municipality)
    await move_daycares(work, *place)
    await move_drafts(work, *place)
    await move_applications(work, *place)  # held before their agreements, as everywhere
    await move_agreements(work, *place)
    await move_late_entries(work, unused_late_entries(merger.municipality), merger.into)
    await move_enquiries(work, *place)
    return moving


async def preview(work: UnitOfWork, who: Identity, said: MergerIn) -> Stock:
    """What would move; nothing does. Raises like `merge`."""
    merger = _merger(work, who, said)
    await check_merger(work, merger)
    return await stock(work, merger.municipality)


def _merger(work: UnitOfWork, who: Identity, said: MergerIn) -> Merger:
    for code in (said.municipality, said.into):
        if code not in municipalities():
            raise Refused("unknown-municipality")
    return Merger(said.municipality, said.into, said.on, who.subject, work.now)
