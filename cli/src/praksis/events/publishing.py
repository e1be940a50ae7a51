"""Publishes events that somebody has written by hand, the way the relay does."""

from collections.abc import Iterator, Sequence

from praksis.broker import PREPARE, broker, in_words
from praksis.errors import CommandError
from praksis.output import Advance
from praksis.running import to_its_end
from praksis.settings import Settings
from shared.events.envelope import Envelope
from shared.events.sending import Outcome, Sending

BATCH = 100


class Publishing:
    """Sends events in batches, and remembers which of them the broker has confirmed, whatever happens."""

    def __init__(self, events: Sequence[Envelope]) -> None:
        self._events = events
        self.confirmed: list[Envelope] = []

    async def send(self, settings: Settings, advance: Advance) -> None:
        """Publish all of them, or up to the first batch in which one fails.

        An interruption waits for the batch that is on its way. Raises `CommandError` for what the broker would not
        take, and `Unreachable` when it is not there, or not there any more.
        """
        async with broker(settings) as connection:
            sending = await Sending.over(connection)
            for batch in _batches(self._events):
                await to_its_end(self._send(sending, batch))
                advance(len(self.confirmed), len(self._events))

    async def _send(self, sending: Sending, batch: Sequence[Envelope]) -> None:
        outcomes = await sending.send(batch)
        answered = list(zip(batch, outcomes, strict=True))
        self.confirmed += [event for event, outcome in answered if outcome is Outcome.CONFIRMED]
        for event, outcome in answered:
            if outcome is Outcome.UNROUTABLE:
                raise CommandError(f"No queue takes {event.routing_key} (event {event.id}). {PREPARE}")
        if sending.failure is not None:
            raise in_words(sending.failure)


def _batches(events: Sequence[Envelope]) -> Iterator[Sequence[Envelope]]:
    for begin in range(0, len(events), BATCH):
        yield events[begin : begin + BATCH]
