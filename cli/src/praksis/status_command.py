"""`praksis status`: is all well?

What asks the processes is imported when it runs, so that `--help` does not wait for it.
"""

from typing import TYPE_CHECKING

import typer

from praksis.errors import FAILED
from praksis.listing import NOTHING, Column, Listing
from praksis.output import AsJson, print_json, tell
from praksis.settings import Settings

if TYPE_CHECKING:
    from praksis.watching import Standing

_COLUMNS = (
    Column("service"),
    Column("web", label="web"),
    Column("worker", label="worker"),
    Column("relay", label="relay"),
    Column("unsent", label="unsent", right=True),
    Column("queued", label="queued", right=True),
    Column("retrying", label="retrying", right=True),
    Column("parked", label="parked", right=True),
    Column("waiting", label="waiting", right=True),
)


def status(as_json: AsJson = False) -> None:
    """Say of each service whether its processes are ready and how many events wait, where and how long.

    Ends with 1 when something is not well: a process that is not ready or does not answer, an event that waits for an
    operator, an event that the relay has not sent for a minute.
    """
    from praksis.watching import standings

    settings = Settings.read()
    found = standings(settings)
    well = not any(standing.troubles for standing in found)
    if as_json:
        print_json({"well": well, "services": [standing.as_json() for standing in found]})
    else:
        rows = [_row(standing) for standing in found]
        listing = Listing(_COLUMNS, rows)
        for row, standing in zip(rows, found, strict=True):
            listing.row(row, "yellow" if standing.troubles else "")
        tell("All is well." if well else "Not all is well:")
        for standing in found:
            for trouble in standing.troubles:
                tell(f"  {standing.service} {trouble}")
    if not well:
        raise typer.Exit(FAILED)


def _row(standing: "Standing") -> list[str]:
    numbers = standing.numbers
    counts = (numbers.queued, numbers.retrying, numbers.parked, numbers.waiting)
    unsent = _shown(numbers.unsent)
    if numbers.unsent and numbers.oldest_unsent_seconds is not None:
        unsent += f" ({numbers.oldest_unsent_seconds:.0f} s)"
    return [standing.service, standing.web, standing.worker, standing.relay or NOTHING, unsent, *map(_shown, counts)]


def _shown(count: int | None) -> str:
    return NOTHING if count is None else str(count)
