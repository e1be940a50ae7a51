"""Read-only views of the applications, for pages and API."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, not_, or_, tuple_
from sqlmodel import col, func, select

from intake.applications.model import LIVE, Application, ApplicationStatus
from intake.applications.store import application_of, taken_daycares
from intake.applications.tables import ApplicationRow
from intake.applications.texts import sentence
from intake.capacity.model import Forecast, Wanted
from intake.capacity.queries import is_counted, newest_forecast
from intake.capacity.weighing import Weighing, promise, weigh
from intake.moving import OpenIds
from intake.municipalities.model import one_with
from intake.municipalities.queries import mergers
from intake.programmes.queries import sealed_versions
from intake.rounds.model import Zone
from intake.rounds.queries import closed_since, late_entries_of, unclosed_rounds
from shared.errors import Refused, Text
from shared.hours import whole_hours_of
from shared.identity import Identity, Role
from shared.office import office_date
from shared.work import UnitOfWork

COMMITTED = (ApplicationStatus.ACCEPTED, ApplicationStatus.AGREED)
"""Where an application stands that has been promised a course."""
STAFF = frozenset({Role.CASEWORKER, Role.COORDINATOR, Role.ADMINISTRATOR})
"""Who sees every application."""

READERS = STAFF | {Role.APPLICANT}


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """One application in a list."""

    id: UUID
    programme: str
    municipality: str
    status: ApplicationStatus
    daycares: int
    submitted_at: datetime
    zone: Zone
    """By whose clock it was submitted: its round's."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of an application without its content; `wanted` is the course that it asks for."""

    id: UUID
    version: int
    programme: str
    programme_version: int
    round_id: UUID | None
    municipality: str
    applicant: str
    partners: tuple[str, ...]
    status: ApplicationStatus
    submitted_at: datetime
    wanted: Wanted

    def is_of(self, applicant: str) -> bool:
        """Whether somebody has applied, alone or together."""
        return applicant in (self.applicant, *self.partners)


async def application_by_id(work: UnitOfWork, id: UUID, applicant: str | None = None) -> Application | None:
    """The application of this id, if there is one; when somebody is named, if they applied, alone or together.

    Raises `Refused("application-sealed")` where nobody else may read it yet.
    """
    row = await work.session.get(ApplicationRow, id)
    if row is None or applicant not in (None, row.applicant, *row.partners):
        return None
    if applicant is None:
        await refuse_sealed(work, id)
    return await application_of(work, row)


async def refuse_sealed(work: UnitOfWork, id: UUID) -> None:
    """Raise `Refused("application-sealed")` where the staff may not read the application yet."""
    if await work.session.scalar(select(ApplicationRow.id).where(ApplicationRow.id == id, is_sealed(work.now))):
        raise Refused("application-sealed")


async def pile(
    work: UnitOfWork, status: ApplicationStatus, applicant: str | None, *, before: datetime | None = None
) -> tuple[int, datetime | None]:
    """How many applications stand so, and when the oldest was submitted: somebody's, or all but the sealed ones."""
    theirs = not_(is_sealed(work.now)) if applicant is None else _is_of(applicant)
    fitting = [ApplicationRow.status == status, theirs]
    if before is not None:
        fitting.append(ApplicationRow.submitted_at < before)
    statement = select(func.count(), func.min(ApplicationRow.submitted_at)).where(*fitting)
    count, oldest = (await work.session.execute(statement)).one()
    return count, oldest


async def sealed_applications(work: UnitOfWork) -> int:
    """How many applications nobody but their applicants may read yet."""
    statement = select(func.count()).select_from(ApplicationRow).where(is_sealed(work.now))
    return (await work.session.scalars(statement)).one()


async def outlines(work: UnitOfWork, ids: Sequence[UUID] | None = None) -> list[Outline]:
    """The applications of these ids, or all that wait for a decision, the newest first; never the sealed ones."""
    wanted = ApplicationRow.status == ApplicationStatus.SUBMITTED if ids is None else col(ApplicationRow.id).in_(ids)
    return await _outlines(work, wanted)


async def outlines_of_applicant(work: UnitOfWork, applicant: str) -> list[Outline]:
    """What somebody has applied for, alone or together, the newest first; never the sealed ones."""
    return await _outlines(work, _is_of(applicant))


async def outlines_of_round(work: UnitOfWork, round_id: UUID) -> list[Outline]:
    """The applications of a round, wherever they stand, the newest first; never the sealed ones."""
    return await _outlines(work, ApplicationRow.round_id == round_id)


async def waiting_in_round(work: UnitOfWork, round_id: UUID) -> list[Outline]:
    """The applications of a round that wait for a decision, the newest first; never the sealed ones."""
    return await _outlines(
        work, ApplicationRow.round_id == round_id, ApplicationRow.status == ApplicationStatus.SUBMITTED
    )


async def refused_in_round(work: UnitOfWork, round_id: UUID) -> list[Outline]:
    """The applications that the rules of a round turned away, the newest first; never the sealed ones."""
    return await _outlines(
        work, ApplicationRow.round_id == round_id, ApplicationRow.status == ApplicationStatus.REFUSED
    )


def _is_of(applicant: str) -> ColumnElement[bool]:
    """Whether somebody has applied, alone or together."""
    return or_(col(ApplicationRow.applicant) == applicant, col(ApplicationRow.partners).contains([applicant]))


async def _outlines(work: UnitOfWork, *wanted: ColumnElement[bool] | bool) -> list[Outline]:
    newest_first = col(ApplicationRow.submitted_at).desc(), col(ApplicationRow.id).desc()
    statement = select(ApplicationRow).where(*wanted, not_(is_sealed(work.now))).order_by(*newest_first)
    return [
        Outline(
            id=row.id,
            version=row.version,
            programme=row.programme,
            programme_version=row.programme_version,
            round_id=row.round_id,
            municipality=row.municipality,
            applicant=row.applicant,
            partners=tuple(row.partners),
            status=ApplicationStatus(row.status),
            submitted_at=row.submitted_at,
            wanted=Wanted(row.programme, row.programme_version, whole_hours_of(row.hours)),
        )
        for row in await work.session.scalars(statement)
    ]


async def spoken_for(work: UnitOfWork, round_id: UUID | None, daycares: Collection[UUID]) -> frozenset[UUID]:
    """Those of the daycares that an application of the round names now."""
    return await taken_daycares(work, round_id, daycares)


async def promised(work: UnitOfWork) -> list[Wanted]:
    """The courses of accepted applications that the newest forecast of capacity does not know yet."""
    columns = (col(ApplicationRow.programme), col(ApplicationRow.programme_version), col(ApplicationRow.hours))
    statement = select(*columns).where(col(ApplicationRow.status).in_(COMMITTED), ~is_counted(col(ApplicationRow.id)))
    found = await work.session.execute(statement)
    return [Wanted(programme, version, whole_hours_of(hours)) for programme, version, hours in found]


async def present_capacity(work: UnitOfWork) -> Forecast | None:
    """What the corps can take on, less what has been promised since it was counted; nothing before that."""
    forecast = await newest_forecast(work)
    return None if forecast is None else promise(forecast, await promised(work), office_date(work.now))


async def cost_of_accepting(work: UnitOfWork, application: Application) -> Weighing | None:
    """What a yes, said now, would cost the corps; nothing as long as the corps has not been counted."""
    forecast = await present_capacity(work)
    return None if forecast is None else weigh(forecast, wanted_by(application), office_date(work.now))


def wanted_by(application: Application) -> Wanted:
    """The course that an application asks for."""
    return Wanted(application.programme, application.programme_version, whole_hours_of(application.case.wish.hours))


def rules_said(application: Application) -> tuple[Text, ...]:
    """What the rules say of an application, a sentence each."""
    return tuple(sentence(verdict) for verdict in application.verdicts)


def rules_unmet(application: Application) -> list[tuple[str | None, list[Text]]]:
    """Why an application is turned away, a sentence for each rule: of the whole, then of each daycare by its name."""
    names = {each.id: each.name for each in application.case.daycares}
    said: dict[UUID | None, list[Text]] = {None: [], **{id: [] for id in names}}
    for verdict in application.failed:
        said[verdict.daycare_id].append(sentence(verdict))
    return [(None if id is None else names[id], sentences) for id, sentences in said.items() if sentences]


def is_sealed(now: datetime) -> ColumnElement[bool]:
    """Whether an application waits unread for the deadline of its round, as its programme asks.

    What has been opened stays open: where a round is extended after it had closed, only what comes then is sealed.
    """
    round_id = col(ApplicationRow.round_id)
    version = tuple_(ApplicationRow.programme, ApplicationRow.programme_version)
    return and_(
        round_id.is_not(None),
        round_id.in_(unclosed_rounds(now)),
        version.in_(sealed_versions()),
        not_(closed_since(round_id, col(ApplicationRow.submitted_at))),
    )


def own_only(who: Identity) -> str | None:
    """Whose applications somebody may see: nobody's in particular for staff, else their own."""
    return None if who.roles & STAFF else who.subject


async def municipalities_on_a_course(work: UnitOfWork) -> frozenset[str]:
    """The codes of those that are, or have been, on a course: an application of theirs has been accepted or agreed.

    With each stand all that are one municipality with it today: people go on giving the name that they know.
    """
    accepted = select(ApplicationRow.municipality).where(col(ApplicationRow.status).in_(COMMITTED)).distinct()
    known = await mergers(work)
    return frozenset(code for each in await work.session.scalars(accepted) for code in one_with(known, each))


def open_in(municipality: str) -> Select[UUID]:
    """The ids of a municipality's applications that still count, for the queries of others."""
    return select(ApplicationRow.id).where(
        ApplicationRow.municipality == municipality, col(ApplicationRow.status).in_(LIVE)
    )


def open_applications(applicant: str | None) -> Select[UUID]:
    """The ids of what is still to be decided on: somebody's, or all that the staff may see, for others' queries."""
    still_open = col(ApplicationRow.status).in_((ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED))
    return select(ApplicationRow.id).where(still_open, True if applicant is None else _is_of(applicant))


def readable_in(municipality: str, now: datetime) -> Select[UUID]:
    """The ids of those of them that the staff may read, and so may count, now."""
    return open_in(municipality).where(not_(is_sealed(now)))


def promised_a_course() -> Select[UUID]:
    """The ids of the accepted applications that the applicant has not given up, for the queries of others."""
    return select(ApplicationRow.id).where(col(ApplicationRow.status).in_(COMMITTED))


def applied_as(municipalities: Collection[str]) -> Select[UUID]:
    """The ids of the applications that have moved since they came under one of these, for the queries of others."""
    return select(ApplicationRow.id).where(col(ApplicationRow.applied_as).in_(municipalities))


def unused_late_entries(municipality: str) -> OpenIds:
    """The ids of a municipality's late entries that no application has used up, for the queries of others."""
    return late_entries_of(municipality).except_(
        select(ApplicationRow.late_entry_id).where(col(ApplicationRow.late_entry_id).is_not(None))
    )
