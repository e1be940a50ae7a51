"""What is done to applications, the same from a page and through the API: load, decide, save, publish."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import cast
from uuid import UUID

from intake.applications import decisions, locks, override_decisions, store
from intake.applications.messages import let_in, receipt
from intake.applications.model import Application, Case, Override, Verdict, Wish
from intake.applications.queries import open_in, refuse_sealed
from intake.applications.texts import sentence
from intake.enquiries.queries import enquiry_by_id
from intake.municipalities.locks import hold_present, refuse_outside
from intake.organisations.model import Daycare
from intake.organisations.queries import daycares_within
from intake.programmes.queries import programme_offered, programme_version
from intake.rounds.model import LateEntry, Round, Zone
from intake.rounds.queries import late_entry_by_code, round_by_id
from shared.errors import NotFound, Refused, require_version
from shared.identity import Identity
from shared.mail.outbox import post
from shared.office import office_date
from shared.work import UnitOfWork


async def submit_application(
    work: UnitOfWork,
    id: UUID,
    who: Identity,
    wish: Wish,
    *,
    programme: str,
    round_id: UUID | None,
    municipality: str,
    late_code: str | None = None,
    partners: tuple[str, ...] = (),
) -> Application:
    """Judge the wish, keep it with its verdicts, submitted or refused, and owe its contact a receipt.

    `partners` may read what becomes of it.

    Raises a refusal where it names something that does not exist or is not the applicant's; nothing is kept then.
    """
    offered = await programme_offered(work, programme, office_date(work.now))
    round_ = await _round(work, round_id)
    case = replace(await _case(work, id, who, wish, municipality), partners=partners)
    late_entry = await _late_entry(work, late_code)
    taken = await locks.take_daycares(work, round_id, wish.daycares)
    was_used = late_entry is not None and await locks.take_late_entry(work, late_entry.id)
    decision = decisions.submit(case, offered, round_, work.now, late_entry, taken, late_entry_is_used=was_used)
    application = work.record(decision)
    await store.add_application(work, application)
    if mail := receipt(application, offered, round_.zone if round_ else Zone.COPENHAGEN):
        await post(work, mail)
    return application


async def accept_application(
    work: UnitOfWork, id: UUID, version: int, caseworker: str, reason: str | None = None
) -> Application:
    """Accept what stood at `version`. Raises `unknown-application`, `stale-version`, or what the decision refuses."""
    application = await _locked(work, id, version)
    programme = await programme_version(work, application.programme, application.programme_version)
    decision = decisions.accept(application, programme, caseworker, work.now, reason)
    return await store.save_application(work, work.record(decision))


async def decline_application(work: UnitOfWork, id: UUID, version: int, caseworker: str, reason: str) -> Application:
    """Decline what stood at `version`. Raises like `accept_application`."""
    application = await _locked(work, id, version)
    return await store.save_application(work, work.record(decisions.decline(application, caseworker, work.now, reason)))


async def waitlist_application(work: UnitOfWork, id: UUID, version: int, caseworker: str, reason: str) -> Application:
    """Put on the waiting list what stood at `version`. Raises like `accept_application`."""
    application = await _locked(work, id, version)
    decision = decisions.put_on_waiting_list(application, caseworker, work.now, reason)
    return await store.save_application(work, work.record(decision))


async def withdraw_application(work: UnitOfWork, id: UUID, version: int, who: Identity) -> Application:
    """Take back one's own application as it stood at `version`; another's is unknown. Raises like the others."""
    application = await _locked(work, id, version, applicant=who.subject)
    return await store.save_application(work, work.record(decisions.withdraw(application, who.subject, work.now)))


async def override_refusal(
    work: UnitOfWork, id: UUID, version: int, who: Identity, named: Collection[override_decisions.Named], reason: str
) -> Application:
    """Let in what a rule has turned away and stood at `version`, and tell its contact. Raises like the others.

    A refused application stayed behind when its municipality became part of another: now it follows.
    """
    application = await _locked(work, id, version)
    application = decisions.follow(application, await hold_present(work, application.case.municipality))
    taken = await locks.take_daycares(work, application.round_id, [each.id for each in application.case.daycares])
    given = Override(reason, who.subject, work.now)
    overridden = work.record(override_decisions.override(application, named, given, taken, work.now))
    programme = await programme_version(work, application.programme, application.programme_version)
    if mail := let_in(overridden, programme, given):
        await post(work, mail)
    return await store.save_application(work, overridden)


async def conclude_application(work: UnitOfWork, application: Application) -> Application:
    """Note on a held application that the agreement on it is signed. Raises what the decision refuses."""
    return await store.save_application(work, work.record(decisions.conclude(application)))


async def replace_daycare(work: UnitOfWork, id: UUID, version: int, left: UUID, newcomer: Daycare) -> Application:
    """Let a daycare join what stood at `version` in the place of one that leaves; others are told by the caller.

    Raises `unknown-application`, `stale-version`, `newcomer-refused` with what the rules say, or a refusal.
    """
    application = await _locked(work, id, version)
    programme = await programme_version(work, application.programme, application.programme_version)
    round_ = None if application.round_id is None else await round_by_id(work, application.round_id)
    taken = await locks.take_daycares(work, application.round_id, (newcomer.id,))
    try:
        decision = decisions.replace_participant(application, programme, round_, left, newcomer, taken, work.now)
    except Refused as refused:
        if refused.slug != "newcomer-refused":
            raise
        verdicts = cast(tuple[Verdict, ...], refused.parameters["verdicts"])
        raise Refused("newcomer-refused", refusals=_told(verdicts)) from refused
    return await store.save_substitution(work, work.record(decision), left, office_date(work.now))


async def move_applications(work: UnitOfWork, municipality: str, into: str) -> int:
    """Let the applications that count be those of the municipality that theirs has become part of; how many."""
    return await store.move_applications(work, open_in(municipality), into)


def _told(verdicts: Iterable[Verdict]) -> list[dict[str, object]]:
    return [{"rule": each.rule, "daycare_id": each.daycare_id, "texts": sentence(each)} for each in verdicts]


async def _locked(work: UnitOfWork, id: UUID, version: int, *, applicant: str | None = None) -> Application:
    application = await store.lock_application(work, id)
    if application is None or applicant not in (None, application.case.applicant):
        raise NotFound("application")
    if applicant is None:
        await refuse_sealed(work, id)
    require_version(version, application.version)
    return application


async def _round(work: UnitOfWork, round_id: UUID | None) -> Round | None:
    if round_id is None:
        return None
    round_ = await round_by_id(work, round_id)
    if round_ is None:
        raise Refused("unknown-round")
    return round_


async def _late_entry(work: UnitOfWork, code: str | None) -> LateEntry | None:
    if code is None:
        return None
    entry = await late_entry_by_code(work, code)
    if entry is None:
        raise Refused("unknown-late-code")
    return entry


async def _case(work: UnitOfWork, id: UUID, who: Identity, wish: Wish, municipality: str) -> Case:
    if who.municipality is None:
        raise Refused("other-municipality")
    await refuse_outside(work, who, municipality)
    registered = await daycares_within(work, wish.daycares, municipality)
    decisions.check_daycares(wish.daycares, registered)
    decisions.check_selection([each.daycare_id for each in wish.selection], wish.daycares)
    if wish.enquiry_id is not None and await enquiry_by_id(work, wish.enquiry_id, who.subject) is None:
        raise Refused("unknown-enquiry")
    selection = sorted(wish.selection, key=lambda each: wish.daycares.index(each.daycare_id))
    return Case(
        id=id,
        applicant=who.subject,
        municipality=municipality,
        wish=replace(wish, selection=tuple(selection)),
        registered=registered,
        contact_language=who.language if wish.contact_email else None,
    )
