"""What people do to their registrations, the same from a page and through the API."""

from uuid import UUID

from uuid_utils.compat import uuid7

from intake.registrations import enrolling, queries
from intake.registrations.inputs import RegistrationIn
from intake.registrations.model import Attendee, Contact, Registration
from shared.errors import Problem
from shared.identity import Language
from shared.work import UnitOfWork


async def register(work: UnitOfWork, cohort_id: UUID, said: RegistrationIn, language: Language) -> Registration:
    """Register people for a gathering. Raises `Refused`, as `enrolling.enrol` does."""
    attendees = tuple(Attendee(uuid7(), each.name, each.audience, each.group, each.needs) for each in said.attendees)
    contact = Contact(said.name, said.email, language, said.workplace, said.municipality)
    return await enrolling.enrol(work, Registration(uuid7(), cohort_id, contact, attendees, work.now))


async def cancel(work: UnitOfWork, token: str) -> Registration:
    """Cancel the registration that a link leads to. Raises `unknown-registration`, or what the decision refuses."""
    found = await queries.registration_by_token(work, token)
    if found is None:
        raise Problem("unknown-registration", 404)
    return await enrolling.give_up(work, found)
