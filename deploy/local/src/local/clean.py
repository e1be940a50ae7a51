"""``make clean``: end what an earlier run left behind, then wipe the state folder."""

import shutil
import signal
import sys
from pathlib import Path

from local.broker import NODE_RECORDS
from local.errors import SetupError
from local.rabbitmq_docker import remove_container
from local.records import end_leftover
from local.state import State

# Secrets of the compose file: its volumes still know them.
_KEPT = frozenset({"secrets", "lock"})


def wipe(state: State) -> None:
    """Wipe all that runs have left in the state folder.

    The caller holds the lock. Raises SetupError when something in it belongs to another user.
    """
    for record in _records(state.folder):
        # Postgres's "fast" shutdown; to the others it is as good a reason to end as any.
        end_leftover(record, signal.SIGINT if record.parent.name == "postgres" else signal.SIGTERM, 30)
    if (state.folder / "rabbitmq" / "container.log").exists():
        remove_container(state.folder / "rabbitmq")
    try:
        for path in state.folder.iterdir():
            if path.name not in _KEPT:
                _remove(path)
    except PermissionError as error:
        raise SetupError(f"{error.filename} belongs to another user, probably root. Type: sudo make clean") from error


def _records(folder: Path) -> list[Path]:
    servers = [folder / server / record for server in ("rabbitmq", "postgres") for record in NODE_RECORDS]
    return [*(folder / "run").glob("*.json"), *servers]


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def main() -> int:
    """Wipe the usual state folder; the exit status is 1 when that is not possible, with the reason."""
    state = State.usual()
    if not state.folder.exists():
        return 0
    try:
        with state:
            wipe(state)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{state.folder} is wiped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
