"""What is done to drafts, the same from a page, through the API and after an event: load, decide, save."""

import secrets
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from intake.applications.commands import submit_application
from intake.applications.locks import hold_daycares
from intake.applications.model import Application, Verdict, Wish
from intake.attachments.commands import forget
from intake.drafts import decisions, store
from intake.drafts.merging import Merged, Said, unseen
from intake.drafts.messages import reminder
from intake.drafts.model import Draft
from intake.drafts.queries import draft_by_id, open_in, verdicts_on
from intake.municipalities.locks import hold_present, refuse_merged
from intake.municipalities.queries import one_with
from intake.organisations.queries import daycares_within
from intake.programmes.model import Programme
from intake.programmes.queries import programme_in_force
from intake.rounds.queries import round_by_id
from shared.contracts.vocabulary import IntakeMode
from shared.errors import NotFound, Refused, require_found, require_version
from shared.identity import Identity
from shared.mail.outbox import post
from shared.office import office_date
from shared.work import UnitOfWork

LINK_BYTES = 24
"""Of chance in the token of a link."""


async def begin(work: UnitOfWork, who: Identity, programme: str, round_id: UUID | None) -> Draft:
    """An empty draft for a programme, and one of its rounds where it has rounds.

    Raises like `submit_application` where there is no such thing, `other-municipality` for whoever acts for none,
    `Refused("municipality-merged")` for whoever acts for one that is part of another, and what `check_quota` raises.
    """
    if who.municipality is None:
        raise Refused("other-municipality")
    await refuse_merged(work, who.municipality)
    offered = await _programme(work, programme)
    await _check_round(work, offered, round_id)
    decisions.check_quota(*await store.count_unsent(work, who.subject, who.municipality))
    content = Wish(contact_name=who.name)
    draft = Draft(
        uuid7(),
        programme,
        round_id,
        who.subject,
        who.municipality,
        content,
        work.now,
        who.subject,
        language=who.language,
    )
    store.add_draft(work, draft)
    return draft


async def change(work: UnitOfWork, id: UUID, version: int, who: Identity, content: Wish) -> Draft:
    """Write what stood at `version` anew. Raises `unknown-draft`, `stale-version` or what the decision refuses."""
    draft = await _locked(work, id, who)
    require_version(version, draft.version)
    changed = decisions.change(draft, content, who.subject, work.now, who.language)
    return draft if changed is draft else await store.save_draft(work, changed)


async def write(work: UnitOfWork, id: UUID, who: Identity, said: Said) -> tuple[Draft, Merged]:
    """Keep what a page says beside what others have written meanwhile, and how that went.

    Raises `unknown-draft` or what the decision refuses.
    """
    draft = await _locked(work, id, who)
    heard, merged = decisions.hear(draft, said, who.subject, work.now, who.language)
    return draft if heard is draft else await store.save_draft(work, heard), merged


async def writable(work: UnitOfWork, id: UUID, who: Identity) -> Draft:
    """The unsent draft, held until this work ends, for what is added to it beside its content.

    Raises `unknown-draft` for whoever may not write in it, and `Refused("draft-sent")`.
    """
    draft = await _locked(work, id, who)
    if draft.sent_at is not None:
        raise Refused("draft-sent")
    return draft


async def share(work: UnitOfWork, id: UUID, who: Identity) -> str:
    """The token of a link by which others may join; an earlier one leads nowhere from now on."""
    draft = await writable(work, id, who)
    token = secrets.token_urlsafe(LINK_BYTES)
    await store.save_link(work, draft, token)
    return token


async def join(work: UnitOfWork, token: str, who: Identity) -> Draft:
    """Become a writer of the draft that the link leads to. Raises `unknown-draft` or what the decision refuses."""
    draft = require_found(await store.lock_draft_by_link(work, token), "draft")
    joined = decisions.join(draft, who.subject, await one_with(work, who.municipality))
    if joined is not draft:
        store.add_writer(work, draft, who.subject)
    return joined


async def discard(work: UnitOfWork, id: UUID, version: int, who: Identity) -> None:
    """Forget an unsent draft as it stood at `version`."""
    draft = await writable(work, id, who)
    require_version(version, draft.version)
    await _forget(work, draft)


async def discard_seen(work: UnitOfWork, id: UUID, who: Identity, said: Said) -> bool:
    """Forget an unsent draft if all that stands in it has been before the writer's eyes; whether that was so."""
    draft = await writable(work, id, who)
    if unseen(draft.content, draft.pages, said):
        return False
    await _forget(work, draft)
    return True


async def send(
    work: UnitOfWork,
    id: UUID,
    version: int,
    who: Identity,
    late_code: str | None = None,
    *,
    even_if_refused: bool = False,
) -> Application:
    """Make an application of what stood at `version`, in the name of whoever began it; its writers may read it.

    What a rule turns away stays a draft, and raises `Refused("draft-against-rules")`, unless it is to be sent even so:
    then the refusal is a fact. Raises `unknown-draft`, `stale-version`, what the decision refuses, and what
    `submit_application` raises; the draft stays then too.
    """
    draft = await _held(work, id, who)
    require_version(version, draft.version)
    programme = await _programme(work, draft.programme)
    sent = decisions.send(draft, programme, work.now)
    if not even_if_refused:
        await _check_rules(work, draft, programme, late_code)
    owner = replace(await _belonging(work, who, draft), subject=draft.owner)
    application = await submit_application(
        work,
        draft.id,
        owner,
        decisions.wish_to_send(draft.content),
        programme=draft.programme,
        round_id=draft.round_id,
        municipality=draft.municipality,
        late_code=late_code,
        partners=draft.writers,
    )
    await store.save_draft(work, sent)
    return application


async def move_drafts(work: UnitOfWork, municipality: str, into: str) -> int:
    """Let the unsent drafts be written for the municipality that theirs has become part of; how many."""
    return await store.move_drafts(work, open_in(municipality), into)


def verdicts_of(refused: Refused) -> tuple[Verdict, ...]:
    """The rules for which `send` refused with `draft-against-rules`."""
    verdicts = refused.parameters["verdicts"]
    assert isinstance(verdicts, tuple)
    return verdicts


async def remind_of_deadline(work: UnitOfWork, round_id: UUID, closes_at: datetime) -> None:
    """Owe an e-mail to the contact of every unsent draft that wants one; to do it twice changes nothing.

    Where the round has got another deadline meanwhile, that one has a time of its own.
    """
    round_ = await round_by_id(work, round_id)
    if round_ is None or round_.closes_at != closes_at:
        return
    programme = await programme_in_force(work, round_.programme, office_date(work.now))
    if programme is None:  # nothing can be sent any more
        return
    unsent = await store.lock_unsent(work, round_id)
    reminded = [draft for draft in unsent if decisions.is_to_be_reminded(draft, round_, work.now)]
    for draft in reminded:
        await post(work, reminder(draft, programme, round_))
    await store.save_reminded(work, reminded, round_.deadline)


async def _forget(work: UnitOfWork, draft: Draft) -> None:
    await forget(work, draft.id)
    await store.delete_draft(work, draft)


async def _locked(work: UnitOfWork, id: UUID, who: Identity) -> Draft:
    draft = await store.lock_draft(work, id)
    if draft is None or not draft.may_write(who.subject):
        raise NotFound("draft")
    return draft


async def _held(work: UnitOfWork, id: UUID, who: Identity) -> Draft:
    """The draft, whose municipality stays what it is: that is held first, as a merger does, so that neither waits for
    the other."""
    seen = await draft_by_id(work, id, who.subject)
    if seen is not None:
        await hold_present(work, seen.municipality)
    return await _locked(work, id, who)


async def _belonging(work: UnitOfWork, who: Identity, draft: Draft) -> Identity:
    """Whoever sends, for the draft's municipality where theirs has become part of it since: what was begun goes on."""
    if who.municipality == draft.municipality or draft.municipality not in await one_with(work, who.municipality):
        return who
    return replace(who, municipality=draft.municipality)


async def _programme(work: UnitOfWork, slug: str) -> Programme:
    programme = await programme_in_force(work, slug, office_date(work.now))
    if programme is None:
        raise Refused("programme-not-offered")
    return programme


async def _check_round(work: UnitOfWork, programme: Programme, round_id: UUID | None) -> None:
    if programme.intake is IntakeMode.REGISTRATION:
        raise Refused("programme-without-applications", programme=programme.slug)
    if programme.intake is IntakeMode.ROUNDS and round_id is None:
        raise Refused("round-missing", programme=programme.slug)
    if round_id is None:
        return
    round_ = await round_by_id(work, round_id)
    if round_ is None:
        raise Refused("unknown-round")
    if round_.programme != programme.slug:
        raise Refused("round-of-another-programme", programme=programme.slug)


async def _check_rules(work: UnitOfWork, draft: Draft, programme: Programme, late_code: str | None) -> None:
    daycares = await daycares_within(work, draft.content.daycares, draft.municipality)
    await hold_daycares(work, draft.round_id, draft.content.daycares)
    verdicts = await verdicts_on(work, draft, programme, daycares, may_be_late=late_code is not None)
    if failed := tuple(verdict for verdict in verdicts if not verdict.passed):
        raise Refused("draft-against-rules", verdicts=failed)
