"""SQL scripts run by Postgres's own terminal, with nothing secret on a command line."""

import os
import subprocess
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from local.errors import SetupError
from local.wheel import postgres_program

_SCHEMES = ("postgresql", "postgres")
# What a url may carry behind its question mark, and the variable by which libpq knows it.
_PARAMETERS = {
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "ssl": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


def connection_environment(url: str) -> dict[str, str]:
    """The variables by which libpq finds the database of a url.

    Raises SetupError for a url that is not one of Postgres, or names no database.
    """
    parts = urlsplit(url)
    if parts.scheme.partition("+")[0] not in _SCHEMES or not parts.path.strip("/"):
        raise SetupError("A database address must look like postgresql://user:password@host:5432/database")
    found = {
        "PGHOST": parts.hostname,
        "PGPORT": str(parts.port) if parts.port else None,
        "PGUSER": unquote(parts.username) if parts.username else None,
        "PGPASSWORD": unquote(parts.password) if parts.password else None,
        "PGDATABASE": unquote(parts.path.strip("/")),
    }
    found |= {_PARAMETERS[name]: value for name, value in parse_qsl(parts.query) if name in _PARAMETERS}
    return {name: value for name, value in found.items() if value}


def run_script(url: str, script: str, variables: Mapping[str, str] | None = None) -> str:
    r"""Run a psql script against a database and return what it printed.

    The script reads ``variables`` with ``\getenv``. Raises SetupError with psql's own words at the first error.
    """
    result = subprocess.run(
        [postgres_program("psql"), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"],
        input=script,
        env={"PATH": os.environ.get("PATH", ""), "PGCONNECT_TIMEOUT": "10"}
        | connection_environment(url)
        | dict(variables or {}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        start_new_session=True,
    )
    if result.returncode != 0:
        raise SetupError(f"Postgres refused a script: {result.stderr.strip()}")
    return result.stdout
