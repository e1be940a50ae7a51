"""What Praksis takes of the machine beyond this checkout: all of it is looked for, and installed or named, at once.

Runs on any Python that is new enough, before there is an environment of the checkout's own; so it imports nothing but
the standard library, and is started with ``PYTHONPATH=deploy/local/src python3 -m local.needs run``.
"""

import ctypes
import importlib
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from local.apt import can_install, has_packages, install, missing
from local.errors import SetupError
from local.rabbitmq_docker import working_docker
from local.rabbitmq_found import RABBITMQ_ELSEWHERE, installed_rabbitmq
from local.state import CHECKOUT

# Names of every script in letters, from Thai to Chinese, which DejaVu lacks. Without Debian, the system's own.
FONTS = ("fonts-dejavu-core", "fonts-noto-core", "fonts-wqy-microhei")
_PANGO = ("gobject-2.0.so.0", "pango-1.0.so.0", "harfbuzz.so.0", "fontconfig.so.1", "pangoft2-1.0.so.0")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Need:
    """Something that the machine must have: Debian's packages for it, and where to have it from on other systems."""

    what: str
    is_met: Callable[[], bool]
    packages: tuple[str, ...]
    elsewhere: str


def _has_environments() -> bool:
    importlib.invalidate_caches()
    made = CHECKOUT / ".venv" / "bin" / "pip"
    return made.exists() or (find_spec("venv") is not None and find_spec("ensurepip") is not None)


def _has_broker() -> bool:
    if os.environ.get("PRAKSIS_AMQP_URL", "").strip() or installed_rabbitmq() is not None:
        return True
    return not can_install() and working_docker() is not None


def _has_pango() -> bool:
    # Elsewhere the libraries have other names; there the environment, once it is made, is asked for them.
    return not has_packages() or all(_can_be_loaded(f"lib{name}") for name in _PANGO)


def _can_be_loaded(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_browser() -> bool:
    return any(shutil.which(name) is not None for name in _BROWSERS)


ENVIRONMENT = Need(
    "Python's modules venv and ensurepip",
    _has_environments,
    (f"python{sys.version_info.major}.{sys.version_info.minor}-venv",),
    f"use a Python that has them, or add them to {sys.executable}",
)
BROKER = Need("RabbitMQ", _has_broker, ("rabbitmq-server",), RABBITMQ_ELSEWHERE)
PANGO = Need(
    "Pango, with which letters become PDFs",
    _has_pango,
    ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
    "install Pango (brew install pango)",
)
BROWSER = Need(
    "Chromium, for the browser tests",
    _has_browser,
    ("chromium",),
    "install Chromium or Chrome so that 'chromium' is found",
)
DRIVER = Need(
    "libatomic, for what drives the browser",
    lambda: not has_packages() or _can_be_loaded("libatomic.so.1"),
    ("libatomic1",),
    "install libatomic",
)
RUN = (ENVIRONMENT, BROKER, PANGO)
NEEDS = {"python": (ENVIRONMENT,), "run": RUN, "tests": (*RUN, BROWSER, DRIVER)}


def meet(purpose: str) -> None:
    """See to it that the machine has all that a purpose takes.

    Raises SetupError when it has not and nothing can be installed here: with everything that is to be done, at once.
    """
    lacking = [need for need in NEEDS[purpose] if not need.is_met()]
    if can_install():
        packages = _packages(purpose, lacking)
        if packages:
            print(f"  installing the distribution's {', '.join(packages)}", flush=True)
            install(*packages)
        lacking = [need for need in lacking if not need.is_met()]
    if lacking:
        raise SetupError(_what_to_do(purpose, lacking))


def _packages(purpose: str, lacking: list[Need]) -> list[str]:
    fonts = missing(*FONTS) if purpose != "python" else []
    return list(dict.fromkeys([*(package for need in lacking for package in need.packages), *fonts]))


def _what_to_do(purpose: str, lacking: list[Need]) -> str:
    begin = f"This machine lacks what Praksis takes: {_listed(lacking)}."
    if not has_packages():
        ways = [f"  {need.what}: {need.elsewhere}" for need in lacking]
        return "\n".join([begin, *ways, "Then try again."])
    sudo, who = ("sudo ", "Type") if shutil.which("sudo") else ("", "As root, type")
    lines = [
        f"{begin} {who}:",
        f"  {sudo}apt-get update",
        f"  {sudo}apt-get install --no-install-recommends {' '.join(_packages(purpose, lacking))}",
    ]
    if BROKER in lacking:
        if shutil.which("systemctl"):
            lines.append(f"  {sudo}systemctl disable --now rabbitmq-server   (Praksis starts a node of its own)")
        lines.append("Instead of rabbitmq-server, Docker will do where you may use it, or a broker of your own:")
        lines.append("  PRAKSIS_AMQP_URL=amqp://user:password@host:5672/vhost make run")
    return "\n".join([*lines, "Then try again."])


def _listed(needs: list[Need]) -> str:
    return "; ".join(need.what for need in needs)


def main() -> int:
    """Meet the needs of the purpose that is named; the exit status is 1 when that is not possible, with the reason."""
    try:
        meet(sys.argv[1])
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
