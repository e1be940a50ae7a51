"""`python -m <service>.retention`: deletes what is older than its limit, once, and prints what it did."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import IntEnum
from types import MappingProxyType
from typing import TypeVar

from asyncpg import PostgresError
from sqlalchemy.exc import SQLAlchemyError

from shared.database import Database
from shared.retention.parts import LogInUse, Unsent
from shared.retention.retention import Outcome, Retention
from shared.settings import RetentionSettings, ServiceSettings
from shared.starting import WRONG, settings_of_retention
from shared.tables import KernelTables

Web = TypeVar("Web", bound=ServiceSettings)
Own = Callable[[Database, Web, bool], Awaitable[int]]
"""Deletes old records of a kind that only one service has, or counts them on a dry run; returns how many."""


class Exit(IntEnum):
    """The exit status of the command."""

    DONE = 0
    FAILED = 1
    """The database could not be used, or the log was in use; the next run does the rest."""
    WRONG = WRONG
    """The arguments or the settings cannot be used; nothing was changed."""
    LEFT = 3
    """All is done, except for parts of the log that are old enough to be dropped and hold unsent events."""


def main(
    service: str,
    tables: KernelTables,
    settings: type[Web],
    arguments: Sequence[str] | None = None,
    *,
    own: Mapping[str, Own[Web]] = MappingProxyType({}),
) -> None:
    """Run the command and end the process with an `Exit`.

    `own` deletes the records that only this service has, in this order; the keys name them in the output.
    """
    wishes = _parser(service).parse_args(arguments)
    process, keep, read = settings_of_retention(settings)
    url = read.database_url.get_secret_value()
    database = Database(url, service=service, tables=tables, clock=process.clock(), patient=True)
    try:
        outcome, others = asyncio.run(_carry_out(database, keep, read, own, dry_run=wishes.dry_run))
    except (LogInUse, OSError, PostgresError, SQLAlchemyError) as error:
        sys.stderr.write(f"{service}: {str(error).splitlines()[0] if str(error) else type(error).__name__}\n")
        sys.exit(Exit.FAILED)
    said = _as_json if wishes.json else _as_text
    sys.stdout.write(said(service, outcome, others, dry_run=wishes.dry_run))
    sys.exit(Exit.LEFT if outcome.left else Exit.DONE)


def _parser(service: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {service}.retention",
        description="Deletes what is older than its limit (PRAKSIS_KEEP_…), and makes the coming parts of the log.",
        epilog="Leaves with 0 when all is done, 1 when it could not be done, 2 for wrong arguments or settings, and 3"
        " when an old part of the log was left, since events in it have not been sent.",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--json", action="store_true", help="say it as JSON")
    return parser


async def _carry_out(
    database: Database, keep: RetentionSettings, settings: Web, own: Mapping[str, Own[Web]], *, dry_run: bool
) -> tuple[Outcome, Mapping[str, int]]:
    retention = Retention(database=database)
    try:
        outcome = await (retention.foresee(keep) if dry_run else retention.carry_out(keep))
        return outcome, {name: await delete(database, settings, dry_run) for name, delete in own.items()}
    finally:
        await database.close()


def _as_json(service: str, outcome: Outcome, others: Mapping[str, int], *, dry_run: bool) -> str:
    document = {
        "service": service,
        "dry_run": dry_run,
        "made": [{"part": month.part, "events": events} for month, events in outcome.made.items()],
        "dropped": [month.part for month in outcome.dropped],
        "left": [
            {"part": month.part, "waiting": unsent.waiting, "parked": unsent.parked}
            for month, unsent in outcome.left.items()
        ],
        "received": outcome.received,
        "answers": outcome.answers,
        "mails": outcome.mails,
        **{name.replace(" ", "_"): count for name, count in others.items()},
    }
    return json.dumps(document, indent=2) + "\n"


def _as_text(service: str, outcome: Outcome, others: Mapping[str, int], *, dry_run: bool) -> str:
    """The outcome as text: one line for each thing that was done, in the order in which it was done."""
    lines = [
        f"{outcome.received} records of received events deleted",
        f"{outcome.answers} answers to requests deleted",
        f"{outcome.mails} sent e-mails deleted",
        *(f"{count} {name} deleted" for name, count in others.items()),
        *(f"part {month.part} made, {events} events moved" for month, events in outcome.made.items()),
        *(f"part {month.part} dropped" for month in outcome.dropped),
        *(f"part {month.part} LEFT: {_why(unsent)}" for month, unsent in outcome.left.items()),
    ]
    head = f"{service}, dry run, nothing is changed:" if dry_run else f"{service}:"
    return "".join(f"{line}\n" for line in (head, *(f"  {line}" for line in lines)))


def _why(unsent: Unsent) -> str:
    reasons = []
    if unsent.waiting:
        reasons.append(f"{unsent.waiting} of its events have not been sent")
    if unsent.parked:
        reasons.append(f"{unsent.parked} of them stand under failed events")
    return ", ".join(reasons)
