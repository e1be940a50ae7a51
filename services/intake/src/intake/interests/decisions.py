"""Who is put on an interest list."""

from collections.abc import Sequence
from datetime import datetime

from intake.interests.model import Interest
from intake.programmes.model import Programme
from intake.programmes.offer import Admission, Part
from intake.programmes.texts import AUDIENCE
from shared.contracts.intake.interests import InterestRegistered
from shared.contracts.vocabulary import IntakeMode
from shared.decision import Decision
from shared.errors import Refused
from shared.office import office_date

LONGEST_LIST = 2_000
"""People who wait for a gathering of one programme."""


def put_on_list(
    interest: Interest, programme: Programme, others: Sequence[Interest], now: datetime
) -> Decision[Interest]:
    """Remember that somebody wants to be told of the next gathering of a programme.

    Raises `Refused` where people do not register, for a form or a topic that there is not, and for whoever the
    programme is not for.
    """
    if programme.intake is not IntakeMode.REGISTRATION:
        raise Refused("programme-takes-applications", programme=programme.slug)
    _check_part("form", programme.offer.forms, interest.wanted.form)
    _check_part("topic", programme.offer.topics, interest.wanted.topic)
    if programme.offer.admits is Admission.AUDIENCE and interest.audience not in programme.offer.audiences:
        raise Refused("not-for-you", audiences=[AUDIENCE[each] for each in programme.offer.audiences])
    if len(others) >= LONGEST_LIST:
        raise Refused("waiting-list-full")
    event = InterestRegistered(
        interest_id=interest.id,
        programme=programme.slug,
        form=interest.wanted.form,
        topic=interest.wanted.topic,
        on=office_date(now),
    )
    return Decision(interest, (event,))


def _check_part(kind: str, parts: tuple[Part, ...], name: str | None) -> None:
    if name is not None and name not in {part.name for part in parts}:
        raise Refused("part-not-offered", kind=kind, name=name)
