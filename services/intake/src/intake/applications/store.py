"""Applications: rows ↔ values."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import insert, text
from sqlmodel import col, func, select

from intake.applications.model import LIVE, Application, Case, Contact, Selection, Status, Trigger, Verdict
from intake.applications.tables import ApplicationRow, ParticipatingDaycareRow
from intake.moving import OpenIds, move
from intake.organisations.model import Daycare
from intake.organisations.queries import daycares_by_id
from intake.programmes.rules import ApplicantKind
from intake.schema import metadata
from shared.contracts.vocabulary import Skill
from shared.work import UnitOfWork

_NEW_APPLICATION = insert(metadata.tables["intake.application"])
_NEW_PARTICIPANT = insert(metadata.tables["intake.participating_daycare"])
_verdicts: TypeAdapter[tuple[Verdict, ...]] = TypeAdapter(tuple[Verdict, ...])


async def lock_application(work: UnitOfWork, id: UUID) -> Application | None:
    """The application, held until this work ends, so that its events keep their order."""
    held = select(ApplicationRow).where(ApplicationRow.id == id).with_for_update()
    # it may have been read in this work before it was held
    row = await work.session.scalar(held.execution_options(populate_existing=True))
    return None if row is None else application_of(row, *await participants(work, row.id))


async def add_application(work: UnitOfWork, application: Application) -> None:
    """Keep a new application with its participating daycares.

    Straight into the tables: rows that nobody reads again in this work need not be followed by the session.
    """
    await work.session.execute(_NEW_APPLICATION, _columns(application))
    await work.session.execute(_NEW_PARTICIPANT, list(_participating(application.case)))


async def is_used(work: UnitOfWork, late_entry_id: UUID) -> bool:
    """Whether an application has used up this late entry; whoever asks first is the first to know.

    Two that ask at once would both be told no, so the second waits for the first.
    """
    lock = text("select pg_advisory_xact_lock(hashtextextended(:entry, 0))")
    await work.session.execute(lock, {"entry": f"praksis.late_entry.{late_entry_id}"})
    used = select(ApplicationRow.id).where(ApplicationRow.late_entry_id == late_entry_id)
    return await work.session.scalar(used) is not None


async def take_daycares(work: UnitOfWork, round_id: UUID | None, daycares: Collection[UUID]) -> frozenset[UUID]:
    """Those of the daycares that an application of the round names already; whoever asks first is the first to know.

    Two that ask for one daycare at once would both be told that it is free, so the second waits for the first. The
    daycares are taken in one order, so that nobody waits for somebody who waits for them.
    """
    if round_id is None:
        return frozenset()
    await _hold_daycares(work, round_id, daycares)
    return await taken_daycares(work, round_id, daycares)


async def taken_daycares(work: UnitOfWork, round_id: UUID | None, daycares: Collection[UUID]) -> frozenset[UUID]:
    """The same without holding them: true now, and perhaps not when somebody applies."""
    if round_id is None:
        return frozenset()
    named = (
        select(ParticipatingDaycareRow.daycare_id)
        .join(ApplicationRow, col(ApplicationRow.id) == ParticipatingDaycareRow.application_id)
        .where(
            ApplicationRow.round_id == round_id,
            col(ApplicationRow.status).in_(LIVE),
            col(ParticipatingDaycareRow.daycare_id).in_(daycares),
            col(ParticipatingDaycareRow.left_on).is_(None),
        )
    )
    return frozenset(await work.session.scalars(named))


async def _hold_daycares(work: UnitOfWork, round_id: UUID, daycares: Collection[UUID]) -> None:
    lock = text(
        "select pg_advisory_xact_lock(hashtextextended(place, 0))"
        " from (select place from unnest(cast(:places as text[])) as place order by place) as places"
    )
    await work.session.execute(lock, {"places": [f"praksis.round.{round_id}.{daycare}" for daycare in daycares]})


async def save_application(work: UnitOfWork, application: Application) -> Application:
    """Keep what has changed of a locked application, under its next version."""
    row = await work.session.get_one(ApplicationRow, application.case.id)
    row.version += 1
    row.status = application.status
    row.municipality, row.applied_as = application.case.municipality, application.applied_as
    row.verdicts = _verdicts.dump_python(application.verdicts, mode="json")
    row.decided_at = application.decided_at
    row.decided_by = application.decided_by
    row.reason = application.reason
    return application_of(row, application.case.daycares, application.case.selection)


async def save_substitution(work: UnitOfWork, application: Application, left: UUID, on: date) -> Application:
    """Keep that the last daycare of a locked application has joined in the place of one that left, and the verdicts.

    The row of the one who left stays, with the day.
    """
    taking_part = ParticipatingDaycareRow.application_id == application.case.id
    rows = (await work.session.scalars(select(ParticipatingDaycareRow).where(taking_part))).all()
    next(row for row in rows if row.daycare_id == left and row.left_on is None).left_on = on
    work.session.add(
        ParticipatingDaycareRow(
            application_id=application.case.id,
            position=max(row.position for row in rows) + 1,
            daycare_id=application.case.daycares[-1].id,
            vulnerable_share=None,
            trigger=None,
            inspections=None,
            joined_on=on,
            left_on=None,
        )
    )
    row = await work.session.get_one(ApplicationRow, application.case.id)
    row.verdicts = _verdicts.dump_python(application.verdicts, mode="json")
    return await save_application(work, application)


async def move_applications(work: UnitOfWork, still_open: OpenIds, into: str) -> int:
    """Let these applications be another municipality's, each with the first that it was submitted under; how many."""
    return await move(
        work,
        ApplicationRow,
        still_open,
        municipality=into,
        applied_as=func.coalesce(ApplicationRow.applied_as, ApplicationRow.municipality),
        version=col(ApplicationRow.version) + 1,
    )


async def participants(work: UnitOfWork, application_id: UUID) -> tuple[tuple[Daycare, ...], tuple[Selection, ...]]:
    """The daycares of an application, in the order in which it names them, and on what data they were chosen."""
    rows = list(
        await work.session.scalars(
            select(ParticipatingDaycareRow)
            .where(
                ParticipatingDaycareRow.application_id == application_id,
                col(ParticipatingDaycareRow.left_on).is_(None),
            )
            .order_by(col(ParticipatingDaycareRow.position))
        )
    )
    found = await daycares_by_id(work, [row.daycare_id for row in rows])
    selection = (_selection_of(row) for row in rows)
    return tuple(found[row.daycare_id] for row in rows), tuple(each for each in selection if each is not None)


def application_of(row: ApplicationRow, daycares: tuple[Daycare, ...], selection: tuple[Selection, ...]) -> Application:
    """The value a row stands for."""
    case = Case(
        id=row.id,
        applicant=row.applicant,
        applicant_kind=ApplicantKind(row.applicant_kind),
        municipality=row.municipality,
        daycares=daycares,
        themes=tuple(Skill(theme) for theme in row.themes),
        hours=row.hours,
        motivation=row.motivation,
        enquiry_id=row.enquiry_id,
        contact=_contact_of(row),
        selection=selection,
        partners=tuple(row.partners),
    )
    return Application(
        case=case,
        programme=row.programme,
        programme_version=row.programme_version,
        round_id=row.round_id,
        verdicts=_verdicts.validate_python(row.verdicts),
        status=Status(row.status),
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
        late_entry_id=row.late_entry_id,
        applied_as=row.applied_as,
        version=row.version,
    )


def _contact_of(row: ApplicationRow) -> Contact | None:
    if row.contact_name is None or row.contact_email is None:
        return None
    return Contact(row.contact_name, row.contact_email, "en" if row.contact_language == "en" else "da")


def _selection_of(row: ParticipatingDaycareRow) -> Selection | None:
    if row.vulnerable_share is None and row.trigger is None and row.inspections is None:
        return None
    trigger = Trigger(row.trigger) if row.trigger else None
    return Selection(row.daycare_id, row.vulnerable_share, trigger, row.inspections)


def _participating(case: Case) -> Iterator[Mapping[str, Any]]:
    said = {each.daycare_id: each for each in case.selection}
    for position, daycare in enumerate(case.daycares):
        selection = said.get(daycare.id, Selection(daycare.id))
        yield {
            "application_id": case.id,
            "position": position,
            "daycare_id": daycare.id,
            "vulnerable_share": selection.vulnerable_share,
            "trigger": selection.trigger,
            "inspections": selection.inspections,
        }


def _columns(application: Application) -> Mapping[str, Any]:
    contact = application.case.contact
    return {
        "id": application.case.id,
        "version": application.version,
        "status": application.status,
        "programme": application.programme,
        "programme_version": application.programme_version,
        "round_id": application.round_id,
        "applicant": application.case.applicant,
        "applicant_kind": application.case.applicant_kind,
        "municipality": application.case.municipality,
        "themes": list(application.case.themes),
        "hours": application.case.hours,
        "motivation": application.case.motivation,
        "partners": list(application.case.partners),
        "contact_name": contact.name if contact else None,
        "contact_email": contact.email if contact else None,
        "contact_language": contact.language if contact else None,
        "enquiry_id": application.case.enquiry_id,
        "verdicts": _verdicts.dump_python(application.verdicts, mode="json"),
        "submitted_at": application.submitted_at,
        "decided_at": application.decided_at,
        "decided_by": application.decided_by,
        "reason": application.reason,
        "late_entry_id": application.late_entry_id,
        "applied_as": application.applied_as,
    }
