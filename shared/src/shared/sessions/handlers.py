"""The handler with which every service reacts when sessions were ended in any of them."""

from shared.events.handlers import Handlers
from shared.sessions.ending import EVENTS, SessionsEnded, remember_end
from shared.work import UnitOfWork

on = Handlers()


async def forget_sessions(event: SessionsEnded, work: UnitOfWork) -> None:
    """Take the tokens of these sessions no longer."""
    await remember_end(work, event.ended_id, event.issued_until)


for _event in EVENTS.values():
    on(_event)(forget_sessions)
