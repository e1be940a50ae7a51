"""Where in the log of all events to begin: at the first, at what is new, at a time or at an offset."""

from dataclasses import dataclass
from datetime import UTC, datetime

from praksis.errors import WrongUsage
from shared.clock import Clock, SystemClock

FIRST = "first"
NEW = "new"
LARGEST_OFFSET = 10**18


@dataclass(frozen=True, slots=True)
class Start:
    """A place to begin: `first`, `new`, an offset, or a time, which is compared with what each event itself tells."""

    place: str | int | datetime

    @property
    def stream_offset(self) -> str | int:
        """Where the broker is to enter the stream. Its own clock may be another, so a time is looked for from the
        first."""
        match self.place:
            case datetime():
                return FIRST
            case "new":
                return "next"
            case place:
                return place

    def leaves_out(self, time: datetime) -> bool:
        """Whether an event of this time happened before the time at which to begin."""
        return isinstance(self.place, datetime) and time < self.place


def behind_the_end(place: int, end: int | None) -> WrongUsage:
    """That nothing stands at this offset, nor will next; `end` is that of the last event, if there is any."""
    where = "is empty" if end is None else f"ends at offset {end}"
    return WrongUsage(f"--from {place} lies behind the end: the log {where}.")


def start_of(text: str, clock: Clock) -> Start:
    """What somebody typed as the start. A time without a zone is UTC.

    Raises `WrongUsage` for a time that has not come, and for what is neither a word, a time nor an offset.
    """
    if text in (FIRST, NEW):
        return Start(text)
    if text.isascii() and text.isdigit():
        return Start(min(int(text.lstrip("0")[:20] or "0"), LARGEST_OFFSET))
    return Start(_past(text, clock))


def _past(text: str, clock: Clock) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUsage(
            f"--from {text} is neither `first`, `new`, an offset such as 120, nor a time such as 2030-03-26T09:00Z."
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    now = clock.now()
    if moment > now:
        hint = " A simulated clock is named by PRAKSIS_CLOCK_FILE." if isinstance(clock, SystemClock) else ""
        raise WrongUsage(f"--from {text} lies in the future: it is {now.astimezone(UTC):%Y-%m-%d %H:%M}Z.{hint}")
    return moment
