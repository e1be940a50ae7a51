"""Agreements: rows ↔ values."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, delete, select

from intake.agreements.model import Agreement, Party, Signature, Terms
from intake.agreements.tables import AgreementRow, SignatureRow
from intake.moving import OpenIds, move
from shared.data_mapper import ELSEWHERE, DataMapper, nested
from shared.work import UnitOfWork

_AGREEMENTS = DataMapper(Agreement, AgreementRow, terms=nested(Terms, "starts_on", "hours"), signatures=ELSEWHERE)


def add_agreement(work: UnitOfWork, agreement: Agreement) -> None:
    """Keep a new agreement, which nobody has signed."""
    work.session.add(_AGREEMENTS.row(agreement))


async def lock_agreement(work: UnitOfWork, id: UUID) -> Agreement | None:
    """The agreement, held until this work ends."""
    return await _locked(work, col(AgreementRow.id) == id)


async def lock_agreement_on(work: UnitOfWork, application_id: UUID) -> Agreement | None:
    """The agreement on an application, held until this work ends."""
    return await _locked(work, col(AgreementRow.application_id) == application_id)


async def save_agreement(work: UnitOfWork, agreement: Agreement) -> Agreement:
    """Keep what has changed of a locked agreement, under its next version."""
    row = await work.session.get_one(AgreementRow, agreement.id)
    if not agreement.signatures:
        await work.session.execute(delete(SignatureRow).where(col(SignatureRow.agreement_id) == agreement.id))
    for given in agreement.signatures:
        await work.session.merge(
            SignatureRow(
                agreement_id=agreement.id,
                party=given.party,
                signed_by=given.by,
                name=given.name,
                signed_at=given.at,
            )
        )
    return _AGREEMENTS.update(row, agreement)


async def move_agreements(work: UnitOfWork, still_open: OpenIds, into: str) -> int:
    """Let these agreements be another municipality's; how many they were. Whoever has signed, has signed."""
    return await move(work, AgreementRow, still_open, municipality=into, version=col(AgreementRow.version) + 1)


async def save_reminded(work: UnitOfWork, agreement: Agreement) -> None:
    """Keep that the applicant of a locked agreement has been reminded. To whoever signs it is the same version."""
    row = await work.session.get_one(AgreementRow, agreement.id)
    row.remind_at = agreement.remind_at


async def agreements_of(work: UnitOfWork, rows: Sequence[AgreementRow]) -> list[Agreement]:
    """The values that rows stand for, with one query for their signatures however many they are."""
    signatures: defaultdict[UUID, list[Signature]] = defaultdict(list)
    found = await work.session.scalars(
        select(SignatureRow)
        .where(col(SignatureRow.agreement_id).in_([row.id for row in rows]))
        .order_by(col(SignatureRow.signed_at), col(SignatureRow.party))
    )
    for each in found:
        signatures[each.agreement_id].append(Signature(Party(each.party), each.signed_by, each.name, each.signed_at))
    return [_AGREEMENTS.value(row, signatures=tuple(signatures[row.id])) for row in rows]


async def _locked(work: UnitOfWork, wanted: ColumnElement[bool]) -> Agreement | None:
    held = select(AgreementRow).where(wanted).with_for_update()
    # it may have been read in this work before it was held
    row = await work.session.scalar(held.execution_options(populate_existing=True))
    return None if row is None else (await agreements_of(work, [row]))[0]
