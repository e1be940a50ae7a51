"""Mergers: rows ↔ values, and what keeps a merger and whatever begins in a municipality apart."""

from collections.abc import Collection

from sqlalchemy import text
from sqlmodel import col, select

from intake.municipalities.model import Merger
from intake.municipalities.tables import MunicipalityMergerRow
from shared.data_mapper import DataMapper, under
from shared.work import UnitOfWork

_MERGERS = DataMapper(Merger, MunicipalityMergerRow, into=under("merged_into"), on=under("merged_on"))
_HOLD = text("select intake.hold_municipalities(:codes)")
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:place, 0))")


async def load_mergers(work: UnitOfWork) -> dict[str, Merger]:
    """Every merger by the municipality that is no more, the latest first."""
    latest_first = col(MunicipalityMergerRow.merged_on).desc(), col(MunicipalityMergerRow.municipality)
    rows = await work.session.scalars(select(MunicipalityMergerRow).order_by(*latest_first))
    return {row.municipality: _MERGERS.value(row) for row in rows}


async def hold_municipalities(work: UnitOfWork, codes: Collection[str]) -> bool:
    """Let none of them become part of another before this work ends; whether one of them has already."""
    return bool(await work.session.scalar(_HOLD, {"codes": list(codes)}))


async def wait_for_turn(work: UnitOfWork, municipality: str) -> None:
    """Let one merger be noted at a time, and this one only when nothing is just beginning in the municipality."""
    await work.session.execute(_LOCK, {"place": "praksis.municipality_mergers"})
    await work.session.execute(_LOCK, {"place": f"praksis.municipality.{municipality}"})


def add_merger(work: UnitOfWork, merger: Merger) -> None:
    """Keep a new merger."""
    work.session.add(_MERGERS.row(merger))
