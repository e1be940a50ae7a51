"""A writer of numbered events that keeps count of what it was told of its commits."""

import asyncio
import random
from collections.abc import Callable
from typing import TextIO

from faults.records import Outcomes
from faults.service import numbered
from sqlalchemy import text

from shared.database import Database

MOST_AT_ONCE = 4
_WRITE = text("insert into intake.written (number) values (:number)")


class Writer:
    """Commits one unit of work after the other, each with a row and an event per number.

    Now and then it changes its mind and commits nothing, so that what has been taken back is looked for too.
    """

    def __init__(self, database: Database, subjects: int, name: str = "w", note: TextIO | None = None) -> None:
        self._database = database
        self._subjects = subjects
        self._name = name
        self._notes = note
        self._random = random.Random(name)
        self._next = 1
        self._told: dict[str, set[str]] = {"committed": set(), "failed": set(), "unknown": set()}
        self.pause = 0.004
        """Seconds between commits."""

    @property
    def outcomes(self) -> Outcomes:
        """What it knows so far; whatever is under way counts as nothing."""
        return Outcomes(*(frozenset(self._told[how]) for how in ("committed", "failed", "unknown")))

    @property
    def committed(self) -> int:
        """How many events are surely in the log."""
        return len(self._told["committed"])

    async def write(self, count: int) -> None:
        """Write until so many more events are surely in the log."""
        goal = self.committed + count
        await self.write_until(lambda: self.committed >= goal)

    async def write_until(self, enough: Callable[[], bool]) -> None:
        """Write until it is enough."""
        while not enough():
            await self._write_some()
            await asyncio.sleep(self.pause)

    async def _write_some(self) -> None:
        numbers = [self._number() for _ in range(self._random.randint(1, MOST_AT_ONCE))]
        self._tell("begun", numbers)
        told = "failed"
        try:
            async with self._database.work() as work:
                await work.session.execute(_WRITE, [{"number": number} for number in numbers])
                work.publish(*(numbered(self._random.randrange(self._subjects), number) for number in numbers))
                if self._random.random() > 0.05:
                    told = "unknown"
                    await work.commit()
                    told = "committed"
        except Exception:  # any error counts: the tests cut connections wherever they are
            await asyncio.sleep(0.1)
        self._tell(told, numbers)

    def _number(self) -> str:
        self._next += 1
        return f"{self._name}-{self._next - 1:06}"

    def _tell(self, how: str, numbers: list[str]) -> None:
        if how in self._told:
            self._told[how].update(numbers)
        if self._notes is not None:
            print(how, *numbers, file=self._notes, flush=True)


def read_notes(lines: list[str]) -> Outcomes:
    """What a writer in another process knew; what it had begun when it ended is unknown."""
    told: dict[str, set[str]] = {"begun": set(), "committed": set(), "failed": set(), "unknown": set()}
    for line in lines:
        how, *numbers = line.split()
        told[how].update(numbers)
    open_ended = told["begun"] - told["committed"] - told["failed"]
    return Outcomes(frozenset(told["committed"]), frozenset(told["failed"]), frozenset(open_ended))
