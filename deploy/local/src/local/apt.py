"""Packages of the distribution, where we are root on Debian or one of its kin."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.account import SYSTEM_PATH
from local.errors import SetupError
from local.machine import changing_the_machine

_POLICY = Path("/usr/sbin/policy-rc.d")
# Debian's own way to say that a package being installed must start no service (101: forbidden by policy).
_FORBID = "#!/bin/sh\n# Put here by Praksis while it installs packages.\nexit 101\n"

# How long another program may be installing packages, for instance the machine's own updates.
_BUSY_SECONDS = 600
# The same options for every command: apt itself waits for dpkg's lock only, not for those of its lists and archives.
_APT = ("apt-get", "--quiet=2", "--option", f"DPkg::Lock::Timeout={_BUSY_SECONDS}")
_BUSY = ("Could not get lock", "Unable to acquire the dpkg frontend lock", "Unable to lock")


def can_install() -> bool:
    """Whether packages can be installed here without asking anyone."""
    return os.geteuid() == 0 and has_packages()


def has_packages() -> bool:
    """Whether the machine has packages of this kind at all."""
    return shutil.which("apt-get") is not None and shutil.which("dpkg-query") is not None


def missing(*packages: str) -> list[str]:
    """Those of the packages that are not installed."""
    return [package for package in packages if not _is_installed(package)]


def install(*packages: str) -> None:
    """Install what is missing of these packages without starting, now or at the next boot, a service they bring.

    Whoever else installs packages meanwhile, Praksis or not, is waited for. Raises SetupError with the last words of
    apt-get when it fails.
    """
    with changing_the_machine():
        wanted = missing(*packages)
        if not wanted:
            return
        # Where one of the machine's sources does not answer, the lists of the others (or older ones) may still do.
        lists = _run(*_APT, "update")
        with _no_service_started():
            done = _run(*_APT, "install", "--yes", "--no-install-recommends", *wanted)
        if done.returncode != 0:
            said = "\n".join(filter(None, (_last_words(lists) if lists.returncode else "", _last_words(done))))
            raise SetupError(f"apt-get could not install {', '.join(wanted)}:\n{said}")
        if shutil.which("systemctl") is not None:
            for package in wanted:
                subprocess.run(["systemctl", "disable", package], capture_output=True, check=False)


def _is_installed(package: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat", "${db:Status-Status}\n", package]
    result = subprocess.run(query, capture_output=True, text=True, check=False)
    return result.returncode == 0 and "installed" in result.stdout.split()


@contextmanager
def _no_service_started() -> Iterator[None]:
    if _POLICY.exists() and _POLICY.read_text(errors="replace") != _FORBID:
        # The machine has a policy of its own; it is not ours to replace.
        yield
        return
    # One of ours that is there already was left by a run that was killed: nobody else is at it now.
    _POLICY.write_text(_FORBID)
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of apt, again and again while another program has one of its locks."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", "PATH": SYSTEM_PATH}
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        result = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            umask=0o022,
        )
        busy = result.returncode != 0 and any(words in result.stderr for words in _BUSY)
        if not busy or time.monotonic() > deadline:
            return result
        time.sleep(1)


def _last_words(result: subprocess.CompletedProcess[str]) -> str:
    """The end of what it said. Where packages come from is the machine's affair: no address of it is shown."""
    lines = (result.stderr or result.stdout).strip().splitlines()
    return re.sub(r"[a-z+]+://\S+", "(address)", "\n".join(lines[-5:]))
