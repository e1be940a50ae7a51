"""Opening a round."""

from datetime import datetime

from intake.programmes.model import Programme
from intake.rounds.model import Round
from shared.contracts.intake import IntakeMode, RoundClosed, RoundOpened
from shared.decision import Decision, Timer
from shared.errors import Refused


def open_round(round_: Round, programme: Programme, now: datetime) -> Decision[Round]:
    """Announce a round, which closes by itself. Raises `Refused` when it could never take an application."""
    if programme.intake is not IntakeMode.ROUNDS:
        raise Refused("programme-without-rounds", programme=programme.slug)
    if round_.deadline < round_.opens_on:
        raise Refused("round-closes-before-it-opens", opens_on=round_.opens_on, deadline=round_.deadline)
    if round_.closes_at <= now:
        raise Refused("round-already-over", deadline=round_.deadline)
    opened = RoundOpened(
        round_id=round_.id, programme=round_.programme, opens_at=round_.opens_at, closes_at=round_.closes_at
    )
    return Decision(round_, (opened,), (closing(round_),))


def closing(round_: Round) -> Timer:
    """The end of a round, due at the first moment that is too late; another deadline would replace it."""
    closed = RoundClosed(round_id=round_.id, programme=round_.programme)
    return Timer(f"{closed.subject}/closing", round_.closes_at, closed)
