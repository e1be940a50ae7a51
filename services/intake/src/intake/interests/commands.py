"""What people do about interest lists, the same from a page and through the API."""

from uuid_utils.compat import uuid7

from intake.confirmations import commands as confirmations
from intake.confirmations.model import ConfirmationKind, Pending
from intake.confirmations.queries import count_pending
from intake.interests import decisions, queries, store
from intake.interests.inputs import InterestIn
from intake.interests.messages import please_confirm, put_on_list
from intake.interests.model import Interest, WantedGathering
from intake.programmes.model import Programme
from intake.programmes.queries import programme_offered
from shared.errors import require_found
from shared.identity import Language
from shared.mail.outbox import post
from shared.mailbox import mailbox_of
from shared.office import office_date
from shared.strangers import Stranger
from shared.tokens import new_token
from shared.work import UnitOfWork

MOST_LINKS = 3
"""How often one place on a list is answered by an e-mail when its form is sent again."""


async def put_down(work: UnitOfWork, said: InterestIn, language: Language, stranger: Stranger | None) -> None:
    """Put somebody on the list of a programme, once: at once where the office does, else when it has been confirmed.

    Raises `unknown-programme`, `programme-not-offered`, what the decision refuses, and what `Stranger.count` raises.
    """
    if stranger is None:
        await _put_on_list(work, said, language)
        return
    programme, interest = await _meant(work, said, language)
    await store.hold_list(work, programme.slug)
    others = await store.load_list(work, programme.slug)
    decisions.put_on_list(interest, programme, others, work.now)
    await stranger.count(work)
    if await _answer_again(work, interest, programme, others) is None:
        await _let_wait(work, said, interest, programme, stranger)


async def confirm(work: UnitOfWork, token: str) -> Interest:
    """Put whoever has this link on the list, now that their address is proven; to do it twice changes nothing.

    Raises `unknown-interest`, or what `put_down` raises.
    """
    pending = await confirmations.take_up(work, ConfirmationKind.INTEREST, token)
    if pending is not None:
        return await _put_on_list(work, InterestIn.model_validate(pending.said), pending.language, token)
    return require_found(await queries.interest_by_token(work, token), "interest")


async def withdraw(work: UnitOfWork, token: str) -> str:
    """Forget at once who waits to be confirmed; for which programme. Raises `unknown-interest`."""
    pending = require_found(await confirmations.take_up(work, ConfirmationKind.INTEREST, token), "interest")
    return pending.about


async def leave(work: UnitOfWork, token: str) -> Interest:
    """Take whoever has this link off the list; to do it twice changes nothing. Raises `unknown-interest`."""
    found = require_found(await queries.interest_by_token(work, token), "interest")
    await store.save_leaving(work, found.id, work.now)
    return found


async def _meant(work: UnitOfWork, said: InterestIn, language: Language) -> tuple[Programme, Interest]:
    programme = await programme_offered(work, said.programme, office_date(work.now))
    wanted = WantedGathering(programme.slug, said.form, said.topic)
    interest = Interest(uuid7(), wanted, said.name, said.email, language, work.now, said.audience, said.municipality)
    return programme, interest


async def _put_on_list(work: UnitOfWork, said: InterestIn, language: Language, token: str | None = None) -> Interest:
    programme, interest = await _meant(work, said, language)
    await store.hold_list(work, programme.slug)
    others = await store.load_list(work, programme.slug)
    decision = decisions.put_on_list(interest, programme, others, work.now)
    if (known := await _answer_again(work, interest, programme, others, token)) is not None:
        return known
    await store.add_interest(work, work.record(decision))
    await _write(work, interest, programme, token)
    return interest


async def _answer_again(
    work: UnitOfWork, interest: Interest, programme: Programme, others: list[Interest], token: str | None = None
) -> Interest | None:
    """Write to whoever is on the list already, some times at most; who that is."""
    known = next((each for each in others if each.is_same_as(interest)), None)
    if known is None:
        return None
    if await queries.links_of(work, known.id) < MOST_LINKS:
        await _write(work, known, programme, token)
    elif token is not None:
        store.add_link(work, known.id, token, work.now)
    return known


async def _let_wait(
    work: UnitOfWork, said: InterestIn, interest: Interest, programme: Programme, stranger: Stranger
) -> None:
    mailbox = mailbox_of(interest.email)
    waiting = await count_pending(work, ConfirmationKind.INTEREST, programme.slug, mailbox)
    if waiting >= MOST_LINKS or not await stranger.may_write_to(work, interest.email):
        return
    asked = said.model_dump(mode="json", include=set(InterestIn.model_fields))
    pending = Pending(ConfirmationKind.INTEREST, programme.slug, mailbox, interest.language, asked, work.now)
    await post(work, please_confirm(interest, programme, await confirmations.let_wait(work, pending)))


async def _write(work: UnitOfWork, interest: Interest, programme: Programme, token: str | None = None) -> None:
    token = token or new_token()
    store.add_link(work, interest.id, token, work.now)
    await post(work, put_on_list(interest, programme, token))
