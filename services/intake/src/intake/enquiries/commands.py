"""What is done to enquiries, the same from a page and through the API: load, decide, save."""

from uuid import UUID

from uuid_utils.compat import uuid7

from intake.enquiries import decisions, store
from intake.enquiries.messages import answered
from intake.enquiries.model import Answer, Enquiry, ReplyTo
from intake.enquiries.queries import open_in
from intake.municipalities.locks import refuse_merged
from shared.errors import Refused, require_seen
from shared.identity import Identity
from shared.mail.outbox import post
from shared.work import UnitOfWork


async def ask(work: UnitOfWork, who: Identity, question: str, email: str | None = None) -> Enquiry:
    """Keep a question of somebody who acts for a municipality, whose answer is also sent to `email`.

    Raises `other-municipality` for anybody else, or `Refused("municipality-merged")`.
    """
    if who.municipality is None:
        raise Refused("other-municipality")
    await refuse_merged(work, who.municipality)
    reply_to = None if email is None else ReplyTo(email, who.language)
    enquiry = Enquiry(uuid7(), who.subject, who.municipality, question, work.now, reply_to=reply_to)
    store.add_enquiry(work, enquiry)
    return enquiry


async def give_answer(work: UnitOfWork, id: UUID, version: int, who: Identity, text: str) -> Enquiry:
    """Answer what stood at `version`, also by e-mail where an address is known.

    Raises `unknown-enquiry`, `stale-version`, or what the decision refuses.
    """
    enquiry = require_seen(await store.lock_enquiry(work, id), "enquiry", version)
    answer = Answer(text, who.subject, work.now)
    decision = decisions.give_answer(enquiry, answer)
    if mail := answered(enquiry, answer):
        await post(work, mail)
    return await store.save_enquiry(work, work.record(decision))


async def move_enquiries(work: UnitOfWork, municipality: str, into: str) -> int:
    """Let the questions that wait for an answer be those of the municipality that theirs has become part of."""
    return await store.move_enquiries(work, open_in(municipality), into)
