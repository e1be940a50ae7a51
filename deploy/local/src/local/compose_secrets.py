"""``make secrets``: generates what ``docker-compose.yml`` takes from files, where it is not there yet."""

import secrets
import sys

from local.broker import USER
from local.passage import make_passable
from local.private_files import keep_first, make_private
from local.provision import SERVICES
from local.state import CHECKOUT

FOLDER = CHECKOUT / "var" / "secrets"
NAMES = ("postgres", "broker", "session", "grafana", *(f"role-{service}" for service in SERVICES))
BROKER_USER = "broker-user.conf"

# The engine mounts the files as they are, and the containers run under accounts of their own: these must be able to
# read them. On this machine the folder keeps everyone else out.
_READABLE = 0o444


def generate() -> list[str]:
    """Make the secrets that are missing and return their names; those that are there stay as they are."""
    make_passable(FOLDER.parent)
    make_private(FOLDER)
    made = [name for name in NAMES if _keep(name, secrets.token_hex(24))]
    broker = (FOLDER / "broker").read_text().strip()
    if _keep(BROKER_USER, f"default_user = {USER}\ndefault_pass = {broker}\n"):
        made.append(BROKER_USER)
    return made


def _keep(name: str, text: str) -> bool:
    # No line break at the end: not everyone who reads it takes one off.
    file = FOLDER / name
    return not file.exists() and keep_first(file, text.encode(), _READABLE)


def main() -> int:
    """Generate, and say what was made."""
    made = generate()
    print(f"{FOLDER}: {', '.join(made) if made else 'nothing was missing'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
