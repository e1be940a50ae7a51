"""What is done to gatherings, the same from a page and through the API: load, decide, save, publish."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from intake.gatherings import decisions, store
from intake.gatherings.inputs import ChangeIn, CohortIn, DetailsIn
from intake.gatherings.model import Change, Cohort, Group, Taken, Venue
from intake.programmes.offer import Admission
from intake.programmes.queries import programme_offered
from shared.contracts.vocabulary import Names
from shared.errors import Refused, require_seen
from shared.identity import Identity
from shared.work import UnitOfWork


async def announce(work: UnitOfWork, said: CohortIn) -> Cohort:
    """Let people register. Raises `unknown-programme`, `programme-not-offered`, or what the decision refuses."""
    programme = await programme_offered(work, said.programme, said.starts_on)
    cohort = Cohort(
        id=uuid7(),
        programme=programme.slug,
        programme_version=programme.version,
        **_details(said),
        admits=programme.offer.admits or Admission.EVERYBODY,
        audiences=said.audiences,
        announced_at=work.now,
        groups=tuple(Group(uuid7(), group.name, group.places) for group in said.groups),
        form=said.form,
        topic=said.topic,
    )
    announced = work.record(decisions.announce(cohort, programme, work.now))
    store.add_cohort(work, announced)
    return announced


async def change(work: UnitOfWork, id: UUID, version: int, who: Identity, said: ChangeIn, taken: Taken) -> Change:
    """Let what stood at `version` be what is said, which may be the same; `taken` has been counted since it was held.

    Raises `unknown-gathering`, `stale-version`, or what the decision refuses.
    """
    cohort = await _seen(work, id, version)
    known = {group.id for group in cohort.groups}
    if any(group.id is not None and group.id not in known for group in said.groups):
        raise Refused("unknown-group")
    groups = tuple(Group(group.id or uuid7(), group.name, group.places) for group in said.groups)
    after = replace(cohort, **_details(said), groups=groups)
    decision = decisions.change(Change(cohort, after, said.reason, who.subject, work.now), taken, work.now)
    changed = work.record(decision)
    return await store.save_change(work, changed) if decision.events else changed


async def call_off(work: UnitOfWork, id: UUID, version: int) -> Cohort:
    """Call off what stood at `version`; those who have registered are told of it.

    Raises `unknown-gathering`, `stale-version`, or what the decision refuses.
    """
    cohort = await _seen(work, id, version)
    return await store.save_status(work, work.record(decisions.call_off(cohort, work.now)))


async def note_that_it_was_held(work: UnitOfWork, id: UUID) -> None:
    """Let a gathering have taken place. One that this service does not have is none of its own."""
    cohort = await store.lock_cohort(work, id)
    if cohort is not None and (held := work.record(decisions.hold(cohort))) != cohort:
        await store.save_status(work, held)


async def _seen(work: UnitOfWork, id: UUID, version: int) -> Cohort:
    return require_seen(await store.lock_cohort(work, id), "gathering", version)


def _details(said: DetailsIn) -> dict[str, Any]:
    return {
        "title": Names(da=said.title_da, en=said.title_en),
        "starts_on": said.starts_on,
        "ends_on": said.ends_on or said.starts_on,
        "begins": said.begins,
        "ends": said.ends,
        "venue": Venue(said.town, said.address),
        "zone": said.zone,
        "places": said.places,
        "deadline": said.deadline,
    }
