"""The checker of all fault tests finds everything that can be wrong, and nothing where nothing is."""

from dataclasses import replace
from uuid import UUID

import pytest
from faults.records import ECHO, Entry, Expected, Fault, Logged, Outcomes, Run, findings
from faults.stage import Stage

A, B = "round/a", "round/b"


def _logged(number: int, subject: str, sequence: int, cause: int | None = None) -> Logged:
    name = f"w-{number}" if cause is None else f"w-{cause}{ECHO}"
    return Logged(UUID(int=number), subject, sequence, name, None if cause is None else UUID(int=cause))


LOG = (_logged(1, A, 1), _logged(2, B, 1), _logged(3, A, 2), _logged(5, A, 3), _logged(6, A, 4, cause=5))
NUMBERS = frozenset({"w-1", "w-2", "w-3", "w-5"})


def _ledger(*events: Logged) -> tuple[Entry, ...]:
    places: dict[str, int] = {}
    entries = []
    for event in events:
        places[event.subject] = places.get(event.subject, -1) + 1
        entries.append(Entry(event.subject, places[event.subject], event.id, event.number))
    return tuple(entries)


GOOD = Run(
    log=LOG,
    ledger=_ledger(*LOG),
    written=sorted(NUMBERS),
    received=frozenset(event.id for event in LOG),
    outcomes=Outcomes(committed=NUMBERS),
)


def faults(run: Run, expected: Expected | None = None) -> set[Fault]:
    return {finding.fault for finding in findings(run, expected or Expected())}


def test_nothing_is_wrong_with_a_good_run() -> None:
    assert findings(GOOD) == []


def test_subjects_need_no_order_among_each_other() -> None:
    first, second, *rest = LOG
    assert findings(replace(GOOD, ledger=_ledger(second, first, *rest))) == []


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_lost_event_is_found(gone: int) -> None:
    left = [event for event in LOG if event is not LOG[gone]]
    run = replace(GOOD, ledger=_ledger(*left), received=frozenset(event.id for event in left))
    assert faults(run) == {Fault.LOST}


def test_a_lost_event_that_was_noted_as_seen_is_found() -> None:
    assert faults(replace(GOOD, ledger=_ledger(*LOG[:-1]))) == {Fault.LOST, Fault.RECEIVED}


def test_a_doubled_event_is_found() -> None:
    assert faults(replace(GOOD, ledger=_ledger(LOG[0], LOG[0], *LOG[1:]))) == {Fault.DOUBLED}


def test_a_doubled_event_that_came_late_is_found() -> None:
    assert faults(replace(GOOD, ledger=_ledger(*LOG, LOG[0]))) == {Fault.DOUBLED, Fault.SWAPPED}


def test_two_swapped_events_of_a_subject_are_found() -> None:
    one, two, three, *rest = LOG
    assert faults(replace(GOOD, ledger=_ledger(three, two, one, *rest))) == {Fault.SWAPPED}


def test_an_effect_that_has_not_seen_the_one_before_it_is_found() -> None:
    entries = [replace(entry, place=0) if entry.number == "w-3" else entry for entry in GOOD.ledger]
    assert faults(replace(GOOD, ledger=entries)) == {Fault.SWAPPED}


def test_an_effect_without_an_event_is_found() -> None:
    stray = Entry(B, 1, UUID(int=99), "w-99")
    run = replace(GOOD, ledger=[*GOOD.ledger, stray], received=GOOD.received | {stray.event_id})
    assert faults(run) == {Fault.STRAY}


def test_a_missing_answer_is_found() -> None:
    run = replace(GOOD, log=LOG[:-1], ledger=_ledger(*LOG[:-1]), received=GOOD.received - {LOG[-1].id})
    assert faults(run) == {Fault.ECHOES}


def test_a_second_answer_is_found() -> None:
    log = (*LOG, _logged(7, A, 5, cause=5))
    run = replace(GOOD, log=log, ledger=_ledger(*log), received=GOOD.received | {UUID(int=7)})
    assert faults(run) == {Fault.ECHOES}


def test_an_answer_to_what_needs_none_is_found() -> None:
    log = (*LOG, _logged(7, A, 5, cause=3))
    run = replace(GOOD, log=log, ledger=_ledger(*log), received=GOOD.received | {UUID(int=7)})
    assert faults(run) == {Fault.ECHOES}


@pytest.mark.parametrize(
    "outcomes",
    [
        Outcomes(committed=NUMBERS | {"w-9"}),  # a commit was confirmed, and is not there
        Outcomes(committed=NUMBERS - {"w-1"}, failed=frozenset({"w-1"})),  # what was taken back is there
    ],
)
def test_a_log_that_is_not_what_the_writer_was_told_is_found(outcomes: Outcomes) -> None:
    assert faults(replace(GOOD, outcomes=outcomes)) == {Fault.PROMISE}


def test_a_commit_that_nobody_heard_of_may_be_there_or_not() -> None:
    unknown = Outcomes(committed=NUMBERS - {"w-1"}, unknown=frozenset({"w-1", "w-9"}))
    assert findings(replace(GOOD, outcomes=unknown)) == []


def test_a_row_without_its_event_is_found() -> None:
    assert faults(replace(GOOD, written=[*GOOD.written, "w-8"])) == {Fault.PROMISE}


def test_what_is_left_behind_is_found() -> None:
    assert faults(replace(GOOD, unsent=1)) == {Fault.UNSENT}
    assert faults(replace(GOOD, waiting=1)) == {Fault.QUEUED}
    assert faults(replace(GOOD, nameless=1)) == {Fault.PARKED}


def test_a_parked_event_is_wrong_unless_it_is_expected_and_wrong_when_it_is_not_there() -> None:
    done = [event for event in LOG if event is not LOG[1]]
    run = replace(
        GOOD,
        ledger=_ledger(*done),
        received=frozenset(event.id for event in done),
        parked=frozenset({LOG[1].id}),
    )
    assert faults(run) == {Fault.PARKED}
    assert findings(run, Expected(parked=frozenset({"w-2"}))) == []
    assert faults(GOOD, Expected(parked=frozenset({"w-2"}))) == {Fault.PARKED}


async def test_damage_done_to_a_real_run_is_found(stage: Stage) -> None:
    stage.start_worker()
    await stage.writer(subjects=3).write(40)
    await stage.ledger.check()
    row = "(select * from intake.ledger where number = 'w1-000020')"
    damage = {
        Fault.PROMISE: "delete from intake.written where number = 'w1-000021'",
        Fault.RECEIVED: "delete from intake.received where identity = (select identity from intake.received limit 1)",
        Fault.DOUBLED: f"insert into intake.ledger overriding user value select * from {row}",
        Fault.SWAPPED: "update intake.ledger set place = place + 1 where number = 'w1-000022'",
        Fault.LOST: "delete from intake.ledger where number = 'w1-000020'",
    }
    for fault, statement in damage.items():
        await stage.ledger.execute(statement)
        assert fault in {finding.fault for finding in await stage.ledger.findings()}
        with pytest.raises(AssertionError, match=fault):
            await stage.ledger.check(seconds=0.1)
