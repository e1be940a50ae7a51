"""The first run on a machine: what several starters need of it is done once, whoever else starts at the same moment."""

import grp
import os
import pwd
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent
from uuid import uuid4

import pytest

from local.account import Account
from local.passage import let_read, let_through

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the machine")
STARTERS = 12


@pytest.fixture
def name() -> Iterator[str]:
    """The name of an account that the machine does not have; afterwards it has none of that name again."""
    name = f"praksis-{uuid4().hex[:12]}"
    yield name
    for remove in ("userdel", "groupdel"):
        subprocess.run([remove, name], capture_output=True, check=False)


def _begin(code: str, *arguments: str) -> "subprocess.Popen[str]":
    """A process that runs this code with these arguments."""
    begun = [sys.executable, "-c", dedent(code), *arguments]
    return subprocess.Popen(begun, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _said(process: "subprocess.Popen[str]") -> str:
    """What it printed; it must have gone well."""
    said, complaint = process.communicate(timeout=120)
    assert process.returncode == 0, complaint
    return said.strip()


def _all_at_once(code: str, *arguments: str) -> list[str]:
    """What each of many processes printed that ran this code at the same moment; its last argument is that moment."""
    moment = time.time() + 2
    wait = f"import sys, time\ntime.sleep(max(0, {moment!r} - time.time()))\n"
    return [_said(process) for process in [_begin(wait + dedent(code), *arguments) for _ in range(STARTERS)]]


ASK = """
    import sys
    from local.account import system_account
    account = system_account(sys.argv[1])
    print(account.uid, account.gid)
"""


@root_only
def test_an_account_that_many_ask_for_at_once_is_added_once(name: str) -> None:
    numbers = set(_all_at_once(ASK, name))
    entry = pwd.getpwnam(name)
    assert numbers == {f"{entry.pw_uid} {entry.pw_gid}"}
    assert grp.getgrgid(entry.pw_gid).gr_name == name
    assert (entry.pw_shell, entry.pw_dir) == ("/usr/sbin/nologin", "/nonexistent")
    assert entry.pw_uid < 1000


@root_only
def test_an_account_takes_the_group_that_has_its_name_already(name: str) -> None:
    subprocess.run(["groupadd", "--system", name], check=True)
    _said(_begin(ASK, name))
    assert pwd.getpwnam(name).pw_gid == grp.getgrnam(name).gr_gid


@root_only
def test_while_another_program_changes_the_accounts_it_is_waited_for(name: str) -> None:
    lock = Path("/etc/passwd.lock")
    # As useradd itself takes the lock: with the number of the process that has it.
    lock.write_text(f"{os.getpid()}\0")
    try:
        asking = _begin(ASK, name)
        with pytest.raises(subprocess.TimeoutExpired):
            asking.wait(3)
    finally:
        lock.unlink()
    assert _said(asking) == f"{pwd.getpwnam(name).pw_uid} {pwd.getpwnam(name).pw_gid}"


@root_only
def test_one_process_at_a_time_changes_the_machine(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")
    _all_at_once(
        """
        import sys, time
        from pathlib import Path
        from local.machine import changing_the_machine
        with changing_the_machine():
            count = int(Path(sys.argv[1]).read_text())
            time.sleep(0.05)
            Path(sys.argv[1]).write_text(str(count + 1))
        """,
        str(counter),
    )
    assert counter.read_text() == str(STARTERS)


@root_only
def test_the_machines_lock_goes_with_a_holder_that_is_killed() -> None:
    hold = """
        import time
        from local.machine import changing_the_machine
        with changing_the_machine():
            print("mine", flush=True)
            time.sleep({})
    """
    holder, waiting = _begin(hold.format(600)), None
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "mine\n"
        waiting = _begin(hold.format(0))
        assert waiting.stderr is not None
        assert "waiting for another Praksis" in waiting.stderr.readline()
        assert waiting.poll() is None
        holder.send_signal(signal.SIGKILL)
        assert waiting.communicate(timeout=10)[0] == "mine\n"
    finally:
        for process in filter(None, (holder, waiting)):
            process.kill()
            process.communicate()


@root_only
def test_nobody_but_root_can_hold_the_machines_lock_or_put_another_file_in_its_place() -> None:
    _said(_begin("from local.machine import changing_the_machine\nwith changing_the_machine(): pass"))
    file = Path("/run/praksis.lock")
    assert file.lstat().st_mode == 0o100600
    assert file.lstat().st_uid == 0
    assert file.parent.stat().st_uid == 0
    assert not file.parent.stat().st_mode & 0o022


@root_only
def test_folders_that_many_open_at_once_are_open_and_nothing_more() -> None:
    with TemporaryDirectory(dir="/var/tmp") as above:
        folder = Path(above) / "a" / "b"
        folder.mkdir(parents=True)
        for step in (folder, folder.parent, folder.parent.parent):
            step.chmod(0o700)
        said = _all_at_once(
            """
            import sys
            from pathlib import Path
            from local.account import Account
            from local.passage import let_through
            print(len(let_through(Account(65534, 65534), Path(sys.argv[1]))))
            """,
            str(folder),
        )
        # One has opened all three, and the others found nothing left to do.
        assert sorted(said) == [*["0"] * (STARTERS - 1), "3"]
        assert [step.stat().st_mode & 0o777 for step in (folder, *folder.parents[:2])] == [0o701] * 3


def test_for_an_ordinary_user_nothing_is_opened(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert let_through(None, tmp_path) == []
    let_read(None, tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o700


@root_only
def test_software_is_opened_for_reading_and_what_is_no_program_stays_none(tmp_path: Path) -> None:
    program, text = tmp_path / "program", tmp_path / "text"
    for file, mode in ((program, 0o700), (text, 0o600)):
        file.touch()
        file.chmod(mode)
    (tmp_path / "link").symlink_to("nowhere")
    let_read(Account(65534, 65534), tmp_path)
    assert [path.stat().st_mode & 0o777 for path in (program, text)] == [0o705, 0o604]


FIRST_START = """
    import sys
    from pathlib import Path
    import local.account
    from local.servers import MachineServers
    from local.state import State
    local.account.NAME = sys.argv[2]
    with State(Path(sys.argv[1])) as state:
        servers = MachineServers(state, environment={}, progress=lambda part, what: print(f"{part}: {what}"))
        try:
            servers.start()
            print(servers.postgres.admin_url("praksis"), servers.amqp_url)
        finally:
            servers.stop()
"""
# A machine on which nobody has written down what "localhost" is; in a view of its own, which ends with the process.
WITHOUT_NAMES = ["unshare", "--mount", "--", "sh", "-c", 'mount --bind /dev/null /etc/hosts && exec "$@"', "sh"]


@root_only
@pytest.mark.timeout(180)
def test_a_first_start_succeeds_where_there_is_no_account_and_no_table_of_names(
    servers_folder: Path, name: str
) -> None:
    # Both servers, by the very code of a run: that they start side by side is what has to be tried.
    view = WITHOUT_NAMES if subprocess.run([*WITHOUT_NAMES, "true"], capture_output=True).returncode == 0 else []
    with TemporaryDirectory(dir=servers_folder) as folder:
        state = Path(folder) / "var"
        start = [*view, sys.executable, "-c", dedent(FIRST_START), str(state), name]
        started = subprocess.run(start, capture_output=True, text=True)
        assert started.returncode == 0, started.stdout + started.stderr
        number = pwd.getpwnam(name).pw_uid
        owned = ("postgres/data", "rabbitmq/data", "rabbitmq/home")
        assert {path: (state / path).stat().st_uid for path in owned} == dict.fromkeys(owned, number)
        lines = started.stdout.splitlines()
        begun = next(at for at, line in enumerate(lines) if re.match("postgres: (making|starting)", line))
        # Whatever had to be opened was opened before either started.
        assert all("opened" not in line for line in lines[begun:])
