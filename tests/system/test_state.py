"""The state folder: secrets that stay, one run at a time, and a clean end."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from local.clean import wipe
from local.errors import AlreadyRuns, SetupError
from local.processes import Command, Process
from local.records import Record, end_leftover
from local.state import Secrets, State


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = Secrets(tmp_path / "private").get("session")
    assert len(bytes.fromhex(first)) == 24
    assert Secrets(tmp_path / "private").get("session") == first
    assert Secrets(tmp_path / "private").get("other") != first
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "private" / "session").stat().st_mode & 0o777 == 0o600


def test_a_secret_that_many_ask_for_first_is_the_same_for_all(tmp_path: Path) -> None:
    def ask(folder: Path) -> str:
        begin.wait()
        return Secrets(folder).get("session")

    begin = Barrier(8)
    with ThreadPoolExecutor(max_workers=8) as side_by_side:
        for folder in (tmp_path / str(attempt) / "private" for attempt in range(20)):
            asked = set(side_by_side.map(ask, [folder] * 8))
            assert asked == {Secrets(folder).get("session")}
            # Nothing is left of those that came later.
            assert [path.name for path in folder.iterdir()] == ["session"]


def test_the_folder_is_the_one_that_is_named(tmp_path: Path) -> None:
    assert State.usual({"PRAKSIS_STATE": str(tmp_path)}).folder == tmp_path
    assert State.usual({}).folder.name == "var"


def test_a_second_run_at_the_same_time_is_told_so(tmp_path: Path) -> None:
    with State(tmp_path / "var"), pytest.raises(SetupError, match=f"already runs .*process {os.getpid()}"):
        State(tmp_path / "var").hold()
    with State(tmp_path / "var"):
        pass


def test_of_many_first_runs_at_once_one_has_the_folder_and_the_others_are_told_so(tmp_path: Path) -> None:
    def run(folder: Path) -> State | str:
        state = State(folder)
        begin.wait()
        try:
            state.hold()
        except AlreadyRuns as told:
            return str(told)
        return state

    begin = Barrier(8)
    with ThreadPoolExecutor(max_workers=8) as side_by_side:
        for folder in (tmp_path / str(attempt) / "var" for attempt in range(20)):
            ends = list(side_by_side.map(run, [folder] * 8))
            (holder,) = (end for end in ends if isinstance(end, State))
            assert all(isinstance(end, State) or end.startswith("Praksis already runs") for end in ends)
            assert sorted(path.name for path in folder.iterdir()) == ["lock", "log", "run"]
            holder.release()


def test_nobody_else_can_take_the_folders_lock(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    folder.mkdir()
    (folder / "lock").touch(mode=0o644)  # as earlier versions left it
    with State(folder):
        assert (folder / "lock").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_the_folder_of_another_user_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    with pytest.raises(SetupError, match="belongs to another user"):
        State(folder).hold()


def test_what_an_earlier_run_left_is_ended(tmp_path: Path) -> None:
    left = subprocess.Popen(["sleep", "600"], start_new_session=True)
    Record.of(left.pid).write(tmp_path / "sleep.json")
    assert end_leftover(tmp_path / "sleep.json")
    assert left.wait(5) != 0
    assert not (tmp_path / "sleep.json").exists()


def test_a_number_that_now_belongs_to_another_process_is_not_ended(tmp_path: Path) -> None:
    innocent = subprocess.Popen(["sleep", "600"], start_new_session=True)
    try:
        own = Record.of(innocent.pid)
        Record(own.pid, "1", own.boot).write(tmp_path / "sleep.json")
        assert not end_leftover(tmp_path / "sleep.json")
        Record(own.pid, own.born, "another boot").write(tmp_path / "sleep.json")
        assert not end_leftover(tmp_path / "sleep.json")
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def test_wiping_ends_leftovers_and_keeps_the_secrets_of_the_compose_file(tmp_path: Path) -> None:
    state = State(tmp_path / "var")
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    with state:
        Record.of(left.pid).write(state.records / "intake-web.json")
        state.secrets.get("session")
        (state.folder / "secrets").mkdir()
        wipe(state)
    assert left.wait(5) != 0
    assert sorted(path.name for path in state.folder.iterdir()) == ["lock", "secrets"]


def test_what_a_process_writes_is_for_nobody_else_whatever_its_starters_umask(tmp_path: Path) -> None:
    command = Command(
        name="a writer",
        arguments=["sh", "-c", "mkdir folder && echo personal >folder/file; exec sleep 600"],
        environment={"PATH": os.environ["PATH"]},
        folder=tmp_path,
        log=tmp_path / "log",
        record=tmp_path / "record.json",
    )
    process = Process(command)
    before = os.umask(0)
    try:
        process.start()
        process.wait_until((tmp_path / "folder/file").exists, 10)
    finally:
        os.umask(before)
        process.stop()
    written = ("folder", "folder/file", "log")
    assert {path: (tmp_path / path).stat().st_mode & 0o777 for path in written} == {
        "folder": 0o700,
        "folder/file": 0o600,
        "log": 0o600,
    }
