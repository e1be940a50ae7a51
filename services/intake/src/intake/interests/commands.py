"""What people do about interest lists, the same from a page and through the API."""

from uuid_utils.compat import uuid7

from intake.interests import decisions, queries, store
from intake.interests.inputs import InterestIn
from intake.interests.messages import put_on_list
from intake.interests.model import Interest, Wish
from intake.programmes.model import Programme
from intake.programmes.queries import programme_exists, programme_in_force
from shared.errors import Problem
from shared.identity import Language
from shared.mail.outbox import post
from shared.office import office_date
from shared.tokens import new_token
from shared.work import UnitOfWork

MOST_LINKS = 3
"""How often one place on a list is answered by an e-mail when its form is sent again."""


async def put_down(work: UnitOfWork, said: InterestIn, language: Language) -> None:
    """Put somebody on the list of a programme, once.

    Raises `unknown-programme`, `programme-not-offered`, or what the decision refuses.
    """
    programme = await programme_in_force(work, said.programme, office_date(work.now))
    if programme is None:
        known = await programme_exists(work, said.programme)
        raise Problem("programme-not-offered" if known else "unknown-programme", 422)
    wish = Wish(programme.slug, said.form, said.topic)
    interest = Interest(uuid7(), wish, said.name, said.email, language, work.now, said.audience, said.municipality)
    await store.hold_list(work, programme.slug)
    others = await store.load_list(work, programme.slug)
    decision = decisions.put_on_list(interest, programme, others, work.now)
    known_already = next((each for each in others if each.is_same_as(interest)), None)
    if known_already is None:
        await store.add_interest(work, interest)
        work.record(decision)
        await _write(work, interest, programme)
    elif await queries.links_of(work, known_already.id) < MOST_LINKS:
        await _write(work, known_already, programme)


async def leave(work: UnitOfWork, token: str) -> Interest:
    """Take whoever has this link off the list; to do it twice changes nothing. Raises `unknown-interest`."""
    found = await queries.interest_by_token(work, token)
    if found is None:
        raise Problem("unknown-interest", 404)
    await store.save_leaving(work, found.id, work.now)
    return found


async def _write(work: UnitOfWork, interest: Interest, programme: Programme) -> None:
    token = new_token()
    store.add_link(work, interest.id, token, work.now)
    await post(work, put_on_list(interest, programme, token))
