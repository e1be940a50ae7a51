"""Packages of the distribution, where we are root on Debian or one of its kin."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.errors import SetupError

_POLICY = Path("/usr/sbin/policy-rc.d")
# Debian's own way to say that a package being installed must start no service (101: forbidden by policy).
_FORBID = "#!/bin/sh\nexit 101\n"


def can_install() -> bool:
    """Whether packages can be installed here without asking anyone."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(package: str) -> None:
    """Install a package of the distribution without starting, now or at the next boot, a service it brings.

    Raises SetupError with the last words of apt-get when it fails.
    """
    with _no_service_started():
        _run("apt-get", "update", "--quiet=2")
        _run("apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends", package)
    if shutil.which("systemctl") is not None:
        subprocess.run(["systemctl", "disable", package], capture_output=True, check=False)


@contextmanager
def _no_service_started() -> Iterator[None]:
    if _POLICY.exists():
        # The machine has a policy of its own; it is not ours to replace.
        yield
        return
    _POLICY.write_text(_FORBID)
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()


def _run(*command: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        lines = (result.stderr or result.stdout).strip().splitlines()
        raise SetupError(f"{' '.join(command)} failed:\n" + "\n".join(lines[-5:]))
