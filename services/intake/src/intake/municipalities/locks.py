"""What others hold of the municipalities: none that they begin something in becomes another meanwhile."""

from collections.abc import Collection

from intake.municipalities import decisions, model
from intake.municipalities.model import Merger
from intake.municipalities.store import hold_municipalities, load_mergers
from shared.errors import Refused
from shared.identity import Identity
from shared.municipalities import municipalities
from shared.work import UnitOfWork


async def held_mergers(work: UnitOfWork, codes: Collection[str]) -> dict[str, Merger]:
    """Every merger by the municipality that is no more; until this work ends none of these becomes another."""
    await hold_municipalities(work, codes)
    return await load_mergers(work)


async def refuse_merged(work: UnitOfWork, *codes: str) -> None:
    """Raise `Refused("municipality-merged")` where one of them is part of another.

    Until this work ends none of them will be: what begins in a municipality is there before a merger, and moves with
    it, or comes after it, and is refused.
    """
    if await hold_municipalities(work, codes):
        known = await load_mergers(work)
        for code in codes:
            decisions.must_stand(known, code)


async def refuse_outside(work: UnitOfWork, who: Identity, municipality: str) -> None:
    """Let somebody begin something in the municipality that they belong to; the office anywhere.

    Raises `unknown-municipality`, `municipality-merged`, also where it is their own, or `other-municipality`.
    """
    if municipality not in municipalities():
        raise Refused("unknown-municipality")
    await refuse_merged(work, municipality)
    if who.municipality not in (None, municipality):
        await refuse_merged(work, who.municipality)
        raise Refused("other-municipality")


async def hold_present(work: UnitOfWork, municipality: str) -> str:
    """The municipality that one is today, which it stays until this work ends."""
    while await hold_municipalities(work, [municipality]):
        municipality = model.present(await load_mergers(work), municipality)
    return municipality
