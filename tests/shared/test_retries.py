"""What waits behind an event that failed goes on in order once that has had its effect, however much it is."""

import asyncio
from uuid import uuid4

import pytest
from kernel_cases import MOMENT, opened
from sqlalchemy import text

from shared.contracts.intake.rounds import RoundOpened
from shared.database import Database
from shared.events.envelope import Envelope, encode
from shared.events.failures import GivenUp, park, wait_behind
from shared.events.handlers import Handlers
from shared.events.retries import IN_A_ROW, SUBJECTS, Retries
from shared.work import UnitOfWork


class Killed(BaseException):
    """Ends what runs, as the end of the process would: nothing in it gets to do anything about it."""


class Failed:
    """A service with events that have failed; what they were called is the effect that a try of them has."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.handlers = Handlers()
        self.effects: list[str] = []
        self.deadly: set[str] = set()
        self.handlers(RoundOpened)(self._note)
        self.retries = Retries(database=database, handlers=self.handlers)

    async def _note(self, event: RoundOpened, work: UnitOfWork) -> None:
        if event.programme in self.deadly:
            raise Killed
        await asyncio.sleep(0)
        self.effects.append(event.programme)

    async def keep(self, subject: str, count: int) -> None:
        """Let the first of so many events of a subject fail, and the others wait behind it."""
        first, *others = [_event(subject, sequence) for sequence in range(1, count + 1)]
        async with self.database.work() as work:
            await park(work, work.tables, encode(first), RuntimeError(), 3)
            if others:
                await wait_behind(work, work.tables, others)
            await work.commit()

    async def let_the_time_come(self) -> None:
        async with self.database.work() as work:
            await work.session.execute(text("update intake.parked set retry_at = now() where state = 'retrying'"))
            await work.commit()

    async def try_all(self) -> None:
        while await self.retries.retry_next():
            pass

    async def left(self) -> list[tuple[object, ...]]:
        rows = text("select subject, sequence, state, attempts from intake.parked order by subject, sequence")
        async with self.database.work() as work:
            return [tuple(row) for row in await work.session.execute(rows)]

    async def rows_read(self) -> int:
        """How many rows of what is parked have been read; what a connection has read is known once it is closed."""
        await self.database.close()
        read = text(
            "select seq_tup_read + idx_tup_fetch from pg_stat_user_tables"
            " where schemaname = 'intake' and relname = 'parked'"
        )
        async with self.database.work() as work:
            return int(await work.session.scalar(read) or 0)


def _event(subject: str, sequence: int) -> Envelope:
    return Envelope(
        id=str(uuid4()),
        source="intake",
        type=RoundOpened.type_name(),
        subject=subject,
        sequence=sequence,
        time=MOMENT,
        correlation_id=uuid4(),
        causation_id=None,
        traceparent=None,
        data=opened(1, f"{subject} {sequence}").model_dump(mode="json"),
    )


def called(subject: str, *numbers: int) -> list[str]:
    return [f"{subject} {number}" for number in numbers]


@pytest.fixture
async def failed(database: Database) -> Failed:
    return Failed(database)


async def test_what_waits_follows_in_order(failed: Failed) -> None:
    await failed.keep("a", 5)
    await failed.let_the_time_come()
    await failed.try_all()
    assert (failed.effects, await failed.left()) == (called("a", 1, 2, 3, 4, 5), [])


async def test_a_try_of_what_follows_is_counted_before_it_begins(failed: Failed) -> None:
    await failed.keep("a", 4)
    await failed.let_the_time_come()
    failed.deadly = {"a 3"}
    with pytest.raises(Killed):
        await failed.try_all()
    assert failed.effects == called("a", 1, 2)
    assert await failed.left() == [("a", 3, "retrying", 1), ("a", 4, "waiting", 0)]
    after = Failed(failed.database)
    await after.try_all()
    assert after.effects == []
    await after.let_the_time_come()
    await after.try_all()
    assert (after.effects, await after.left()) == (called("a", 3, 4), [])


async def test_what_the_broker_gives_up_on_behind_another_waits_for_that(failed: Failed) -> None:
    """Were it to be tried again on a schedule, that would say so for as long as an operator leaves the other parked."""
    await failed.keep("a", 1)
    async with failed.database.work() as work:
        await park(work, work.tables, encode(_event("a", 3)), GivenUp(), 3)
        await park(work, work.tables, encode(_event("b", 1)), GivenUp(), 3)
        await wait_behind(work, work.tables, [_event("a", 2)])
        await work.commit()
    left = [("a", 1, "retrying", 3), ("a", 2, "waiting", 0), ("a", 3, "waiting", 3), ("b", 1, "retrying", 3)]
    assert await failed.left() == left
    await failed.let_the_time_come()
    await failed.try_all()
    assert (sorted(failed.effects), await failed.left()) == ([*called("a", 1, 2, 3), *called("b", 1)], [])


async def test_two_with_one_number_do_not_wait_for_each_other(failed: Failed) -> None:
    """Another system may count wrongly. What comes after both waits for both."""
    await failed.keep("a", 1)
    async with failed.database.work() as work:
        await wait_behind(work, work.tables, [_event("a", 1), _event("a", 2)])
        await work.commit()
    await failed.try_all()
    assert failed.effects == called("a", 1)
    assert await failed.left() == [("a", 1, "retrying", 3), ("a", 2, "waiting", 0)]
    await failed.let_the_time_come()
    await failed.try_all()
    assert (failed.effects, await failed.left()) == (called("a", 1, 1, 2), [])


async def test_many_of_one_subject_let_the_others_have_their_turn(failed: Failed) -> None:
    await failed.keep("a", IN_A_ROW + 3)
    await failed.keep("b", 2)
    await failed.let_the_time_come()
    await failed.try_all()
    assert sorted(failed.effects) == sorted([*called("a", *range(1, IN_A_ROW + 4)), *called("b", 1, 2)])
    for subject in "ab":
        numbers = [int(effect.split()[1]) for effect in failed.effects if effect.startswith(subject)]
        assert numbers == sorted(numbers)
    assert failed.effects[IN_A_ROW + 1 : IN_A_ROW + 3] == called("b", 1, 2)


async def test_several_workers_give_each_its_effect_once_and_in_order(failed: Failed) -> None:
    subjects = [f"s{number}" for number in range(5)]
    for subject in subjects:
        await failed.keep(subject, 20)
    await failed.let_the_time_come()
    others = [Retries(database=failed.database, handlers=failed.handlers) for _ in range(3)]

    async def work_off(retries: Retries) -> None:
        while await failed.left():
            await retries.retry_next()

    async with asyncio.timeout(60):
        await asyncio.gather(*(work_off(each) for each in others))
    for subject in subjects:
        assert [each for each in failed.effects if each.startswith(f"{subject} ")] == called(subject, *range(1, 21))
    assert len(failed.effects) == 100


@pytest.mark.parametrize("of_one_subject", [True, False])
async def test_how_much_waits_does_not_change_what_a_try_costs(failed: Failed, of_one_subject: bool) -> None:
    """Where each try reads all that waits, four times as much takes sixteen times as long."""

    async def cost_of(count: int) -> int:
        if of_one_subject:
            await failed.keep(f"{count}", count)
        else:
            for number in range(count):
                await failed.keep(f"{count} {number}", 1)
        await failed.let_the_time_come()
        before = await failed.rows_read()
        await failed.try_all()
        assert await failed.left() == []
        return await failed.rows_read() - before

    few, many = await cost_of(SUBJECTS // 2), await cost_of(SUBJECTS * 2)
    assert many < 6 * few
