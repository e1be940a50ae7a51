"""Applications: rows ↔ values."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import col, func, select

from intake.applications.model import LIVE, Application, Case, Selection, Verdict, Wish
from intake.applications.tables import ApplicationRow, ParticipatingDaycareRow
from intake.moving import OpenIds, move
from intake.organisations.queries import daycares_by_id
from intake.schema import metadata
from shared.contracts.vocabulary import Skill
from shared.data_mapper import ELSEWHERE, DataMapper, Part, in_json, listed, within
from shared.work import UnitOfWork

_NEW_APPLICATION = insert(metadata.tables["intake.application"])
_NEW_PARTICIPANT = insert(metadata.tables["intake.participating_daycare"])
_WISH = within(
    Wish,
    daycares=ELSEWHERE,
    themes=listed("themes", Skill),
    reminders=Part((), lambda _: (), lambda: True),
    selection=ELSEWHERE,
)
_APPLICATIONS = DataMapper(
    Application,
    ApplicationRow,
    case=within(Case, wish=_WISH, registered=ELSEWHERE, partners=listed("partners", str)),
    verdicts=in_json("verdicts", tuple[Verdict, ...]),
)
_PARTICIPANTS = DataMapper(
    Selection, ParticipatingDaycareRow, own={"application_id": None, "position": 0, "joined_on": None, "left_on": None}
)


async def lock_application(work: UnitOfWork, id: UUID) -> Application | None:
    """The application, held until this work ends, so that its events keep their order."""
    held = select(ApplicationRow).where(ApplicationRow.id == id).with_for_update()
    # it may have been read in this work before it was held
    row = await work.session.scalar(held.execution_options(populate_existing=True))
    return None if row is None else await application_of(work, row)


async def add_application(work: UnitOfWork, application: Application) -> None:
    """Keep a new application with its participating daycares.

    Straight into the tables: rows that nobody reads again in this work need not be followed by the session.
    """
    wish = application.case.wish
    said = {each.daycare_id: each for each in wish.selection}
    await work.session.execute(_NEW_APPLICATION, _APPLICATIONS.columns(application))
    await work.session.execute(
        _NEW_PARTICIPANT,
        [
            {"application_id": application.case.id, "position": position}
            | _PARTICIPANTS.columns(said.get(id, Selection(id)))
            for position, id in enumerate(wish.daycares)
        ],
    )


async def taken_daycares(work: UnitOfWork, round_id: UUID | None, daycares: Collection[UUID]) -> frozenset[UUID]:
    """Those of the daycares that an application of the round names: true now, and perhaps not when somebody applies."""
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


async def save_application(work: UnitOfWork, application: Application) -> Application:
    """Keep what has changed of a locked application, under its next version."""
    row = await work.session.get_one(ApplicationRow, application.case.id)
    return _APPLICATIONS.update(row, application)


async def save_substitution(work: UnitOfWork, application: Application, left: UUID, on: date) -> Application:
    """Keep that the last daycare of a locked application has joined in the place of one that left, and the verdicts.

    The row of the one who left stays, with the day.
    """
    taking_part = ParticipatingDaycareRow.application_id == application.case.id
    rows = (await work.session.scalars(select(ParticipatingDaycareRow).where(taking_part))).all()
    next(row for row in rows if row.daycare_id == left and row.left_on is None).left_on = on
    joined = Selection(application.case.wish.daycares[-1])
    position = max(row.position for row in rows) + 1
    work.session.add(_PARTICIPANTS.row(joined, application_id=application.case.id, position=position, joined_on=on))
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


async def application_of(work: UnitOfWork, row: ApplicationRow) -> Application:
    """The value a row stands for, with the daycares that take part, in the order in which it names them."""
    rows = list(
        await work.session.scalars(
            select(ParticipatingDaycareRow)
            .where(ParticipatingDaycareRow.application_id == row.id, col(ParticipatingDaycareRow.left_on).is_(None))
            .order_by(col(ParticipatingDaycareRow.position))
        )
    )
    ids = tuple(each.daycare_id for each in rows)
    chosen = (_PARTICIPANTS.value(each) for each in rows)
    return _APPLICATIONS.value(
        row,
        daycares=ids,
        selection=tuple(each for each in chosen if each != Selection(each.daycare_id)),
        registered=await daycares_by_id(work, ids),
    )
