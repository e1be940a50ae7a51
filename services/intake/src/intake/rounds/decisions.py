"""Opening a round."""

from dataclasses import replace
from datetime import datetime

from intake.programmes.model import Programme
from intake.rounds.model import Extension, Round
from shared.contracts.intake.rounds import DeadlineApproached, RoundClosed, RoundExtended, RoundOpened
from shared.contracts.vocabulary import IntakeMode
from shared.decision import Decision, Timer
from shared.errors import Refused
from shared.horizon import must_be_near


def open_round(round_: Round, programme: Programme, now: datetime) -> Decision[Round]:
    """Announce a round, which closes by itself. Raises `Refused` when it could never take an application."""
    if programme.intake is not IntakeMode.ROUNDS:
        raise Refused("programme-without-rounds", programme=programme.slug)
    if round_.deadline < round_.opens_on:
        raise Refused("round-closes-before-it-opens", opens_on=round_.opens_on, deadline=round_.deadline)
    if round_.closes_at <= now:
        raise Refused("round-already-over", deadline=round_.deadline)
    must_be_near("deadline", round_.deadline, now)
    opened = RoundOpened(
        round_id=round_.id, programme=round_.programme, opens_at=round_.opens_at, closes_at=round_.closes_at
    )
    return Decision(round_, (opened,), (approaching(round_), closing(round_)))


def extend_round(round_: Round, extension: Extension, now: datetime) -> Decision[Round]:
    """Give a round a later deadline, also one that has closed. Raises `Refused` when it is no later, or past already.

    Who was refused for lateness may apply again: a refusal is a fact, and stays.
    """
    if extension.deadline <= round_.deadline:
        raise Refused("round-not-later", deadline=round_.deadline)
    extended = replace(round_, deadline=extension.deadline, extensions=(*round_.extensions, extension))
    if extended.closes_at <= now:
        raise Refused("round-already-over", deadline=extension.deadline)
    must_be_near("deadline", extension.deadline, now)
    event = RoundExtended(round_id=round_.id, programme=round_.programme, closes_at=extended.closes_at)
    return Decision(extended, (event,), (approaching(extended), closing(extended)))


def approaching(round_: Round) -> Timer:
    """The last week of a round; another deadline would replace it."""
    approached = DeadlineApproached(round_id=round_.id, programme=round_.programme, closes_at=round_.closes_at)
    return Timer(f"{approached.subject}/approaching", round_.reminds_at, approached)


def closing(round_: Round) -> Timer:
    """The end of a round, due at the first moment that is too late; another deadline would replace it."""
    closed = RoundClosed(round_id=round_.id, programme=round_.programme)
    return Timer(f"{closed.subject}/closing", round_.closes_at, closed)
