"""What the machine must have: named all at once, installed by one at a time, and nothing is set up twice."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from local import apt, needs
from local.account import SYSTEM_PATH
from local.errors import SetupError
from local.state import CHECKOUT

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the machine")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Debian machine on which nothing is met, and nothing can be installed."""
    monkeypatch.setattr(needs, "can_install", lambda: False)
    monkeypatch.setattr(needs, "has_packages", lambda: True)
    monkeypatch.setattr(needs, "missing", lambda *packages: list(packages))
    unmet = {
        purpose: tuple(replace(need, is_met=lambda: False) for need in found) for purpose, found in needs.NEEDS.items()
    }
    monkeypatch.setattr(needs, "NEEDS", unmet)


RUN = ["venv", "rabbitmq-server", "libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]


@pytest.mark.parametrize(
    ("purpose", "packages"),
    [
        ("python", ["venv"]),
        ("run", [*RUN, *needs.FONTS]),
        ("tests", [*RUN, "chromium", "libatomic1", *needs.FONTS]),
    ],
)
def test_whoever_must_ask_for_packages_is_told_of_all_of_them_at_once(
    bare: None, purpose: str, packages: list[str]
) -> None:
    with pytest.raises(SetupError) as told:
        needs.meet(purpose)
    (line,) = re.findall(r"apt-get install --no-install-recommends (.*)", str(told.value))
    assert [re.sub(r"^python\d\.\d+-", "", package) for package in line.split()] == packages


def test_elsewhere_than_on_debian_each_need_says_where_it_is_met(bare: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "has_packages", lambda: False)
    with pytest.raises(SetupError) as told:
        needs.meet("tests")
    for need in needs.NEEDS["tests"]:
        assert f"{need.what}: {need.elsewhere}" in str(told.value)
    assert "apt-get" not in str(told.value)


def test_a_machine_that_has_all_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*packages: str) -> None:
        raise AssertionError(packages)

    monkeypatch.setattr(needs, "install", never)
    monkeypatch.setattr(needs, "missing", lambda *packages: [])
    needs.meet("run")


def test_the_needs_are_looked_for_by_a_python_that_has_nothing_but_its_own_library() -> None:
    look = f"import sys; sys.path.insert(0, {str(CHECKOUT / 'deploy/local/src')!r}); import local.needs"
    subprocess.run([sys.executable, "-I", "-S", "-c", look], check=True)


class Distribution:
    """A stand-in for apt-get, which must install nothing while tests run; dpkg and the lock are the machine's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.policy = folder / "policy-rc.d"
        self._log = folder / "log"
        self._program = folder / "apt-get"

    def answer(self, script: str) -> None:
        """What it does from now on, after it has written down what it was asked and whether services may start."""
        note = f'echo "$@" "$(cat {self.policy} 2>/dev/null | tail -n 1)" >>{self._log}\n'
        self._program.write_text(f"#!/bin/sh\n{note}{script}\n")
        self._program.chmod(0o755)

    def asked(self) -> list[str]:
        """Its commands, with what they end with."""
        options = r"--quiet=2 --option DPkg::Lock::Timeout=\d+ "
        return [re.sub(options, "", line).strip() for line in self._log.read_text().splitlines()]


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Distribution:
    stand_in = Distribution(tmp_path)
    monkeypatch.setattr(apt, "_POLICY", stand_in.policy)
    monkeypatch.setattr("local.apt.SYSTEM_PATH", f"{tmp_path}:{SYSTEM_PATH}")
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return stand_in


PACKAGE = "praksis-has-no-such-package"
INSTALL = f"install --yes --no-install-recommends {PACKAGE}"


@root_only
@pytest.mark.parametrize(
    "words",
    [
        "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)",
        "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?",
        "E: Unable to lock directory /var/cache/apt/archives/",
    ],
)
def test_whoever_installs_packages_meanwhile_is_waited_for(distribution: Distribution, words: str) -> None:
    distribution.answer(f'[ "$(wc -l <{distribution.folder}/log)" -gt 2 ] || {{ echo "{words}" >&2; exit 100; }}')
    apt.install("dpkg", PACKAGE)
    assert distribution.asked() == ["update", "update", "update", f"{INSTALL} exit 101"]
    assert not distribution.policy.exists()


@root_only
def test_a_source_that_does_not_answer_stops_nothing_that_the_others_have(distribution: Distribution) -> None:
    distribution.answer('case "$*" in *update*) echo "E: http://a.example/x failed" >&2; exit 100;; esac')
    apt.install(PACKAGE)
    assert distribution.asked() == ["update", f"{INSTALL} exit 101"]


@root_only
def test_what_apt_says_when_it_fails_is_told_without_an_address(distribution: Distribution) -> None:
    distribution.answer('echo "E: https://someone:secret@a.example/x failed" >&2; exit 100')
    with pytest.raises(SetupError) as told:
        apt.install(PACKAGE)
    assert str(told.value).splitlines() == [
        f"apt-get could not install {PACKAGE}:",
        *["E: (address) failed"] * 2,
    ]
    assert not distribution.policy.exists()


@root_only
def test_what_is_there_is_not_installed_again(distribution: Distribution) -> None:
    distribution.answer("exit 1")
    apt.install("dpkg")
    assert not (distribution.folder / "log").exists()


@root_only
def test_a_policy_that_a_killed_run_left_goes_and_one_of_the_machines_own_stays(distribution: Distribution) -> None:
    distribution.answer("exit 0")
    distribution.policy.write_text(apt._FORBID)
    apt.install(PACKAGE)
    assert not distribution.policy.exists()
    distribution.policy.write_text("#!/bin/sh\nexit 0\n")
    apt.install(PACKAGE)
    assert distribution.policy.read_text() == "#!/bin/sh\nexit 0\n"
    assert distribution.asked()[-1] == f"{INSTALL} exit 0"


def test_a_part_that_another_sets_up_meanwhile_is_not_set_up_again(tmp_path: Path) -> None:
    script = tmp_path / "deploy/local/setup.sh"
    script.parent.mkdir(parents=True)
    shutil.copy(CHECKOUT / "deploy/local/setup.sh", script)
    (tmp_path / "build").mkdir()
    source, stamp = tmp_path / "lock-file", tmp_path / "stamp"
    source.touch()
    command = [str(script), "frontend", str(stamp), str(source)]
    with (tmp_path / "build/.setting-up").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        setting_up = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert setting_up.stdout is not None
        said = [setting_up.stdout.readline()]
        assert setting_up.poll() is None
        stamp.touch()
    said += setting_up.communicate(timeout=30)[0].splitlines()
    assert (said, setting_up.returncode) == (["  waiting for another set-up of this checkout\n"], 0)
    # Whereas one that is older than what it was made from is made anew (which cannot succeed in this folder).
    os.utime(source, (time.time() + 10, time.time() + 10))
    again = subprocess.run(command, capture_output=True, text=True)
    assert "Front-end packages" in again.stdout
    assert again.returncode != 0
    assert stamp.stat().st_mtime < source.stat().st_mtime
